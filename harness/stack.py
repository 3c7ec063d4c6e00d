"""The reference on a whole stack of cases at once: its lines unchanged, in one call.

A formula written for the 2-D arrays of one case is run on `Stacked` arrays, whose matrices
are in the last two axes: `.T`, `np.dot` and `np.sum(axis=0)` mean there what they mean for each
matrix. What has no rule in `algebra` (an index, a length, an einsum) is refused with NoRuleError,
and the formula is then called one case at a time, as everybody else's is.
"""

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np

from harness.algebra import Number
from harness.case import Array, Shape
from harness.derivation import FORMULAS, REFERENCE

OURS: Final = tuple(getattr(REFERENCE, formula) for formula in FORMULAS)


class Stacked(Number):
    """Floating-point matrices themselves, in the dtype under test: each operation rounds there."""

    def __init__(self, array: Array) -> None:
        self.array = array

    @property
    def shape(self) -> Shape:
        return self.array.shape

    def constant(self, value: Any) -> Self:
        """A stack, or a number for all of it, which takes on the stack's dtype as NumPy has it."""
        return value if isinstance(value, Stacked) else type(self)(value)  # type: ignore[return-value]

    def mapped(self, function: Any) -> Self:
        return type(self)(function(self.array))

    def plus(self, other: Self) -> Self:
        return type(self)(self.array + other.array)

    def negated(self) -> Self:
        return type(self)(-self.array)

    def times(self, other: Self) -> Self:
        return type(self)(self.array * other.array)

    def dot(self, other: Self) -> Self:
        return type(self)(np.matmul(self.array, other.array))

    def column_sum(self) -> Self:
        return type(self)(np.sum(self.array, axis=-2, keepdims=True))

    def maximum(self, other: Self) -> Self:
        return type(self)(np.maximum(self.array, other.array))

    def row_sum(self) -> Self:
        return type(self)(np.sum(self.array, axis=-1, keepdims=True))

    def row_max(self) -> Self:
        return type(self)(np.max(self.array, axis=-1, keepdims=True))

    def divided(self, other: Self) -> Self:
        return type(self)(self.array / other.array)

    def exp(self) -> Self:
        return type(self)(np.exp(self.array))

    def log(self) -> Self:
        return type(self)(np.log(self.array))

    def mean(self) -> Self:
        return type(self)(np.mean(self.array, axis=(-2, -1)))

    def at_most(self, other: Self) -> Array:
        mask: Array = self.array <= other.array
        return mask

    def below(self, other: Self) -> Array:
        mask: Array = self.array < other.array
        return mask

    def __setitem__(self, mask: Array | slice, value: Any) -> None:
        """The value where the mask holds, or in these rows: one for all, or an element for each."""
        if isinstance(mask, slice):
            self.array[..., mask, :] = self.constant(value).array
            return
        np.copyto(self.array, self.constant(value).array, where=mask)


def at_once(formula: Any, arguments: Sequence[Any], shapes: Sequence[Shape]) -> list[Array] | None:
    """One of our own formulas on a whole stack, in one call; the arguments as `call_stack`'s.

    None for anybody else's, and where ours cannot be run so or does not behave: calling it case
    by case tells what is wrong.
    """
    if not any(formula is own for own in OURS):
        return None
    guarded = [_read_only(argument) for argument in arguments]
    try:
        returned = formula(*map(_stacked, guarded))
    except Exception:
        return None
    several = returned if isinstance(returned, tuple) else (returned,)
    results = [each.array for each in several if isinstance(each, Stacked)]
    wanted = [((len(arguments[0]), *shape), arguments[0].dtype) for shape in shapes]
    behaved = [(result.shape, result.dtype) for result in results] == wanted and not any(
        np.may_share_memory(result, argument) for result in results for argument in guarded
    )
    return results if behaved else None


def _stacked(argument: Any) -> Any:
    """A number or class indices stay as they are."""
    is_array = np.ndim(argument) and not np.issubdtype(argument.dtype, np.integer)
    return Stacked(argument) if is_array else argument


def _read_only(argument: Any) -> Any:
    """The same numbers: a formula that writes into them raises."""
    if not np.ndim(argument):
        return argument
    view = argument.view()
    view.flags.writeable = False
    return view
