"""Ball arithmetic: the reference formulas, run on balls, compute their own certified radius.

Contract. Let an implementation compute a formula in the floating-point format `tested`
(IEEE 754, round to nearest), from any arguments inside the argument balls: in any order of
summation, with or without fused multiply-add, with partial results in that format, in one at
least as wide as the midpoints', or, of the two half formats, in float32; with numbers below the
smallest normal one kept, rounded or flushed to zero, as results and as arguments. Then each
element it returns lies inside the result's ball, |value - mid| <= radius.

Not promised: the smallest such ball; anything after an overflow (no case has one); algorithms
that rearrange by the distributive law (Strassen).

A ball keeps a sum open. `np.dot(inputs, weights) + biases` is one sum of k + 1 terms, for a
correct implementation may start from the bias. So beside its midpoint a ball holds `spread` (how
far the exact sum of the terms can be from the midpoint), `mass` (the largest sum of the terms'
magnitudes), and how many of the terms are `products` and how many `plain`.

Rounding. On the way through a sum of k terms a term meets at most k - 1 additions, and one
multiplication before if it is a product: n roundings. Whatever the order, computed =
sum t_i (1 + theta_i) with |theta_i| <= gamma_n = n u / (1 - n u) (Higham, Accuracy and Stability
of Numerical Algorithms, 2nd ed., Lemma 3.1 and section 4.2).

Underflow. A result that is flushed, or rounded to a subnormal, loses less than the smallest
normal number, lambda. It then holds a product that no flush has lost yet, or two plain terms:
one normal number alone is not below lambda. Flushed terms are zero from there on and lost only
once, so at most products + floor(plain / 2) lambdas are lost, each then rounded like a term:

    lost   = lambda (products + floor(plain / 2))
    radius = spread + lost + gamma_n (mass + lost).

A half format's partial result that is rounded to float32 first is off by (1 + u)(1 + u'), where
u' = 2^-24 <= u^2 / (1 - u^2); that is at most 1 / (1 - u), and the bound of Lemma 3.1 holds for
n factors of this size as it does for n of 1 + u.

An argument below lambda may be taken for zero, so its ball reaches there; every other ball of a
value below lambda does, for it has lost lambda already.

The midpoint is a sum of the same form in the wider dtype, and so may be the implementation's
partial results: twice that dtype's own gamma_n is added. Radii are sums of products of
non-negative numbers: a relative inflation covers their own rounding. Midpoint-radius form: Rump,
'Fast and parallel interval arithmetic', BIT 39 (1999); Johansson, 'Arb' (2017).
"""

from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np

from harness.algebra import Number
from harness.case import Array
from harness.formats import Precision


def gamma(roundings: int, unit_roundoff: Any) -> Any:
    """Higham's gamma_n: the largest relative effect of n roundings on one term of a sum."""
    if roundings * unit_roundoff >= 0.5:
        raise ValueError(f"{roundings} roundings at unit roundoff {unit_roundoff} bound nothing")
    return roundings * unit_roundoff / (1 - roundings * unit_roundoff)


class Unsure(NamedTuple):
    """A comparison of balls: where it surely holds, and where it may or may not."""

    surely: Array
    undecided: Array


