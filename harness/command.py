"""A derivation in any language: a command that answers cases with traces, line by line.

It is started once. For each line on its standard input, a case as in the verdict's JSON, it writes
one line on its standard output and flushes it: what `train_step` returns, a list with an object for
each layer, from quantities to matrices (`docs/command.schema.json`). A number is JSON's, written so
that it reads back to the same bits, or text: hexadecimal as C's `%a` has it, or one that JSON has
not: NaN, Infinity, -Infinity. In an answer NaN may be null, too, as JavaScript writes it. What it
writes on standard error is held back as a Python derivation's output is.
"""

import json
import shlex
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from math import isfinite, isnan, nan
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness import kinds
from harness.calling import Misbehaved
from harness.case import Array, Case, Layer, as_json, quantity_shapes
from harness.cells import CandidateError
from harness.derivation import REFERENCE, TRAIN_STEP, Derivation

# So much of a line that is no answer is shown.
SHOWN: Final = 60


def load(command: str, folder: Path) -> Derivation:
    """The whole step that a command computes, started in `folder`. Raises CandidateError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CandidateError(f"{command}: cannot be split into words: {error}") from None
    if not words:
        raise CandidateError("an empty command, expected a program and its arguments")
    step = _Step(words, folder)
    try:
        step.start()
    except OSError as error:
        raise CandidateError(f"{command}: {words[0]} cannot be started: {error.strerror}") from None
    return REFERENCE._replace(name=command, own=(TRAIN_STEP,), train_step=step)


class _Step:
    """`train_step` by the program; one that has ended is started again at the next call."""

    def __init__(self, words: Sequence[str], folder: Path) -> None:
        self._words = words
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Raises OSError."""
        self._process = subprocess.Popen(
            self._words, cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self._process

    def __call__(
        self,
        inputs: Array,
        layers: Sequence[tuple[Array, Array]],
        upstream: Array,
        learning_rate: Any,
    ) -> list[dict[str, Array]]:
        stacked = tuple(Layer(weights[None], biases[None]) for weights, biases in layers)
        case = Case(inputs[None], stacked, upstream[None], learning_rate)
        process = self._process or self.start()
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""
        with suppress(BrokenPipeError):
            process.stdin.write(question(case))
            process.stdin.flush()
            line = process.stdout.readline()
        if not line.endswith(b"\n"):
            self._process = None
            process.stdout.close()
            raise Misbehaved(0, kinds.RAISED, "a line of output", _end(process.wait()))
        return answer(line, case)


def question(case: Case) -> bytes:
    """A case as a line of input."""
    return json.dumps(_finite(as_json(case)), allow_nan=False).encode() + b"\n"


def _finite(value: Any) -> Any:
    """The same with text for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    if not isinstance(value, float) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def answer(line: bytes, case: Case) -> list[dict[str, Array]]:
    """A line of output as what a whole step returns. Raises Misbehaved."""
    try:
        told = json.loads(line)
    except ValueError:
        raise _wrong("a line of JSON", repr(line[:SHOWN])) from None
    if not isinstance(told, list) or not all(isinstance(layer, dict) for layer in told):
        raise _wrong("a list with an object for each layer", _shown(told))
    shapes = quantity_shapes(case.shape)
    return [
        {
            quantity: _matrix(rows, quantity, getattr(shape, quantity, ()), case.dtype)
            for quantity, rows in layer.items()
        }
        for layer, shape in zip(told, [*shapes, *[None] * len(told)], strict=False)
    ]


def _matrix(rows: Any, quantity: str, shape: tuple[int, ...], dtype: Any) -> Array:
    """A matrix of the case's dtype; without any element, one of the shape that it should have."""
    try:
        numbers = [[number(value) for value in row] for row in rows]
        matrix = np.array(numbers, np.float64)
    except (TypeError, ValueError):
        raise _wrong(f"{quantity} as a list of rows of numbers", _shown(rows)) from None
    with np.errstate(over="ignore"):
        return matrix.astype(dtype) if matrix.size else np.zeros(shape, dtype)


def number(value: Any) -> float:
    """A number of the answer. Raises TypeError or ValueError."""
    if value is None:
        return nan
    if isinstance(value, bool):
        raise TypeError("a truth value is no number")
    if not isinstance(value, str):
        return float(value)
    return float.fromhex(value) if "x" in value.lower() else float(value)


def _wrong(expected: str, observed: str) -> Misbehaved:
    return Misbehaved(0, kinds.WRONG_THING, expected, observed)


def _shown(value: Any) -> str:
    """The beginning of a value as JSON."""
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _end(returncode: int) -> str:
    if returncode < 0:
        return f"none: the program was ended by signal {-returncode}"
    return f"none: the program ended with exit status {returncode}"
