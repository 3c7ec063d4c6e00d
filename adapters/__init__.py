"""Witnesses: one file a framework, found by its name, imported only when it is asked for.

`torch_autograd.py` is the witness `torch`: what stands before the first underscore. A file
defines `VERSION`, the framework's version, and `trace(case)`, which asks the framework's own
automatic differentiation and its own optimizer for every quantity of a stack of cases. To add a
framework, add a file; every derivation test runs on it.

A file may offer more:

* `VARIANTS`, a dict of further functions like `trace`, each another way to the same quantities.
  `func` in the file of `torch` is a witness of its own, `torch:func`.
* `RECOMPUTES`, the variants whose reverse pass computes layer_outputs anew, and may round them to
  another side of the kink than those that the forward pass returned.
* `head(layer_outputs, targets, upstream)`, softmax and cross-entropy with their gradients, by the
  framework's own: a `HeadTrace`. Its `trace` then leaves out the
  ReLU of layers that are `linear`. Variants have no head: the verdict says it was not checked.
* `unavailable(variant)`, why a variant cannot run on this machine, or None.
* `COMPILES = True`, if each new shape costs a compilation: it then sees cases padded with zeros.
* `forget()`, which drops what the framework has compiled, so that a long run's memory stays flat.
* `threads(count)`, a context in which the framework computes with so many threads.
* `RELUS`, the spellings of ReLU that people write in this framework, each with the framework's own
  gradient. `tox -e conventions` writes down what they give where mathematics does not say. A
  spelling raises NotImplementedError for a dtype that its framework lacks.
* `AT_KINK`: for another derivative of ReLU at 0, the spelling that makes this choice in the
  framework, and a function like `trace` in which ReLU is spelled so. Variants make none.

What a file needs beside it may be in others that begin with an underscore and its framework's name.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import NamedTuple

from harness.case import Case, Relu, Trace

# What every spelling of ReLU gives at special values, as `tox -e conventions` last found it.
CONVENTIONS = Path(__file__).with_name("conventions.toml")
# `torch:*` is every variant of `torch`, and its default.
ALL = "*"


class Witness(NamedTuple):
    """A framework that testifies: `trace` maps a stack of cases to NumPy arrays of its dtype."""

    name: str
    version: str
    trace: Callable[[Case], Trace]
    threads: Callable[[int], AbstractContextManager[None]] | None = None
    relus: Mapping[str, Relu] = MappingProxyType({})
    relu: str = ""  # how it spells ReLU, if that was asked for
    compiles: bool = False  # for each new shape
    forget: Callable[[], None] | None = None
    recomputes: bool = False  # layer_outputs, in the reverse pass
    has_head: bool = False  # whether it knows softmax and cross-entropy


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


class MissingSpellingError(FrameworkError):
    """A framework or variant has no ReLU with the derivative at 0 that was asked for."""


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


def load(name: str, kink: float = 0) -> Witness:
    """Import one witness and its framework, with the derivative of ReLU at 0 that is asked for.

    Raises UnknownFrameworkError, MissingFrameworkError if it cannot run here, and
    MissingSpellingError.
    """
    framework, colon, variant = name.partition(":")
    framework_of(name)
    if colon and kink:
        raise MissingSpellingError(
            f"--framework {name} always has 0 as ReLU's derivative at 0, expected "
            f"--framework {framework} with --kink {kink:g}"
        )
    module = _module(framework)
    variants: dict[str, Callable[[Case], Trace]] = getattr(module, "VARIANTS", {})
    if colon and variant not in variants:
        names = [f"{framework}:{each}" for each in variants]
        expected = f"expected one of {', '.join([*names, f'{framework}:{ALL}'])}"
        raise UnknownFrameworkError(
            f"--framework {name}: no such variant, {expected if variants else 'there are none'}"
        )
    if variant and (reason := _unavailable(module, variant)):
        raise MissingFrameworkError(f"--framework {name} cannot run here: {reason}")
    relu, trace = "", variants[variant] if variant else module.trace
    if kink:
        at_kink = getattr(module, "AT_KINK", {})
        if kink not in at_kink:
            raise MissingSpellingError(
                f"framework {name} has no spelling of ReLU whose derivative at 0 is {kink:g} "
                "(choose others with --framework)"
            )
        relu, trace = at_kink[kink]
    threads, relus = getattr(module, "threads", None), getattr(module, "RELUS", {})
    compiles = getattr(module, "COMPILES", False)
    forget = getattr(module, "forget", None)
    recomputes = variant in getattr(module, "RECOMPUTES", ())
    has_head = not variant and not kink and hasattr(module, "head")
    own = threads, relus, relu, compiles, forget, recomputes, has_head
    return Witness(name, module.VERSION, with_head(module) if has_head else trace, *own)


def with_head(module: ModuleType) -> Callable[[Case], Trace]:
    """A framework's trace that goes on to softmax and cross-entropy where a case has targets.

    Their gradient is the cotangent that is passed in to the last layer.
    """

    def trace(case: Case) -> Trace:
        if case.targets is None:
            return module.trace(case)  # type: ignore[no-any-return]
        layers, upstream = case._replace(targets=None), case.upstream
        if not case.layers:
            return (module.head(case.inputs, case.targets, upstream),)
        logits = module.trace(layers)[-1].layer_outputs
        head = module.head(logits, case.targets, upstream)
        return (*module.trace(layers._replace(upstream=head.deriv_loss_wrt_z)), head)

    return trace


def choose(names: Sequence[str], kink: float = 0) -> Chosen:
    """Import all witnesses asked for, each once, those of `torch:*` in the order of its file."""
    witnesses: dict[str, Witness] = {}
    unavailable: dict[str, str] = {}
    for name in names:
        framework, _, variant = name.partition(":")
        if variant != ALL or kink:
            witnesses[name] = load(name, kink)
            continue
        module = _module(framework_of(name))
        witnesses[framework] = load(framework)
        for each in getattr(module, "VARIANTS", {}):
            if reason := _unavailable(module, each):
                unavailable[f"{framework}:{each}"] = reason
            else:
                witnesses[f"{framework}:{each}"] = load(f"{framework}:{each}")
    return Chosen(list(witnesses.values()), list(unavailable.items()))


def _unavailable(module: ModuleType, variant: str) -> str | None:
    reason: str | None = module.unavailable(variant) if hasattr(module, "unavailable") else None
    return reason


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
