"""Generated shapes and values: bit for bit on the lattice, within the radius on any floats."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.lattice import LADDER
from harness.plan import DTYPES, size, stacks
from harness.strategies import DEEP, SMALL, float_cases, lattice_cases
from harness.verification import Verification

NAMES = [dtype.name for dtype in DTYPES]
SINGLE_CASES = 20


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
@pytest.mark.parametrize("regime", ["exact", "certified"])
def test_stacks_of_every_shape_agree(
    verification: Verification,
    check_planned: Callable[..., None],
    seed: int,
    regime: str,
    dtype: np.dtype[Any],
) -> None:
    """Bit for bit on the ladder of magnitudes; within the radius over the range of exponents."""
    check_planned(stacks, regime, seed, dtype, size(verification.derivation))


# @given stands outside, so that --hypothesis-show-statistics counts the labels of the cases drawn.
@pytest.mark.parametrize("rung", LADDER, ids=[rung.name for rung in LADDER])
@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
@settings(max_examples=SINGLE_CASES // len(LADDER))
@given(data=st.data())
def test_single_cases_agree_bit_for_bit(
    check: Callable[..., None], dtype: np.dtype[Any], rung: Any, data: st.DataObject
) -> None:
    """Drawn one element at a time."""
    check("exact", data.draw(lattice_cases(SMALL + DEEP, dtype, rung.bits)))


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
@settings(max_examples=SINGLE_CASES)
@given(data=st.data())
def test_single_cases_agree_within_the_radius(
    check: Callable[..., None], dtype: np.dtype[Any], data: st.DataObject
) -> None:
    """Drawn one element at a time from Hypothesis's floats."""
    check("certified", data.draw(float_cases(SMALL + DEEP, dtype)))
