"""Every case of the smallest shapes and numbers, for each formula by itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from harness.exhaustive import ALL, beyond, cover, in_a_run
from harness.grid import Grid
from harness.plan import DTYPES
from harness.verification import Verification


@pytest.mark.parametrize("formula", ALL)
def test_every_case_that_a_run_has_time_for_agrees_bit_for_bit(
    verification: Verification, check: Callable[..., None], formula: str
) -> None:
    cover_all(verification, check, in_a_run(verification, formula))


@pytest.mark.long
@pytest.mark.parametrize("formula", ALL)
@pytest.mark.parametrize("dtype", DTYPES, ids=[dtype.name for dtype in DTYPES])
def test_every_case_beyond_these_agrees_bit_for_bit(
    verification: Verification, check: Callable[..., None], dtype: np.dtype[Any], formula: str
) -> None:
    cover_all(verification, check, beyond(verification, formula, dtype))


def cover_all(
    verification: Verification, check: Callable[..., None], grids: Sequence[Grid]
) -> None:
    """A formula that is wrong fails at its first disagreement."""
    for grid in grids:
        cover(verification, grid, check)

    assert verification.covered.issuperset(grids), "not all that was to be compared was"
