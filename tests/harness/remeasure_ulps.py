"""Measures exp and log of NumPy, PyTorch and JAX anew and rewrites `harness/ulps.toml`.

`tox -e ulps` runs it: ten minutes. A library has several ways to a function (vectors, what is
left over of them, single numbers, arrays with gaps, a compiled loop, softmax), and others on other
processors; so each is asked in all of them, and again as if the processor had no AVX-512, and no
AVX2. The exact value is from a wider dtype, which `test_ulps.py` holds against mpmath.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch

from adapters._jax_relus import enable_x64
from adapters._torch_relus import array, tensor
from harness import files, ulps
from harness.formats import FORMATS, HALF, exponent_range, precision
from harness.rounding import unit_in_last_place

LIBRARIES: Final = {"numpy": np.__version__, "torch": torch.__version__, "jax": jax.__version__}
FUNCTIONS: Final = ("exp", "log")
COUNT: Final = 2**21
# Calls of their own for single numbers, and for three, which fill no vector.
SINGLE: Final = 3 * 2**12
HEADER: Final = ulps.PATH.read_text(encoding="utf-8").partition("\n\n")[0]
PROCESSORS: Final = (
    {},
    {
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    },
    {
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX",  # with less it has no float16
    },
)


class Error(NamedTuple):
    """Of how many arguments; the largest error, in units in the last place of the exact value.

    `below` is the largest error where that is less than four times the smallest normal number,
    in units of that number: it may have been flushed.
    """

    arguments: int
    ulps: float
    below: float


def arguments(function: str, dtype: Any, count: int, seed: int) -> Any:
    """Those of which the rules know a bound: dense where exp or log change how they compute."""
    rng, known = np.random.default_rng(seed), precision(dtype)
    if dtype in HALF:
        every = np.arange(2**16, dtype=np.uint16).view(dtype)
        values = [every[np.abs(every.astype(np.float32)) < np.inf]]
    elif function == "exp":
        lowest = float(np.log(known.smallest_normal))
        halves = np.arange(2 * lowest / np.log(2) - 2, -2 * lowest / np.log(2)) * np.log(2) / 2
        values = [
            rng.uniform(lowest, 0, count),
            rng.uniform(1.1 * lowest, -lowest, count),
            *(sign * np.exp2(rng.uniform(-known.bits - 2, 6, count)) for sign in (-1, 1)),
            lowest * rng.uniform(0.99, 1.01, count // 4),
            # Where the next multiple of log 2 is taken out.
            *around(halves.astype(dtype), min(count // 8, 200)),
        ]
    else:
        lowest, beyond = exponent_range(dtype)
        constants = (1, 2, 0.5, 0.75, 1.5, 2 / 3, 4 / 3, np.sqrt(0.5), np.sqrt(2))
        values = [
            np.exp2(rng.uniform(lowest, beyond, count)),
            *(rng.uniform(*ends, count) for ends in ((0, 1), (0.5, 2), (1, 16))),
            *(1 + s * np.exp2(rng.uniform(-known.bits, -1, count)) for s in (-1, 1)),
            *around(np.array(constants, dtype), min(count, 20_000)),
        ]
    x = rng.permutation(np.concatenate([np.asarray(each, dtype) for each in values]))
    if function == "log":
        return x[x >= known.smallest_normal]
    return x[x.astype(np.float64) < -np.log(known.smallest_normal)]


def around(values: Any, steps: int) -> Iterator[Any]:
    """So many of the dtype's numbers on either side of each."""
    for end in (np.inf, -np.inf):
        x = values
        for _ in range(steps):
            yield x
            x = np.nextafter(x, x.dtype.type(end))


def exact(function: str, x: Any) -> Any:
    """The function in a dtype so wide that its own error is less than 2^-10 of x's unit."""
    return getattr(np, function)(x.astype(precision(x.dtype).wide))


def error(function: str, x: Any, found: Any) -> Error:
    """Of what was found for the first of these arguments."""
    x, tested = x[: len(found)], precision(x.dtype)
    value = exact(function, x)
    size = np.abs(value).astype(np.float64)
    off = np.abs(found.astype(value.dtype) - value).astype(np.float64)
    low = (size < 4 * tested.smallest_normal) & (size > 0)
    of_unit = np.where(low, 0, off / unit_in_last_place(tested, size))
    # What is no number is infinitely far.
    worst = (np.nan_to_num(each, nan=np.inf).max(initial=0.0) for each in (of_unit, off[low]))
    most, below = map(float, worst)
    return Error(len(x), most, below / tested.smallest_normal)


