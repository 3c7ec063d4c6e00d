"""Witnesses: one file a framework, found by its name, imported only when it is asked for.

`torch_autograd.py` is the witness `torch`: what stands before the first underscore. A file
defines `VERSION`, the framework's version, and `trace(case)`, which asks the framework's own
automatic differentiation and its own optimizer for every quantity of a stack of cases. To add a
framework, add a file; every derivation test runs on it.

A file may offer more:

* `VARIANTS`, a dict of further functions like `trace`, each another way to the same quantities.
  `func` in the file of `torch` is a witness of its own, `torch:func`.
* `unavailable(variant)`, why a variant cannot run on this machine, or None.
* `threads(count)`, a context in which the framework computes with so many threads.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from harness.case import Case, Trace

# `torch:*` is every variant of `torch`, and its default.
ALL = "*"


class Witness(NamedTuple):
    """A framework that testifies: `trace` maps a stack of cases to NumPy arrays of its dtype."""

    name: str
    version: str
    trace: Callable[[Case], Trace]
    threads: Callable[[int], AbstractContextManager[None]] | None = None


class Chosen(NamedTuple):
    """The witnesses asked for; and each that `:*` asked for in vain, with the reason."""

    witnesses: list[Witness]
    unavailable: list[tuple[str, str]]


class FrameworkError(Exception):
    """A witness that was asked for cannot testify; the message is one line for whoever asked."""


class UnknownFrameworkError(FrameworkError):
    """There is no such framework, or no such variant of it; the message says which there are."""


class MissingFrameworkError(FrameworkError):
    """A framework or variant that was asked for cannot run; the message says why."""


def discover() -> dict[str, str]:
    """Each witness's name, and its module in this folder, without importing any."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return {file.stem.partition("_")[0]: f"{__name__}.{file.stem}" for file in files}


def framework_of(name: str) -> str:
    """`torch` of `torch:func`, without importing it. Raises UnknownFrameworkError."""
    framework, known = name.partition(":")[0], discover()
    if framework not in known:
        raise UnknownFrameworkError(
            f"--framework {name}: no such framework, expected one of {', '.join(known)}"
        )
    return framework


def load(name: str) -> Witness:
    """Import one witness and its framework.

    Raises UnknownFrameworkError, or MissingFrameworkError if it cannot run here.
    """
    module, variant = _module(framework_of(name)), name.partition(":")[2]
    variants: dict[str, Callable[[Case], Trace]] = getattr(module, "VARIANTS", {})
    if ":" in name and variant not in variants:
        names = [f"{framework_of(name)}:{each}" for each in variants]
        expected = f"expected one of {', '.join([*names, f'{framework_of(name)}:{ALL}'])}"
        raise UnknownFrameworkError(
            f"--framework {name}: no such variant, {expected if variants else 'there are none'}"
        )
    if variant and hasattr(module, "unavailable") and (reason := module.unavailable(variant)):
        raise MissingFrameworkError(f"--framework {name} cannot run here: {reason}")
    trace = variants[variant] if variant else module.trace
    return Witness(name, module.VERSION, trace, getattr(module, "threads", None))


def choose(names: Sequence[str]) -> Chosen:
    """Import all witnesses asked for, each once, those of `torch:*` in the order of its file."""
    witnesses: dict[str, Witness] = {}
    unavailable: dict[str, str] = {}
    for name in names:
        framework, _, variant = name.partition(":")
        if variant != ALL:
            witnesses[name] = load(name)
            continue
        module = _module(framework_of(name))
        witnesses[framework] = load(framework)
        for each in getattr(module, "VARIANTS", {}):
            reason = module.unavailable(each) if hasattr(module, "unavailable") else None
            if reason:
                unavailable[f"{framework}:{each}"] = reason
            else:
                witnesses[f"{framework}:{each}"] = load(f"{framework}:{each}")
    return Chosen(list(witnesses.values()), list(unavailable.items()))


def _module(framework: str) -> ModuleType:
    try:
        return import_module(discover()[framework])
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("adapters", "harness"):
            raise
        raise MissingFrameworkError(
            f"framework {framework} needs the package {error.name}, which is not installed: "
            f"pip install -r requirements.txt (or choose others with --framework)"
        ) from None
