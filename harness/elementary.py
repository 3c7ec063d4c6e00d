"""Ball arithmetic for what softmax and cross-entropy need beyond sums and products.

The contract is that of `ball.py`. Let x be a ball's midpoint, r its radius, and x' any number in
it; u is the tested format's unit roundoff, so that a unit in the last place of y is at most 2u|y|.

* exp: |e^x' - e^x| <= e^x (e^r - 1). No library promises a correctly rounded exp: its own error is
  at most EXP units in the last place of e^x' <= e^x e^r.
* log: |log x' - log x| <= -log(1 - r / x) for r < x; a ball that reaches 0 has no bound. Its own
  error is at most LOG units in the last place of a number up to |log x| + that.
* a / b: |a / b - a' / b'| <= (|a| r_b + |b| r_a) / (|b| (|b| - r_b)); a divisor that may be 0 has
  no bound. One rounding, or two where a framework multiplies by the reciprocal.

What is below the smallest normal number may be flushed to zero, so each loses that, too.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.rounding import RADII, gamma
from harness.wide import either

if TYPE_CHECKING:
    from harness.ball import Ball

# In units in the last place: the most that NumPy, PyTorch or XLA are off.
EXP: Final = 4
LOG: Final = 4
# Covers the radii's own arithmetic, a handful of operations and an elementary function of float64.
INFLATION: Final = 1 + 32 * RADII


def exp(ball: "Ball") -> "Ball":
    """e to the power of each element."""
    tested, wide = ball.tested, np.asarray(ball.mid, ball.tested.wide)
    mid = np.exp(wide)
    size = mid.astype(np.float64)
    moved = size * np.expm1(ball.radius)
    own = float(2 * EXP * tested.unit_roundoff + 8 * tested.wide_unit_roundoff)
    radius = (moved + own * (size + moved)) * INFLATION + tested.smallest_normal
    return _closed(ball, mid, radius, ball.ambiguous)


def log(ball: "Ball") -> "Ball":
    """The natural logarithm of each element."""
    tested, wide = ball.tested, np.asarray(ball.mid, ball.tested.wide)
    size = np.abs(wide).astype(np.float64)
    positive = wide > ball.radius
    mid = np.log(np.where(positive, wide, 1))
    share = np.divide(ball.radius, size, where=positive, out=np.zeros_like(size))
    moved = -np.log1p(-share * INFLATION)
    own = float(2 * LOG * tested.unit_roundoff + 8 * tested.wide_unit_roundoff)
    of = np.abs(mid).astype(np.float64) + moved
    radius = (moved + own * of) * INFLATION + tested.smallest_normal
    return _closed(ball, mid, np.where(positive, radius, np.inf), ball.ambiguous)


def divided(one: "Ball", other: "Ball") -> "Ball":
    """one / other, element by element."""
    tested = one.tested
    a, b = (np.abs(each.mid).astype(np.float64) for each in (one, other))
    least = b - other.radius * INFLATION
    bounded = least > 0
    least, b = np.where(bounded, least, 1), np.where(bounded, b, 1)
    mid = np.asarray(one.mid, tested.wide) / np.where(bounded, other.mid, 1)
    moved = (a * other.radius / b + one.radius) / least
    own = float(gamma(2, tested.unit_roundoff) + 4 * tested.wide_unit_roundoff)
    of = np.abs(mid).astype(np.float64) + moved
    lost = tested.smallest_normal * (1 + a + one.radius)
    radius = (moved + own * of + lost) * INFLATION
    ambiguous = either(np.logical_or, one.ambiguous, other.ambiguous)
    return _closed(one, mid, np.where(bounded, radius, np.inf), ambiguous)


def hull(one: "Ball", other: "Ball") -> "Ball":
    """A ball that holds both, of one exact value computed in two ways."""
    apart = np.abs(one.mid - other.mid).astype(np.float64)
    radius = np.maximum(one.radius, (other.radius + apart) * INFLATION)
    ambiguous = either(np.logical_or, one.ambiguous, other.ambiguous)
    return _closed(one, np.asarray(one.mid), radius, ambiguous)


def _closed(like: "Ball", mid: Any, radius: Any, ambiguous: Any) -> "Ball":
    result = like.around(mid, radius, like.tested)
    result.ambiguous = ambiguous
    return result
