"""The one comparison, in two regimes, and what a disagreement looks like in numbers.

Neither regime has a tolerance to tune. Exact: equal bit for bit, zero's sign apart. Certified:
inside the ball that the reference computes for that very case.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from harness.ball import Ball
from harness.case import Array
from harness.wide import NOTHING, NOWHERE

# What a run's cases are compared by, under the names that the verdict has for them.
BIT_FOR_BIT: Final = ("exact", "exhaustive")
BY_RADIUS: Final = ("certified", "document")


def is_bit_for_bit(regime: str) -> bool:
    """Whether a regime compares bits; the others compare by the radius. Raises ValueError."""
    if regime not in BIT_FOR_BIT + BY_RADIUS:
        known = ", ".join(BIT_FOR_BIT + BY_RADIUS)
        raise ValueError(f"expected a regime of {known}, not {regime!r}")
    return regime in BIT_FOR_BIT


def differs(expected: Array, observed: Array) -> Array:
    """Where two arrays of one shape and dtype are not the same number, or not both NaN."""
    if expected.shape != observed.shape or expected.dtype != observed.dtype:
        raise TypeError(
            f"only arrays of one shape and dtype compare: {expected.shape} {expected.dtype} "
            f"and {observed.shape} {observed.dtype}"
        )
    different: Array = expected != observed
    if different.any():
        different &= ~(np.isnan(expected) & np.isnan(observed))
    return different


def error_over_radius(observed: Array, ball: Ball) -> Array:
    """|observed - midpoint| / radius: above 1, infinite or NaN is outside the ball.

    An error of 0 is 0 of any radius; any other error of a radius of 0 is infinite.
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        (error,) = errors(ball.halves, observed)
        return over(error, ball.radius)


def over(error: Array, radius: Array) -> Array:
    """error / radius; an error of 0 is 0 of any radius."""
    ratio: Array = np.divide(error, radius, out=np.zeros_like(error), where=error != 0)
    return ratio


def errors(halves: tuple[Array, Array], *values: Array) -> Iterator[Array]:
    """|value - midpoint| in float64, right to its last places, for each of the values.

    The midpoint is its `Ball.halves`, for arithmetic in a wider dtype is slow. Near it the first
    difference is exact (Sterbenz).
    """
    near, rest = halves
    for value in values:
        difference = np.subtract(value, near, dtype=np.float64)
        if rest is not NOTHING:
            difference -= rest
        yield np.abs(difference, out=difference)


def all_inside(ball: Ball, *values: Array) -> float | None:
    """The largest error over radius of unambiguous elements, if all of all values are inside.

    None if one is not, or is not finite, so that a cheap answer is a sure one.
    """
    radius, largest = ball.radius, 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        if not np.isfinite(radius.max(initial=0.0)):
            return None
        for error in errors(ball.halves, *values):
            if not (error <= radius).all():
                return None
            if radius.ndim:  # else there is one radius for all, 0, and every error is 0
                # An error of 0 is 0 of any radius: 0 / 0 is NaN, which fmax passes over.
                ratio = np.divide(error, radius, out=error)
                where = True if ball.ambiguous is NOWHERE else ~ball.ambiguous
                largest = max(largest, float(np.fmax.reduce(ratio, None, initial=0.0, where=where)))
    return largest


def outside(ratio: Array) -> Array:
    """Where a ratio of `error_over_radius` shows a value outside its ball (NaN is outside)."""
    return ~(ratio <= 1)


def distance_in_ulps(one: Array, other: Array) -> Array:
    """|one - other| in units in the last place of the larger; infinite if one is not finite."""
    with np.errstate(all="ignore"):
        unit = np.spacing(np.maximum(np.abs(one), np.abs(other))).astype(np.float64)
        distance = np.abs(one.astype(np.float64) - other.astype(np.float64)) / unit
    return np.where(np.isfinite(distance), distance, np.inf)


class Census(NamedTuple):
    """How a quantity differs over all elements that do.

    `worst` is the largest distance in units in the last place, with both values and the element's
    place (layer, then its index); the ratio observed / expected lies within `ratios` wherever
    expected is not zero, and is constant if these are equal.
    """

    differing: int = 0
    worst: float = 0.0
    expected: float = 0.0
    observed: float = 0.0
    place: tuple[int, ...] = ()
    ratios: tuple[float, float] = (float("inf"), float("-inf"))

    def with_elements(
        self, expected: Array, observed: Array, different: Array, layer: int
    ) -> "Census":
        """The census with one layer's elements of a stack, `different` saying which disagree."""
        if not different.any():
            return self
        e, o = expected[different].astype(np.float64), observed[different].astype(np.float64)
        distance = distance_in_ulps(expected[different], observed[different])
        with np.errstate(all="ignore"):
            ratio = (o / e)[e != 0]
        low, high = self.ratios
        if ratio.size:
            if not np.isfinite(ratio).all():
                ratio = np.array([-np.inf, np.inf])
            low, high = min(low, float(ratio.min())), max(high, float(ratio.max()))
        census = self._replace(differing=self.differing + int(different.sum()), ratios=(low, high))
        at = int(distance.argmax())
        if census.place and distance[at] <= census.worst:
            return census
        place = (layer, *(int(axis) for axis in np.argwhere(different)[at][1:]))
        return census._replace(
            worst=float(distance[at]), expected=float(e[at]), observed=float(o[at]), place=place
        )
