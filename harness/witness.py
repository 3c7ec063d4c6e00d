"""A framework as the harness sees it, and the trace that it gives of a stack of cases."""

from typing import Any, Protocol

import numpy as np

from harness.case import Case, Trace, quantity_shapes
from harness.compare import differs
from harness.padding import trace_padded


class Witness(Protocol):
    """An implementation that asks a framework; see `adapters`."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    def trace(self, case: Case, /) -> Trace:
        """Every quantity of a stack of cases."""


def has_head(witness: Witness) -> bool:
    """Whether it knows softmax and cross-entropy; see `adapters`."""
    return bool(getattr(witness, "has_head", False))


class WitnessError(Exception):
    """A witness failed, or returned something that is no trace of the case."""


def trace_of(witness: Witness, case: Case, at_true_shape: bool = False) -> Trace:
    """The witness's trace of a case. Raises WitnessError unless it has the right form.

    One that `compiles` for each new shape sees the case padded, unless it is `at_true_shape`; but
    one more class, of any logit, would have a share of softmax.
    """
    where = f"framework {witness.name} on shape {case.shape}, {case.dtype}"
    try:
        if getattr(witness, "compiles", False) and case.targets is None:
            trace = trace_padded(witness.trace, case, at_true_shape)
        else:
            trace = witness.trace(case)
    except Exception as error:
        raise WitnessError(f"{where}: {type(error).__name__}: {error}") from error
    shapes = quantity_shapes(case.shape, case.targets is not None)
    if len(trace) != len(shapes):
        raise WitnessError(f"{where}: {len(trace)} layers in the trace, expected {len(shapes)}")
    return tuple(
        _checked(found, shape, case, f"{where}: ", f" of layer {layer}")
        for layer, (found, shape) in enumerate(zip(trace, shapes, strict=True))
    )


def _checked(found: Any, shapes: Any, case: Case, where: str, of: str) -> Any:
    arrays = {}
    for quantity, shape in shapes._asdict().items():
        array, expected = getattr(found, quantity), (len(case.inputs), *shape)
        if array.shape != expected or array.dtype != case.dtype:
            raise WitnessError(
                f"{where}{quantity}{of} has shape {array.shape} {array.dtype}, "
                f"expected {expected} {case.dtype}"
            )
        # Formulas get these as arguments, and how they lie in memory may decide their last bits.
        arrays[quantity] = np.ascontiguousarray(array)
    return type(shapes)(**arrays)


def same(one: Trace, other: Trace) -> bool:
    """Whether two traces of one case are equal bit for bit, zero's sign apart."""
    return not any(
        mine is not None and differs(mine, theirs).any()
        for entries in zip(one, other, strict=True)
        for mine, theirs in zip(*entries, strict=True)
    )
