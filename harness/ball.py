"""Ball arithmetic: the reference formulas, run on balls, compute their own certified radius.

Contract. Let an implementation compute a formula in the floating-point format `tested`
(IEEE 754, round to nearest), from any arguments inside the argument balls: in any order of
summation, with or without fused multiply-add, with partial results in that format, in one at
least as wide as the midpoints', or, of the two half formats, in float32; with exp and log as exact
as any library's (`ulps.toml`); with numbers below the smallest normal one kept, rounded or flushed
to zero, as results and as arguments. Then each element it returns lies inside the result's ball,
|value - mid| <= radius.

Not promised: the smallest such ball; anything after an overflow (no case has one); algorithms
that rearrange by the distributive law (Strassen).

A ball keeps a sum open. `np.dot(inputs, weights) + biases` is one sum of k + 1 terms, for a
correct implementation may start from the bias. So beside its midpoint a ball holds `spread` (how
far the exact sum of the terms can be from the midpoint), `mass` (the largest sum of the terms'
magnitudes), and how many of the terms are `products` and how many `plain`.

A sum is rounded once it is used as a number: `rounding.py` has the bound. The midpoint is a sum of
the same form in the wider dtype, and so may be the implementation's partial results. An argument
below the smallest normal number may be taken for zero, so its ball reaches there; every other ball
of such a value does, for it has lost as much already. Midpoint-radius form: Rump, 'Fast and
parallel interval arithmetic', BIT 39 (1999); Johansson, 'Arb' (2017).
"""

from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np

from harness import elementary, together, wide
from harness.algebra import Number
from harness.case import Array, Shape
from harness.formats import Precision
from harness.rounding import radius_of_sum, roundings
from harness.wide import NOTHING, NOWHERE, either


class Unsure(NamedTuple):
    """A comparison of balls: where it surely holds, and where it may or may not."""

    surely: Array
    undecided: Array


