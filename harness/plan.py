"""What a run checks by default: its stacks of cases, all decided by the run's seed.

The derivation tests take them from here, and so does `sensitivity.py`, which counts how many of
them a mistake survives.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Case, Shape
from harness.derivation import REFERENCE, Derivation
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.head import ALONE, EQUAL, OF_ANY, OF_POWERS, equal_logits, head_stack, one_alone
from harness.head import SHAPES as HEAD_SHAPES
from harness.lattice import LADDER, Rung, lattice_stack
from harness.strategies import DEEP, EDGES, GRID

DTYPES: Final = FORMATS
EXACT: Final = "exact"
CERTIFIED: Final = "certified"
# Of the grid of small shapes, the exact regime takes all in float64; all else every so many.
STEPS: Final = {EXACT: (1, 8, 32, 32), CERTIFIED: (8, 8, 32, 32)}
OFFSETS: Final = (0, 4, 3, 11)
# And of the edges every so many, in both regimes: each is compiled at its true shape.
EDGE_STEPS: Final = (1, 2, 4, 4)
# Cases in each stack: ours are run on the whole stack, and others' one by one.
STACK: Final = 128
ONE_BY_ONE: Final = 64
# One in so many shapes is shown to the witnesses at its true shape.
UNPADDED: Final = 128


class Planned(NamedTuple):
    """A stack of cases, and how it is to be checked: the options of `Verification.check`."""

    case: Case
    regime: str
    at_true_shape: bool = False
    chained: bool = False
    only: tuple[str, ...] = ()


def size(derivation: Derivation) -> int:
    """How many cases a stack has: more where all of the formulas run on whole stacks."""
    return STACK if derivation is REFERENCE else ONE_BY_ONE


def shapes(regime: str, dtype: np.dtype[Any]) -> Sequence[Shape]:
    """The shapes that a run takes in a dtype: its part of the grid, some edges, several layers."""
    place = DTYPES.index(dtype)
    step = STEPS[regime][place]
    return GRID[OFFSETS[place] % step :: step] + EDGES[:: EDGE_STEPS[place]] + DEEP


def at_true_shape(regime: str, seed: int, dtype: np.dtype[Any]) -> set[Shape]:
    """What witnesses see unpadded: each edge, for its shape makes it one, and some other shapes."""
    return {*EDGES, *shapes(regime, dtype)[seed % UNPADDED :: UNPADDED]}


def stacks(regime: str, seed: int, dtype: np.dtype[Any], count: int = STACK) -> Iterator[Planned]:
    """Every shape once, in shuffled order: on the ladder of magnitudes, or with any floats."""
    rng = _generator(seed, dtype, regime)
    drawn = shapes(regime, dtype)
    rungs = rng.permutation(len(drawn)) % len(LADDER)
    unpadded = at_true_shape(regime, seed, dtype)
    for place, rung in zip(rng.permutation(len(drawn)), rungs, strict=True):
        shape = drawn[place]
        case = _stack(rng, regime, shape, dtype, LADDER[rung], count)
        yield Planned(case, regime, at_true_shape=shape in unpadded)


def layers_stacks(seed: int, dtype: np.dtype[Any], count: int = STACK) -> Iterator[Planned]:
    """Scenario C: every shape of several layers, at every rung and with floats, also chained."""
    rng = _generator(seed, dtype, "layers")
    for regime, rungs in ((EXACT, LADDER), (CERTIFIED, LADDER[:1])):
        for place in rng.permutation(len(DEEP)):
            for rung in rungs:
                case = _stack(rng, regime, DEEP[place], dtype, rung, count)
                yield Planned(case, regime, place == seed % len(DEEP), chained=True)


def equal_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[Planned]:
    """Of the head: all logits of a sample are equal, among a power of two."""
    rng = _generator(seed, dtype, "equal")
    for batch, classes in OF_POWERS:
        case = equal_logits(rng, batch, classes, dtype, ONE_BY_ONE)
        yield Planned(case, EXACT, only=EQUAL)


def alone_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[Planned]:
    """Of the head: one logit of each sample is far above the others."""
    rng = _generator(seed, dtype, "alone")
    for batch, classes in OF_POWERS[1:] + OF_ANY:
        case = one_alone(rng, batch, classes, dtype, ONE_BY_ONE)
        yield Planned(case, EXACT, only=ALONE)


def logits_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[Planned]:
    """Of the head: any logits."""
    rng = _generator(seed, dtype, "logits")
    for shape in HEAD_SHAPES:
        yield Planned(head_stack(rng, shape, dtype, ONE_BY_ONE), CERTIFIED)


def _stack(
    rng: np.random.Generator,
    regime: str,
    shape: Shape,
    dtype: np.dtype[Any],
    rung: Rung,
    count: int,
) -> Case:
    if regime == EXACT:
        return lattice_stack(rng, shape, dtype, rung, count)
    return float_stack(rng, shape, dtype, count)


def _generator(seed: int, dtype: np.dtype[Any], part: str) -> np.random.Generator:
    """The numbers of one part of a run do not depend on which other parts there are."""
    return np.random.default_rng([seed, DTYPES.index(dtype), *part.encode()])
