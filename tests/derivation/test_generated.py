"""Generated shapes and values: bit for bit on the lattice, within the radius on any floats."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case import Case
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.strategies import DEEP, EDGES, SMALL, float_cases, lattice_cases

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
NAMES = [dtype.name for dtype in DTYPES]
SHAPES = SMALL + EDGES + DEEP
# Each draw takes every shape once, in an order of its own, with a stack of this many cases.
STACK = 224
DRAWS = 3
SINGLE_CASES = 100


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_stacks_agree_bit_for_bit(check: Callable[..., None], dtype: np.dtype[Any]) -> None:
    """Every shape on the ladder of magnitudes, in shuffled order."""

    @settings(max_examples=DRAWS)
    @given(seed=st.integers(0, 2**32))
    def stacks(seed: int) -> None:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(SHAPES))
        rungs = rng.permutation(len(SHAPES)) % len(LADDER)
        check(
            "exact",
            *(
                lattice_stack(rng, SHAPES[place], dtype, LADDER[rung], STACK)
                for place, rung in zip(order, rungs, strict=True)
            ),
        )

    stacks()


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_stacks_agree_within_the_radius(check: Callable[..., None], dtype: np.dtype[Any]) -> None:
    """Every shape with floats over the range of exponents, in shuffled order."""

    @settings(max_examples=DRAWS)
    @given(seed=st.integers(0, 2**32))
    def stacks(seed: int) -> None:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(SHAPES))
        check("certified", *(float_stack(rng, SHAPES[place], dtype, STACK) for place in order))

    stacks()


@pytest.mark.parametrize("rung", LADDER, ids=[rung.name for rung in LADDER])
@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_single_cases_agree_bit_for_bit(
    check: Callable[..., None], dtype: np.dtype[Any], rung: Any
) -> None:
    """Drawn one element at a time."""

    @settings(max_examples=SINGLE_CASES // len(LADDER))
    @given(lattice_cases(SMALL + DEEP, dtype, rung.bits))
    def single(case: Case) -> None:
        check("exact", case)

    single()


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_single_cases_agree_within_the_radius(
    check: Callable[..., None], dtype: np.dtype[Any]
) -> None:
    """Drawn one element at a time from Hypothesis's floats."""

    @settings(max_examples=SINGLE_CASES)
    @given(float_cases(SMALL + DEEP, dtype))
    def single(case: Case) -> None:
        check("certified", case)

    single()
