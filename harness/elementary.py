"""Ball arithmetic for what softmax and cross-entropy need beyond sums and products.

The contract is that of `ball.py`. Let x be a ball's midpoint, r its radius, and x' any number in
it; u is the tested format's unit roundoff and lambda its smallest normal number.

* exp: |e^x' - e^x| <= e^x (e^r - 1), and where r > 1 simply e^(x + r). An implementation is off
  by its own bound in units in the last place of e^x' besides; such a unit is none smaller in the
  binade of the largest, e^(x + r). Past 1 / lambda, close to an overflow, no bound is known.
* log: |log x' - log x| <= -log(1 - r / x) for r < x; a ball that reaches 0 has no bound. Its own
  error is in units in the last place of a number of magnitude up to |log x| and that. So near 1,
  where r is much of log x, the absolute error is what counts, and it is small.
* a / b: a' / b' - a / b = ((a' - a) b - a (b' - b)) / (b b'), so at most (r_a + |a / b| r_b) /
  (|b| - r_b); a divisor that may be 0 has no bound. Two roundings, for XLA multiplies by the
  reciprocal of a constant divisor, and anybody may of any; none where the divisor is a power of
  two. The reciprocal of more than 1 / lambda is flushed, and loses lambda |a'|. 0 / b is 0.
* the largest of a row: that of a' is from an element whose ball reaches the largest lower end,
  and so is that of a; for these, |max a - max a'| <= max |a - a'|, at most their largest radius.
* the sum of a row: exact zeros change no sum, so a row's terms are those that are not.

A result below lambda may be flushed to zero, and then loses that, too; so may what a library takes
for such a one, but none takes 4 lambda for it (the measurement sees to that). The midpoint is
computed in the wider dtype, whose exp and log are off by less than two units in the last place,
that is four of its unit roundoffs.
"""

from typing import TYPE_CHECKING

import numpy as np

from harness.case import Array
from harness.formats import Precision
from harness.rounding import gamma, unit_in_last_place
from harness.together import INFLATION, closed
from harness.wide import NOTHING, NOWHERE, either

if TYPE_CHECKING:
    from harness.ball import Ball


def exp(ball: "Ball") -> "Ball":
    """e to the power of each element."""
    tested, x, r = ball.tested, ball.midpoints, ball.radius
    with np.errstate(all="ignore"):
        mid = np.exp(x)
        size = mid.astype(np.float64)
        moved = size * np.expm1(r)
        if np.any(r > 1):
            end = x + r
            end = np.exp(end + 4 * tested.wide_unit_roundoff * np.abs(end))
            moved = np.where(r > 1, end.astype(np.float64), moved)
        top = (size + moved) * INFLATION
        own = tested.exp_ulps * unit_in_last_place(tested, top)
        own += 4 * float(tested.wide_unit_roundoff) * size
        radius = (moved + own + _flushed(tested, size - moved - own)) * INFLATION
        radius = np.where(top <= 1 / tested.smallest_normal, radius, np.inf)
    return closed(ball, mid, radius, ball.ambiguous)


def log(ball: "Ball") -> "Ball":
    """The natural logarithm of each element."""
    tested, x = ball.tested, ball.midpoints
    with np.errstate(all="ignore"):
        share = ball.radius / x.astype(np.float64) * INFLATION
        bounded = (x > 0) & (share < 1)
        mid = np.log(np.where(bounded, x, 1))
        size = np.abs(mid).astype(np.float64)
        moved = -np.log1p(-np.where(bounded, share, 0))
        own = tested.log_ulps * unit_in_last_place(tested, (size + moved) * INFLATION)
        own += 4 * float(tested.wide_unit_roundoff) * size
        radius = (moved + own + _flushed(tested, size - moved - own)) * INFLATION
    return closed(ball, mid, np.where(bounded, radius, np.inf), ball.ambiguous)


def divided(one: "Ball", other: "Ball") -> "Ball":
    """one / other, element by element."""
    tested = one.tested
    with np.errstate(all="ignore"):
        a, b = (np.abs(each.mid).astype(np.float64) for each in (one, other))
        farthest = a + one.radius
        least = b - other.radius * INFLATION
        bounded = least > 0
        mid = one.midpoints / np.where(bounded, other.midpoints, 1)
        size = np.abs(mid).astype(np.float64)
        moved = (one.radius + size * other.radius * INFLATION) / np.where(bounded, least, 1)
        rounding = float(gamma(2, tested.unit_roundoff) + 4 * tested.wide_unit_roundoff)
        exact = (np.frexp(b)[0] == 0.5) & (other.radius == 0)
        own = np.where(exact, 0, rounding) * (size + moved)
        lost = _flushed(tested, size - moved - own)
        of_reciprocal = (b + other.radius) * tested.smallest_normal > 0.5
        lost += np.where(of_reciprocal, farthest * tested.smallest_normal, 0)
        lost = np.where(farthest > 0, lost, 0)
        radius = np.where(bounded, (moved + own + lost) * INFLATION, np.inf)
    ambiguous = either(np.logical_or, one.ambiguous, other.ambiguous)
    return closed(one, mid, radius, ambiguous)


def row_max(ball: "Ball") -> "Ball":
    """The largest of each row, kept as one column."""
    mid, radius = np.max(ball.mid, axis=-1, keepdims=True), ball.radius
    if radius is not NOTHING:
        with np.errstate(invalid="ignore"):
            reach = radius * INFLATION + 4 * ball.tested.wide_unit_roundoff * np.abs(ball.midpoints)
            lowest = np.max(ball.midpoints - reach, axis=-1, keepdims=True)
            possible = ~(ball.midpoints + reach < lowest)
        radius = np.max(np.where(possible, radius, 0), axis=-1, keepdims=True)
    return closed(ball, mid, radius, _any_of_row(ball.ambiguous))


def row_sum(ball: "Ball") -> "Ball":
    """One sum of all the columns' terms, kept as one column."""
    result = ball.mapped(lambda array: np.sum(array, axis=-1, keepdims=True))
    result.mid = np.sum(ball.midpoints, axis=-1, keepdims=True)
    most = int(np.count_nonzero(ball.mass, axis=-1).max(initial=0))
    result.products, result.plain = result.products * most, result.plain * most
    result.ambiguous = _any_of_row(ball.ambiguous)
    return result


def _flushed(tested: Precision, least: Array) -> Array:
    """What a result loses that is at least so large, but for rounding: see above."""
    lost: Array = np.where(least < 4 * tested.smallest_normal, tested.smallest_normal, 0)
    return lost


def _any_of_row(ambiguous: Array) -> Array:
    if ambiguous is NOWHERE:
        return ambiguous
    some: Array = np.any(ambiguous, axis=-1, keepdims=True)
    return some
