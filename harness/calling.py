"""Calling a derivation as its author means it: on plain 2-D arrays of one case, one case a call.

Besides the values a call shows how a formula behaves. It must return arrays of the right shape
and dtype, leave its arguments as they are (but for `parameter` in `sgd_step`, which the document
updates in place), and return the same at a second call. What it does otherwise is a `Fault`.
"""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np

from harness import kinds
from harness.case import Array, Shape, quantity_shapes
from harness.compare import differs
from harness.derivation import PARAMETERS, Derivation, Step
from harness.formats import carrier
from harness.raised import in_words
from harness.stack import at_once
from harness.walk import Call

# How many cases of each stack are called a second time.
REPEATED: Final = 2
# So many cases get copies of their arguments at a time: these stay near the processor.
BLOCK: Final = 128
# Our own formulas run on longer stacks in one call, and on the first case by itself.
FEW: Final = 16


class Fault(NamedTuple):
    """A formula's misbehaviour: where, of which kind, what it should have done, what it did."""

    formula: str
    quantity: str
    layer: int
    place: int
    kind: str
    expected: str
    observed: str


class Misbehaved(Exception):
    """Ends the calls of one formula on one stack; carries a Fault's last three fields."""

    def __init__(self, place: int, kind: str, expected: str, observed: str, which: int = 0) -> None:
        super().__init__(kind)
        self.fault = place, kind, expected, observed
        self.which = which

    @classmethod
    def changing(cls, what: str) -> "Misbehaved":
        """For a formula that leaves something changed that is not its own."""
        return cls(0, f"{kinds.CHANGES} {what}", "it to stay as it was", "changed")


class Elsewhere(ABC):
    """A formula that runs in another process: not called here, but asked to be."""

    @abstractmethod
    def run(self, function: Callable[..., Any], *arguments: Any, first: int = 0) -> Any:
        """`function(formula, *arguments)` over there. Raises Misbehaved.

        `function` calls the formula on every case of a stack in order, after `first` other calls.
        """


