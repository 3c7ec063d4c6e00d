"""Witnesses: one file a framework, found by its name, imported only when it is asked for.

`torch_autograd.py` is the witness `torch`: what stands before the first underscore. A file
defines `VERSION`, the framework's version, and `trace(case)`, which asks the framework's own
automatic differentiation and its own optimizer for every quantity of a stack of cases. To add a
framework, add a file; every derivation test runs on it.

It may define `RELUS`, too: the spellings of ReLU that people write in this framework, each with
the framework's own gradient. `tox -e conventions` writes down what they give where mathematics
does not say. A spelling raises NotImplementedError for a dtype that its framework lacks.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from harness.case import Case, Relu, Trace


class Witness(NamedTuple):
    """A framework that testifies: `trace` maps a stack of cases to NumPy arrays of its dtype."""

    name: str
    version: str
    trace: Callable[[Case], Trace]
    relus: Mapping[str, Relu] = MappingProxyType({})


class MissingFrameworkError(Exception):
    """A framework that was asked for is not installed; the message says how to install it."""


def discover() -> dict[str, str]:
    """Each witness's name, and its module in this folder, without importing any."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return {file.stem.partition("_")[0]: f"{__name__}.{file.stem}" for file in files}


def load(name: str) -> Witness:
    """Import one witness and its framework. Raises MissingFrameworkError."""
    try:
        module = import_module(discover()[name])
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("adapters", "harness"):
            raise
        raise MissingFrameworkError(
            f"framework {name} needs the package {error.name}, which is not installed: "
            f"pip install -r requirements.txt (or choose others with --framework)"
        ) from None
    return Witness(name, module.VERSION, module.trace, getattr(module, "RELUS", {}))
