"""What a run checks by default: its stacks of cases, seed by seed.

The derivation tests take them from here, and so does `sensitivity.py`, which counts how many of
them a mistake survives.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from harness.case import Case, Shape
from harness.floats import float_stack
from harness.formats import FORMATS, HALF
from harness.lattice import LADDER, lattice_stack
from harness.strategies import DEEP, EDGES, SMALL

DTYPES: Final = FORMATS
SHAPES: Final = SMALL + EDGES + DEEP
# Each draw takes every shape once, in an order of its own, with a stack of this many cases.
STACK: Final = 224
DRAWS: Final = 3
HALF_DRAWS: Final = 1
# Scenario C takes every shape of several layers at every rung, with a stack of this many cases.
LAYERS_STACK: Final = 64
LAYERS_DRAWS: Final = 2


def shapes(dtype: np.dtype[Any]) -> Sequence[Shape]:
    """The shapes of one draw: of a half format every other one, for each has to be compiled."""
    return SHAPES[::2] if dtype in HALF else SHAPES


def draws(dtype: np.dtype[Any]) -> int:
    """How many draws a run makes in a dtype."""
    return HALF_DRAWS if dtype in HALF else DRAWS


def exact_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[Case]:
    """One draw: every shape on the ladder of magnitudes, in shuffled order."""
    rng = np.random.default_rng(seed)
    drawn = shapes(dtype)
    order = rng.permutation(len(drawn))
    rungs = rng.permutation(len(drawn)) % len(LADDER)
    for place, rung in zip(order, rungs, strict=True):
        yield lattice_stack(rng, drawn[place], dtype, LADDER[rung], STACK)


def float_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[Case]:
    """One draw: every shape with floats over the range of exponents, in shuffled order."""
    rng = np.random.default_rng(seed)
    drawn = shapes(dtype)
    for place in rng.permutation(len(drawn)):
        yield float_stack(rng, drawn[place], dtype, STACK)


def layers_stacks(seed: int, dtype: np.dtype[Any]) -> Iterator[tuple[str, Case]]:
    """One draw of Scenario C, each stack with its regime: shapes of several layers."""
    rng = np.random.default_rng(seed)
    drawn = [DEEP[place] for place in rng.permutation(len(DEEP))]
    for shape in drawn:
        for rung in LADDER:
            yield "exact", lattice_stack(rng, shape, dtype, rung, LAYERS_STACK)
    for shape in drawn:
        yield "certified", float_stack(rng, shape, dtype, LAYERS_STACK)