def one_by_one(
    derivation: Derivation, shape: Shape, faults: list[Fault], head: bool = False
) -> Call:
    """A call for `walk` over stacks of cases of this shape that calls the derivation on each.

    Faults are appended to `faults`. Quantities that a faulty formula leaves unknown are None, and
    so is what would have to be computed from them.
    """
    shapes = quantity_shapes(shape, head)

    def call(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        if any(argument is None for argument in arguments):
            return [None] * len(step.quantities)
        expected = [getattr(shapes[layer], quantity) for quantity in step.quantities]
        formula = getattr(derivation, step.formula)
        try:
            return call_stack(formula, PARAMETERS[step.formula], arguments, expected)
        except Misbehaved as error:
            quantity = step.quantities[error.which]
            faults.append(Fault(step.formula, quantity, layer, *error.fault))
            return [None] * len(step.quantities)

    return call


@contextmanager
def quiet() -> Iterator[None]:
    """Floating-point errors of a formula are not the run's; a changed error state is its fault.

    A warning stays one: it is shown where the formula runs, which may be out of sight.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        before = np.geterr()
        yield
        if np.geterr() != before:
            raise Misbehaved.changing("NumPy's error state (np.seterr)")


def call_stack(
    formula: Any, names: Sequence[str], arguments: Sequence[Any], shapes: Sequence[Shape]
) -> list[Array]:
    """One formula on every case of a stack. Raises Misbehaved at the first fault.

    `names` are its arguments'; `shapes` those of its results, one of which it returns as it is,
    and several as a tuple.
    """
    dtype = arguments[0].dtype
    if (carried := carrier(dtype)) != dtype:
        arguments = [argument.astype(carried) for argument in arguments]
        return [each.astype(dtype) for each in call_stack(formula, names, arguments, shapes)]
    if isinstance(formula, Elsewhere):
        results: list[Array] = formula.run(call_stack, names, arguments, shapes)
        return results
    with quiet():
        together = at_once(formula, arguments, shapes) if len(arguments[0]) > FEW else None
        if together is None:
            return _call_stack(formula, names, arguments, shapes)
        first = [np.copy(each[0]) if np.ndim(each) else each for each in arguments]
        alone = _checked(call_one(formula, first, 0), shapes, dtype, 0)
        for result, array in zip(together, alone, strict=True):
            result[0] = array
        return together


def _call_stack(
    formula: Any, names: Sequence[str], arguments: Sequence[Any], shapes: Sequence[Shape]
) -> list[Array]:
    dtype = arguments[0].dtype
    count = len(arguments[0])
    results = [np.empty((count, *shape), dtype) for shape in shapes]
    for start in range(0, count, BLOCK):
        block = [each[start : start + BLOCK] if np.ndim(each) else each for each in arguments]
        copies = [np.copy(each) if np.ndim(each) else each for each in block]
        each_case = zip(*(copy if np.ndim(copy) else repeat(copy) for copy in copies), strict=False)
        for place, one in enumerate(each_case, start):
            arrays = _checked(call_one(formula, one, place), shapes, dtype, place)
            for result, array in zip(results, arrays, strict=True):
                result[place] = array
        _check_arguments(names, block, copies, start)
    for place in range(min(REPEATED, count)):
        _check_repeat(formula, arguments, results, place)
    return results


def call_one(formula: Any, arguments: Sequence[Any], place: int) -> Any:
    """One call. Raises Misbehaved at an exception."""
    try:
        return formula(*arguments)
    except Misbehaved as error:
        error.fault = place, *error.fault[1:]
        raise
    except (Exception, SystemExit) as error:
        raise Misbehaved(place, kinds.RAISED, *in_words(error)) from error


def _checked(
    returned: Any, shapes: Sequence[Shape], dtype: np.dtype[Any], place: int
) -> Sequence[Array]:
    """The arrays that a formula returned, if they are what it should return."""
    if len(shapes) == 1:
        results: Sequence[Any] = (returned,)
    else:
        wanted = f"a tuple of {len(shapes)} arrays"
        if not isinstance(returned, tuple | list):
            raise Misbehaved(place, kinds.WRONG_THING, wanted, _kind(returned))
        if len(returned) != len(shapes):
            shown = f"a {type(returned).__name__} of {len(returned)}"
            raise Misbehaved(place, kinds.WRONG_NUMBER, wanted, shown)
        results = returned
    for which, (result, shape) in enumerate(zip(results, shapes, strict=True)):
        # A number of NumPy's has a shape and a dtype, too, and is what np.mean returns.
        if not isinstance(result, np.ndarray | np.generic if shape == () else np.ndarray):
            wanted = f"an array of shape {shape}" if shape else "one number of NumPy's"
            raise Misbehaved(place, kinds.WRONG_THING, wanted, _kind(result), which)
        if result.shape != shape:
            raise Misbehaved(
                place, kinds.WRONG_SHAPE, f"shape {shape}", f"shape {result.shape}", which
            )
        if result.dtype is not dtype and result.dtype != dtype:
            raise Misbehaved(
                place, kinds.WRONG_DTYPE, f"dtype {dtype}", f"dtype {result.dtype}", which
            )
    return results


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _check_arguments(
    names: Sequence[str], arguments: Sequence[Any], copies: Sequence[Any], start: int
) -> None:
    for name, before, after in zip(names, arguments, copies, strict=True):
        if name.startswith("parameter") or not np.ndim(before):
            continue
        changed = differs(before, after)
        if changed.any():
            where = tuple(int(axis) for axis in np.argwhere(changed)[0])
            raise Misbehaved(
                start + where[0],
                f"{kinds.CHANGED} {name}",
                f"{name}{list(where[1:])} to stay {before[where]!s}",
                f"{after[where]!s} after the call",
            )


def _check_repeat(
    formula: Any, arguments: Sequence[Any], results: Sequence[Array], place: int
) -> None:
    """Two further calls with equal arguments: the same result, and two arrays."""
    shapes = [result.shape[1:] for result in results]
    dtype = results[0].dtype
    kept: list[tuple[Array, Array]] = []
    for _ in range(2):
        fresh = [np.copy(a[place]) if np.ndim(a) else a for a in arguments]
        again = _checked(call_one(formula, fresh, place), shapes, dtype, place)
        for which, (result, array) in enumerate(zip(results, again, strict=True)):
            changed = differs(result[place], array)
            if changed.any():
                at = tuple(np.argwhere(changed)[0])
                raise Misbehaved(
                    place,
                    kinds.DIFFERS,
                    f"{result[place][at]!s} again",
                    f"{array[at]!s} the second time",
                    which,
                )
        for which, (before, copy) in enumerate(kept):
            if differs(before, copy).any() or np.shares_memory(before, again[which]):
                raise Misbehaved(
                    place,
                    kinds.OVERWRITES,
                    "a new array at every call",
                    "one array, used again",
                    which,
                )
        kept = [(array, array.copy()) for array in again]