def ways(library: str, function: str, dtype: Any) -> dict[str, Callable[[Any], Any]]:
    """Every way of a library to a function of an array, which may take only its beginning."""
    if library == "numpy":
        own = getattr(np, function)
        return {
            "whole": own,
            "with gaps": lambda x: own(np.repeat(x, 3)[::3]),
            "single": lambda x: np.array([own(value) for value in x[:SINGLE]]),
        }
    if library == "torch":
        call, softmaxes = in_torch(getattr(torch, function)), [in_torch(torch.softmax)]
        gaps = in_torch(lambda x: getattr(torch, function)(x.repeat_interleave(3)[::3]))
    else:
        call, softmax = in_jax(getattr(jnp, function)), jax.nn.softmax
        softmaxes = [in_jax(softmax), in_jax(jax.jit(softmax, static_argnums=1))]
        compiled = jax.jit(lambda x, shift: getattr(jnp, function)(x - shift) * shift.shape[0])
        gaps = in_jax(lambda x: compiled(x[: len(x) // 3 * 3].reshape(-1, 3), x[:1] * 0))
    found = {
        "whole": call,
        "with gaps" if library == "torch" else "compiled": lambda x: gaps(x).ravel(),
        "by threes": lambda x: np.concatenate(
            [call(x[at : at + 3].copy()) for at in range(0, min(len(x), SINGLE), 3)]
        ),
    }
    if function == "exp" and dtype not in HALF:
        for place, softmax in enumerate(softmaxes):
            found[f"softmax {place}"] = partial(of_softmax, softmax, -1)
            found[f"softmax of columns {place}"] = partial(of_softmax, softmax, 0)
    return found


def in_torch(function: Any) -> Callable[..., Any]:
    return lambda x, *more: array(function(tensor(x), *more), x.dtype)


def in_jax(function: Any) -> Callable[..., Any]:
    def call(x: Any, *more: Any) -> Any:
        with enable_x64(True):
            return np.asarray(function(jnp.asarray(x), *more))

    return call


def of_softmax(softmax: Any, axis: int, x: Any) -> Any:
    """exp as softmax has it: e / (1 + e), where 1 + e is 1; elsewhere it is not seen, so exact."""
    pairs = np.stack([np.zeros_like(x), x], axis)
    seen = x.astype(np.float64) < -np.log(2) * (precision(x.dtype).bits + 1)
    return np.where(seen, softmax(pairs, axis).take(1, axis), exact("exp", x).astype(x.dtype))


def measure(library: str, function: str, dtype: Any, count: int, seed: int = 0) -> dict[str, Error]:
    """The error of each way."""
    x = arguments(function, dtype, count, seed)
    with np.errstate(all="ignore"):
        return {
            name: error(function, x, np.asarray(way(x)))
            for name, way in ways(library, function, dtype).items()
        }


def measure_all(count: int) -> dict[str, list[float]]:
    """Of every library, function and dtype the arguments, and the largest error of all ways."""
    found = {}
    for function in FUNCTIONS:
        for dtype in FORMATS:
            for library in LIBRARIES:
                errors = measure(library, function, dtype, count)
                for way, each in errors.items():
                    print(function, dtype, library, way, each, file=sys.stderr)
                if max(each.below for each in errors.values()) > 1:
                    raise ValueError(f"{function} of {library} loses more than a flush: {errors}")
                most = max(each.ulps for each in errors.values())
                found[f"{function} {dtype} {library}"] = [errors["whole"].arguments, most]
    return found


def written(found: dict[str, list[float]], recorded: dict[str, Any]) -> str:
    """The file's text, with what was documented in the file recorded."""
    lines = [HEADER]
    for function in FUNCTIONS:
        for dtype in map(str, FORMATS):
            lines.append(f"\n[{function}.{dtype}]")
            for library, version in LIBRARIES.items():
                count, most = found[f"{function} {dtype} {library}"]
                up = np.ceil(round(most * 100, 6)) / 100
                row = f'version = "{version}", arguments = {int(count):_}, measured = {up:.2f}'
                told = recorded.get(function, {}).get(dtype, {}).get(library, {})
                if "documented" in told:
                    row += f', documented = {told["documented"]}, source = "{told["source"]}"'
                lines.append(f"{library} = {{{row}}}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ask on each kind of processor, in a process of its own, and rewrite the file."""
    found: dict[str, list[float]] = {}
    for processor in PROCESSORS:
        print(processor or "this processor", file=sys.stderr)
        environment = os.environ | processor | {"JAX_ENABLE_COMPILATION_CACHE": "false"}
        command = [sys.executable, "-m", __spec__.name, "measure"]
        answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        for key, (count, most) in json.loads(answer.stdout).items():
            found[key] = [count, max(most, found.get(key, [0, 0.0])[1])]
    files.replace(ulps.PATH, written(found, ulps.table()))


if __name__ == "__main__":
    print(json.dumps(measure_all(COUNT))) if sys.argv[1:] == ["measure"] else main()
