"""Generated shapes and values: bit for bit on the lattice, within the radius on any floats."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case import Case
from harness.lattice import LADDER
from harness.plan import DTYPES, draws, exact_stacks, float_stacks
from harness.strategies import DEEP, SMALL, float_cases, lattice_cases

NAMES = [dtype.name for dtype in DTYPES]
SINGLE_CASES = 100


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_stacks_agree_bit_for_bit(check: Callable[..., None], dtype: np.dtype[Any]) -> None:
    """Every shape on the ladder of magnitudes, in shuffled order."""

    @settings(max_examples=draws(dtype))
    @given(seed=st.integers(0, 2**32))
    def stacks(seed: int) -> None:
        check("exact", *exact_stacks(seed, dtype))

    stacks()


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_stacks_agree_within_the_radius(check: Callable[..., None], dtype: np.dtype[Any]) -> None:
    """Every shape with floats over the range of exponents, in shuffled order."""

    @settings(max_examples=draws(dtype))
    @given(seed=st.integers(0, 2**32))
    def stacks(seed: int) -> None:
        check("certified", *float_stacks(seed, dtype))

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
