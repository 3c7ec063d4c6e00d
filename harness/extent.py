"""Extents: how large the reference formulas' numbers can get, and the steps they are multiples of.

The formulas run on them unchanged, with every unit active, and so bound the magnitude of every
partial sum by the sum of the absolute values, in any order of summation.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import numpy as np

from harness.algebra import NoRuleError, Number
from harness.case import Array


class Extent(Number):
    """Absolute values, the exponent of the step they are multiples of, and the widest so far.

    `widest` is the largest magnitude in steps over everything that this number was made from,
    `lowest` the smallest step exponent, `largest` the largest magnitude. The magnitudes are
    computed in float64, which cannot hide a violation: sums of multiples of a step are exact up
    to 2^53 steps, and rounding is monotone, so what exceeds 2^bits <= 2^53 steps is seen to.
    """

    def __init__(self, magnitude: Array, step: int, history: Sequence["Extent"] = ()) -> None:
        self.magnitude = magnitude
        self.step = step
        largest = float(magnitude.max(initial=0.0))
        self.largest: float = max(largest, *(past.largest for past in history), 0.0)
        self.lowest: int = min(step, *(past.lowest for past in history), step)
        widest = float(np.ldexp(largest, -step))
        self.widest: float = max(widest, *(past.widest for past in history), 0.0)

    @classmethod
    def of(cls, value: Any) -> Self:
        """The extent of an array: its lowest set bit decides the step."""
        magnitude = np.abs(np.asarray(value, np.float64))
        mantissa, exponent = np.frexp(magnitude)
        digits = (mantissa * 2.0**53).astype(np.int64)
        lowest_bit = np.frexp((digits & -digits).astype(np.float64))[1] - 1
        steps = (lowest_bit + exponent - 53)[magnitude != 0]
        return cls(magnitude, int(steps.min()) if steps.size else 0)

    def constant(self, value: Any) -> Self:
        return value if isinstance(value, Extent) else self.of(value)  # type: ignore[return-value]

    def mapped(self, function: Any) -> Self:
        moved = copy(self)
        moved.magnitude = function(self.magnitude)
        return moved

    def plus(self, other: Self) -> Self:
        step = min(self.step, other.step)
        return type(self)(self.magnitude + other.magnitude, step, [self, other])

    def negated(self) -> Self:
        return self

    def times(self, other: Self) -> Self:
        magnitude = self.magnitude * other.magnitude
        return type(self)(magnitude, self.step + other.step, [self, other])

    def dot(self, other: Self) -> Self:
        magnitude = np.matmul(self.magnitude, other.magnitude)
        return type(self)(magnitude, self.step + other.step, [self, other])

    def column_sum(self) -> Self:
        magnitude = np.sum(self.magnitude, axis=-2, keepdims=True)
        return type(self)(magnitude, self.step, [self])

    def maximum(self, other: Self) -> Self:
        """Every unit active, so that the condition holds whatever the masks turn out to be."""
        return type(self)(np.maximum(self.magnitude, other.magnitude), self.step, [self, other])

    def at_most(self, other: Self) -> None:
        return None

    def below(self, other: Self) -> None:
        return None

    def where(self, mask: None, other: Self) -> Self:
        """Either, for the same reason: the larger magnitude, in the smaller steps."""
        step = min(self.step, other.step)
        return type(self)(np.maximum(self.magnitude, other.magnitude), step, [self, other])

    def __setitem__(self, mask: None, value: Any) -> None:
        """Nothing is masked: see `maximum`."""
        if mask is not None:
            raise NoRuleError("Extent has no rule for rows that are assigned")
