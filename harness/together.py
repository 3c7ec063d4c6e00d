"""Balls made of parts of others: some rows or places from one, some from another, or both's hull.

Nothing is computed with the numbers, so nothing is rounded but for the ends of a hull.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.case import Array
from harness.rounding import RADII
from harness.wide import NOWHERE, either

if TYPE_CHECKING:
    from harness.ball import Ball

# Covers the radii's own arithmetic, a handful of operations and an elementary function of float64.
INFLATION: Final = 1 + 32 * RADII


def patched(ball: "Ball", places: Array, part: "Ball") -> "Ball":
    """The stack with the balls of some places from another: both come from the same formula.

    The sums that it ends with may have more terms in one, where exact zeros are not counted.
    """

    def patch(mine: Array, theirs: Array) -> Array:
        if mine.ndim == theirs.ndim == 0:
            return mine
        dtype = np.result_type(mine, theirs)
        patched = np.broadcast_to(mine, ball.shape).astype(dtype)
        patched[places] = theirs
        return patched

    result = type(ball)(
        ball.tested,
        patch(ball.mid, part.mid),
        patch(ball.spread, part.spread),
        patch(ball.mass, part.mass),
        max(ball.products, part.products),
        max(ball.plain, part.plain),
    )
    result.ambiguous = patch(ball.ambiguous, part.ambiguous)
    (near, rest), (part_near, part_rest) = ball.halves, part.halves
    result.halves = patch(near, part_near), patch(rest, part_rest)
    return result


def selected(ball: "Ball", signs: "Ball") -> "Ball":
    """The product with 0, 1 or -1, exact numbers: nothing is rounded."""
    chosen = signs.mid != 0
    with np.errstate(invalid="ignore"):
        radius = np.where(chosen, ball.radius, 0)
        mid = np.where(chosen, ball.midpoints * signs.mid, 0)
    ambiguous = ball.ambiguous
    return closed(ball, mid, radius, ambiguous if ambiguous is NOWHERE else ambiguous & chosen)


def with_rows(ball: "Ball", rows: slice, new: "Ball") -> "Ball":
    """The matrices with others in these rows."""

    def replaced(old: Array, by: Array) -> Array:
        array = np.broadcast_to(old, ball.shape).astype(np.result_type(old, by))
        array[..., rows, :] = by
        return array

    mid, radius = replaced(ball.mid, new.mid), replaced(ball.radius, new.radius)
    certain = ball.ambiguous is new.ambiguous is NOWHERE
    return closed(
        ball, mid, radius, NOWHERE if certain else replaced(ball.ambiguous, new.ambiguous)
    )


def hull(one: "Ball", other: "Ball") -> "Ball":
    """A ball that holds both, of one exact value computed in two ways."""
    with np.errstate(invalid="ignore"):  # of infinite midpoints, whose radius is no number
        apart = np.abs(one.midpoints - other.midpoints).astype(np.float64)
    radius = np.maximum(one.radius, (other.radius + apart) * INFLATION)
    ambiguous = either(np.logical_or, one.ambiguous, other.ambiguous)
    return closed(one, one.midpoints, radius, ambiguous)


def spanning(one: "Ball", other: "Ball") -> tuple[Array, Array]:
    """The midpoint and the radius of what holds both, of two exact values."""
    with np.errstate(invalid="ignore"):
        low = np.minimum(one.midpoints - one.radius, other.midpoints - other.radius)
        high = np.maximum(one.midpoints + one.radius, other.midpoints + other.radius)
        rounding = 4 * one.tested.wide_unit_roundoff * (np.abs(low) + np.abs(high))
        radius = ((high - low) / 2 + rounding) * (1 + 4 * RADII)
        # Without a bound there is no middle.
        return np.where(np.isfinite(radius), (low + high) / 2, one.midpoints), radius


def closed(like: "Ball", mid: Array, radius: Any, ambiguous: Array) -> "Ball":
    """A single number; a radius that is none is infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        result = like.around(mid, np.where(np.isnan(radius), np.inf, radius), like.tested)
    result.ambiguous = ambiguous
    return result
