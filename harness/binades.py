"""How near the radius the errors come: counted by powers of two, for a sample of the elements.

The largest ratio of error to radius alone says little. Whether most errors are far inside, and the
bound loose, or fill the ball, is seen in how they are spread; for that the first cases of each
stack are enough.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.ball import Ball
from harness.case import Array
from harness.compare import errors, over

# An element without any error is counted first, then one for each power of two up to the radius;
# what is smaller than all of them counts as the smallest.
POWERS: Final = 16
COUNTS: Final = POWERS + 1
# At most so many cases of a stack, and so many elements unless one case has more.
CASES, ELEMENTS = 32, 1024


class Sample(NamedTuple):
    """The first cases of a stack: what was compared, and the balls, as views of the whole."""

    values: tuple[Array, ...]
    halves: tuple[Array, Array]
    radius: Array
    ambiguous: Array


def sample(ball: Ball, *values: Array) -> Sample:
    """The first cases. An array without dimensions is one number for all elements."""
    each = max(1, values[0][:1].size)
    first = slice(max(1, min(CASES, ELEMENTS // each)))
    arrays = (*ball.halves, ball.radius, ball.ambiguous)
    near, rest, radius, ambiguous = (array[first] if array.ndim else array for array in arrays)
    return Sample(tuple(value[first] for value in values), (near, rest), radius, ambiguous)


def binades(sampled: Sample) -> list[int]:
    """COUNTS numbers of elements: the larger error of all values over the radius.

    What is outside its ball, or so near the kink that two answers pass, is not counted.
    """
    with np.errstate(all="ignore"):
        error = np.maximum.reduce([*errors(sampled.halves, *sampled.values)])
        ratio = over(error, sampled.radius)
    inside = ratio[(ratio <= 1) & ~sampled.ambiguous]
    exponents = np.frexp(inside[inside > 0])[1]
    counts = np.bincount(np.clip(exponents, 1 - POWERS, 0) + POWERS, minlength=COUNTS)
    return [inside.size - exponents.size, *counts[1:].tolist()]


def together(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """The counts of both; either may be empty, where bits are compared."""
    if not one or not other:
        return [*one, *other]
    return [mine + theirs for mine, theirs in zip(one, other, strict=True)]
