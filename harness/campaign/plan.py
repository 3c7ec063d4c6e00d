"""What a campaign checks: an endless sequence of tasks, each a function of the seed and its number.

Every small shape comes first, then a spread of larger and deeper ones in turn with the small ones
again, on other cases. Each task takes its shape in every dtype and both regimes, so few leave
nothing unchecked: after 20 their cases would have caught every known mistake of one layer.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Case, Shape, numbers
from harness.floats import float_stack
from harness.formats import FORMATS, precision
from harness.lattice import LADDER, has_exact, is_exact, lattice_stack
from harness.plan import CERTIFIED, EXACT, Planned
from harness.rounding import gamma
from harness.strategies import GRID

# The most numbers that all arrays of a case and of its trace have together, and those of a stack:
# half a MiB and 16 MiB in float64. A worker needs a few times that, and its frameworks.
LARGEST: Final = 2**16
WIDEST: Final = 2**21
# Of several layers about half as many are drawn as of one.
DEPTHS: Final = (1, 1, 1, 1, 2, 3)
# The most cases in a stack of ours; somebody else's formulas are called one case at a time.
STACK: Final = 2**12
ONE_BY_ONE: Final = 2**8
# Every so many tasks one asks a variant, too, and all at the true shape. That is slow, so of few.
TURN: Final = 16
FEW: Final = 2**6


class Task(NamedTuple):
    """Cases of one shape: `stack` of them in every dtype and regime, or one that was stored.

    Of the stored, which are replayed before the others, the first is number -1.
    """

    number: int
    shape: Shape
    frameworks: tuple[str, ...]
    stack: int
    at_true_shape: bool = False
    stored: Case | None = None


def task(
    seed: int, number: int, frameworks: Sequence[str], variants: Sequence[str], most: int = STACK
) -> Task:
    """The task of this number, from 0 on, with stacks of at most so many cases.

    `frameworks` are asked in all, `variants` by turns.
    """
    rng = np.random.default_rng([seed, number])
    turn, place = divmod(number, TURN)
    if variants and place == TURN - 1:
        shape = GRID[int(rng.integers(len(GRID)))]
        return Task(number, shape, (*frameworks, variants[turn % len(variants)]), FEW, True)
    at = number - turn if variants else number
    again = at - len(GRID)
    if again < 0:
        shape = GRID[at]
    else:
        shape = _larger(rng) if again % 2 == 0 else GRID[again // 2 % len(GRID)]
    return Task(number, shape, tuple(frameworks), min(most, WIDEST // numbers(shape)))


def _larger(rng: np.random.Generator) -> Shape:
    """A shape of any sizes up to LARGEST, the orders of magnitude evenly."""
    sizes = [int(2 ** rng.uniform(0, 9)) for _ in range(2 + int(rng.choice(DEPTHS)))]
    while numbers(tuple(sizes)) > LARGEST:
        widest = sizes.index(max(sizes))
        sizes[widest] //= 2
    return tuple(sizes)


def stacks(seed: int, task: Task) -> Iterator[Planned]:
    """The task's stacks, several layers chained, too.

    A format has none of a regime that it is too narrow for: in bfloat16 a large shape has no exact
    case, and its sums no radius.
    """
    if task.stored:
        yield Planned(task.stored, EXACT if is_exact(task.stored) else CERTIFIED)
        return
    how = task.at_true_shape, len(task.shape) > 3
    for place, dtype in enumerate(FORMATS):
        rng = np.random.default_rng([seed, task.number, place])
        if has_exact(task.shape, dtype):
            for rung in LADDER:
                stack = -(-task.stack // len(LADDER))
                yield Planned(lattice_stack(rng, task.shape, dtype, rung, stack), EXACT, *how)
        if _has_radius(task.shape, dtype):
            yield Planned(float_stack(rng, task.shape, dtype, task.stack), CERTIFIED, *how)


def _has_radius(shape: Shape, dtype: np.dtype[Any]) -> bool:
    """Whether rounding can be bounded in sums of a shape's length, of which one has a bias, too."""
    try:
        gamma(max(shape) + 1, precision(dtype).unit_roundoff)
    except ValueError:
        return False
    return True