class Ball(Number):
    """Midpoints and radii of one or a stack of matrices; see the module's contract."""

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
        # Elements that hold both answers of an undecided ReLU, or that depend on one that does.
        self.ambiguous: Array = np.zeros(np.shape(mid), bool)

    @classmethod
    def exact(cls, array: Any, tested: Precision) -> Self:
        """The ball of radius 0 around each element; of its own magnitude, around a subnormal."""
        mid = np.asarray(array, tested.wide)
        magnitude = np.abs(mid)
        subnormal = magnitude < tested.smallest_normal
        return cls.around(mid, np.where(subnormal, magnitude, 0), tested)

    @classmethod
    def around(cls, mid: Array, radius: Array, tested: Precision) -> Self:
        """The ball of this radius around each element: a single plain term."""
        return cls(tested, mid, np.broadcast_to(radius, mid.shape), np.abs(mid) + radius)

    @cached_property
    def radius(self) -> Array:
        """How far a correct implementation may be from the midpoint, elementwise."""
        p = self.tested
        terms = self.products + self.plain
        n = max(terms - 1, 0) + (self.products > 0)
        relative = gamma(n, p.unit_roundoff) + 2 * gamma(n, p.wide_unit_roundoff)
        lost = p.smallest_normal * (self.products + self.plain // 2)
        # A single number, infinite ones too, is not rounded.
        rounded = relative * (self.mass + lost) if n else 0.0
        # 8 covers the handful of operations around the sums.
        inflation = 1 + 4 * (terms + 8) * p.wide_unit_roundoff
        radius: Array = (self.spread + lost + rounded) * inflation
        return radius

    def constant(self, value: Any) -> Self:
        return value if isinstance(value, Ball) else self.exact(value, self.tested)  # type: ignore[return-value]

    def mapped(self, function: Any) -> Self:
        mid, spread, mass = (function(array) for array in (self.mid, self.spread, self.mass))
        result = type(self)(self.tested, mid, spread, mass, self.products, self.plain)
        result.ambiguous = function(self.ambiguous)
        return result

    def plus(self, other: Self) -> Self:
        """One sum of both sums' terms."""
        result = type(self)(
            self.tested,
            self.mid + other.mid,
            self.spread + other.spread,
            self.mass + other.mass,
            self.products + other.products,
            self.plain + other.plain,
        )
        result.ambiguous = self.ambiguous | other.ambiguous
        return result

    def negated(self) -> Self:
        """Exact: only the sign bit changes."""
        result = self.mapped(lambda array: array)
        result.mid = -self.mid
        return result

    def times(self, other: Self) -> Self:
        """A sum of one product: |ab - a'b'| <= (|a| + r_a) r_b + r_a |b|."""
        return self._product(other, np.multiply, terms=1)

    def dot(self, other: Self) -> Self:
        """A sum of as many products as a row has elements, each as in `times`."""
        return self._product(other, np.matmul, terms=self.mid.shape[-1])

    def _product(self, other: Self, multiply: Any, terms: int) -> Self:
        a, b = np.abs(self.mid), np.abs(other.mid)
        r_a, r_b = self.radius, other.radius
        spread = multiply(a + r_a, r_b) + multiply(r_a, b)
        mid, mass = multiply(self.mid, other.mid), multiply(a, b) + spread
        result = type(self)(self.tested, mid, spread, mass, products=terms, plain=0)
        if self.ambiguous.any() or other.ambiguous.any():
            doubts = multiply(self.ambiguous.astype(a.dtype), np.ones_like(b))
            more = multiply(np.ones_like(a), other.ambiguous.astype(a.dtype))
            result.ambiguous = doubts + more > 0
        return result

    def column_sum(self) -> Self:
        """One sum of all the rows' terms."""
        mid, spread, mass = (
            np.sum(array, axis=-2, keepdims=True) for array in (self.mid, self.spread, self.mass)
        )
        products, plain = (self.mid.shape[-2] * terms for terms in (self.products, self.plain))
        result = type(self)(self.tested, mid, spread, mass, products, plain)
        result.ambiguous = np.any(self.ambiguous, axis=-2, keepdims=True)
        return result

    def maximum(self, other: Self) -> Self:
        """Exact, and |max(a, b) - max(a', b')| <= max(|a - a'|, |b - b'|); a sure winner's own."""
        high, low = self.mid + self.radius, self.mid - self.radius
        other_high, other_low = other.mid + other.radius, other.mid - other.radius
        radius = np.where(
            high <= other_low,
            other.radius,
            np.where(other_high <= low, self.radius, np.maximum(self.radius, other.radius)),
        )
        result = self.around(np.maximum(self.mid, other.mid), radius, self.tested)
        result.ambiguous = self.ambiguous | other.ambiguous
        return result

    def at_most(self, other: Self) -> Unsure:
        """Surely where even the farthest points compare so; undecided where only some do."""
        reach = self.radius + other.radius
        surely = self.mid + reach <= other.mid
        possibly = self.mid - reach <= other.mid
        return Unsure(surely, possibly & ~surely)

    def below(self, other: Self) -> Unsure:
        """As `at_most`: not where both are the same number."""
        reach = self.radius + other.radius
        surely = self.mid + reach < other.mid
        possibly = self.mid - reach < other.mid
        return Unsure(surely, possibly & ~surely)

    def __setitem__(self, mask: Unsure, value: Any) -> None:
        """The value where the mask is sure; where it is undecided, the hull of both balls."""
        new = self.constant(value)
        low = np.minimum(self.mid - self.radius, new.mid - new.radius)
        high = np.maximum(self.mid + self.radius, new.mid + new.radius)
        middle = (low + high) / 2
        hull = (high - low) / 2 + 4 * self.tested.wide_unit_roundoff * (np.abs(low) + np.abs(high))
        choose = [mask.surely, mask.undecided]
        mid = np.select(choose, [np.broadcast_to(new.mid, self.mid.shape), middle], self.mid)
        radius = np.select(choose, [np.broadcast_to(new.radius, self.mid.shape), hull], self.radius)
        closed = self.around(mid, radius, self.tested)
        closed.ambiguous = self.ambiguous | mask.undecided
        self.__dict__.pop("radius", None)
        self.__dict__.update(closed.__dict__)