class Ball(Number):
    """Midpoints and radii of one or a stack of matrices; see the module's contract.

    `spread` is NOTHING where every element is exact, `ambiguous` NOWHERE where none is.
    """

    def __init__(
        self,
        tested: Precision,
        mid: Array,
        spread: Array,
        mass: Array,
        products: int = 0,
        plain: int = 1,
    ) -> None:
        self.tested = tested
        self.mid = mid
        self.spread = spread
        self.mass = mass
        self.products = products
        self.plain = plain
        # Elements that hold both answers of an undecided ReLU, or depend on one that does.
        self.ambiguous: Array = NOWHERE
        # Whether all elements are 0, 1 or -1, exact integers.
        self.signs = False

    @classmethod
    def exact(cls, array: Any, tested: Precision) -> Self:
        """The ball of radius 0 around each element; of its own magnitude, around a subnormal."""
        mid = np.asarray(array, np.float64)
        magnitude = np.abs(mid)
        if np.issubdtype(np.asarray(array).dtype, np.integer) and magnitude.max(initial=0) <= 1:
            result = cls(tested, mid, NOTHING, magnitude)
            result.signs = True
            return result
        below = magnitude < tested.smallest_normal
        if np.count_nonzero(below) > magnitude.size - np.count_nonzero(magnitude):
            return cls.around(mid, np.where(below, magnitude, 0), tested)
        return cls(tested, mid, NOTHING, magnitude)

    @classmethod
    def around(cls, mid: Array, radius: Array, tested: Precision) -> Self:
        """The ball of this radius around each element: a single plain term."""
        magnitude, radius = np.abs(mid).astype(np.float64), radius.astype(np.float64)
        if not radius.any():
            return cls(tested, mid, NOTHING, magnitude)
        mid = np.asarray(mid, tested.wide)
        return cls(tested, mid, np.broadcast_to(radius, mid.shape), magnitude + radius)

    @cached_property
    def radius(self) -> Array:
        """How far a correct implementation may be from the midpoint, elementwise."""
        tested, products, plain = self.tested, self.products, self.plain
        if not roundings(products, plain):
            return self.spread
        spread = None if self.spread is NOTHING else self.spread
        mass = self.mass
        if (products, plain) == (0, 2):  # the one rounding there is, is of the sum itself
            mass = np.abs(self.mid).astype(np.float64) + self.spread
        return radius_of_sum(tested, mass, spread, products, plain)

    @property
    def midpoints(self) -> Array:
        """The midpoints in the wide dtype, in which all is computed that rounds."""
        return np.asarray(self.mid, self.tested.wide)

    @cached_property
    def halves(self) -> tuple[Array, Array]:
        """The midpoints' nearest float64 and, where they are wider, the rest; else NOTHING."""
        return wide.halves(self.mid)

    @property
    def _magnitude(self) -> Array:
        """|mid|, which a single exact term's mass is."""
        return self.mass if self.radius is NOTHING else np.abs(self.mid).astype(np.float64)

    @property
    def shape(self) -> Shape:
        return self.mid.shape

    def constant(self, value: Any) -> Self:
        return value if isinstance(value, Ball) else self.exact(value, self.tested)  # type: ignore[return-value]

    def mapped(self, function: Any) -> Self:
        mid, mass = function(self.mid), function(self.mass)
        spread = self.spread if self.spread is NOTHING else function(self.spread)
        result = type(self)(self.tested, mid, spread, mass, self.products, self.plain)
        result.ambiguous = self.ambiguous if self.ambiguous is NOWHERE else function(self.ambiguous)
        return result

    def plus(self, other: Self) -> Self:
        """One sum of both sums' terms."""
        result = type(self)(
            self.tested,
            self.midpoints + other.midpoints,
            either(np.add, self.spread, other.spread),
            self.mass + other.mass,
            self.products + other.products,
            self.plain + other.plain,
        )
        result.ambiguous = either(np.logical_or, self.ambiguous, other.ambiguous)
        return result

    def negated(self) -> Self:
        """Exact: only the sign bit changes."""
        result = self.mapped(lambda array: array)
        result.mid = -self.mid
        return result

    def times(self, other: Self) -> Self:
        """A sum of one product: |ab - a'b'| <= (|a| + r_a) r_b + r_a |b|."""
        if self.signs or other.signs:
            number, signs = (self, other) if other.signs else (other, self)
            return together.selected(number, signs)  # type: ignore[return-value]
        return self._product(other, np.multiply, terms=1)

    def dot(self, other: Self) -> Self:
        """A sum of as many products as a row has elements, each as in `times`."""
        return self._product(other, wide.matmul, terms=self.mid.shape[-1])

    def _product(self, other: Self, multiply: Any, terms: int) -> Self:
        a, b = self._magnitude, other._magnitude
        mid, mass, spread = multiply(self.midpoints, other.midpoints), multiply(a, b), NOTHING
        r_a, r_b = self.radius, other.radius
        if r_a is not NOTHING or r_b is not NOTHING:
            r_a, r_b = np.broadcast_to(r_a, a.shape), np.broadcast_to(r_b, b.shape)
            spread = multiply(a + r_a, r_b) + multiply(r_a, b)
            mass = mass + spread
        result = type(self)(self.tested, mid, spread, mass, products=terms, plain=0)
        if self.ambiguous.any() or other.ambiguous.any():
            mine, more = (x.ambiguous | np.zeros(x.mid.shape, bool) for x in (self, other))
            result.ambiguous = multiply(mine, more == more) | multiply(mine == mine, more)
        return result

    def column_sum(self) -> Self:
        """One sum of all the rows' terms."""
        result = self.mapped(lambda array: np.sum(array, axis=-2, keepdims=True))
        result.mid = np.sum(self.midpoints, axis=-2, keepdims=True)
        result.products *= self.mid.shape[-2]
        result.plain *= self.mid.shape[-2]
        if result.ambiguous is not NOWHERE:
            result.ambiguous = result.ambiguous > 0
        return result

    def maximum(self, other: Self) -> Self:
        """Exact, and |max(a, b) - max(a', b')| <= max(|a - a'|, |b - b'|); a sure winner's own."""
        mid, mine, theirs = np.maximum(self.mid, other.mid), self.radius, other.radius
        radius = either(np.maximum, mine, theirs)
        if radius is not NOTHING:
            loses = self.midpoints + mine <= other.midpoints - theirs
            wins = other.midpoints + theirs <= self.midpoints - mine
            radius = np.where(loses, theirs, np.where(wins, mine, radius))
        result = self.around(mid, radius, self.tested)
        result.ambiguous = either(np.logical_or, self.ambiguous, other.ambiguous)
        return result

    def at_most(self, other: Self) -> Unsure:
        """Surely where even the farthest points compare so; undecided where only some do."""
        return self._compared(other, np.less_equal)

    def below(self, other: Self) -> Unsure:
        """As `at_most`: not where both are the same number."""
        return self._compared(other, np.less)

    def _compared(self, other: Self, compare: Any) -> Unsure:
        reach = either(np.add, self.radius, other.radius)
        if reach is NOTHING:
            return Unsure(compare(self.mid, other.mid), NOWHERE)
        surely = compare(self.midpoints + reach, other.mid)
        possibly = compare(self.midpoints - reach, other.mid)
        return Unsure(surely, possibly & ~surely)

    divided, exp, log = elementary.divided, elementary.exp, elementary.log
    row_max, row_sum = elementary.row_max, elementary.row_sum
    patched = together.patched

    def __setitem__(self, mask: Unsure | slice, value: Any) -> None:
        """The value where the mask is sure, or in these rows; where undecided, both balls' hull."""
        new = self.constant(value)
        if isinstance(mask, slice):
            self._become(together.with_rows(self, mask, new))
            return
        mid = np.where(mask.surely, new.mid, self.mid)
        radius = np.where(mask.surely, new.radius, self.radius)
        if mask.undecided.any():
            between, hull = together.spanning(self, new)
            mid = np.where(mask.undecided, between, mid)
            radius = np.where(mask.undecided, hull, radius)
        closed = self.around(mid, radius, self.tested)
        closed.ambiguous = either(np.logical_or, self.ambiguous, mask.undecided)
        self._become(closed)

    def _become(self, other: Self) -> None:
        self.__dict__.clear()  # with what is cached of the old numbers
        self.__dict__.update(other.__dict__)
