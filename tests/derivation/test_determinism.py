"""Every witness against itself: asked again, with one thread and with all, it says the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.determinism import SPLIT
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.plan import DTYPES

# The smallest first, for it is the one that a verdict shows.
SHAPES = ((1, 1, 1), (3, 4, 3), (2, 3, 2, 4), SPLIT)


@pytest.mark.parametrize("dtype", DTYPES, ids=[dtype.name for dtype in DTYPES])
def test_every_witness_repeats_itself(
    check: Callable[..., None], seed: int, dtype: np.dtype[Any]
) -> None:
    rng = np.random.default_rng(seed)

    check("exact", *(lattice_stack(rng, s, dtype, LADDER[-1], 2) for s in SHAPES), twice=True)
    check("certified", *(float_stack(rng, s, dtype, 2) for s in SHAPES), twice=True)
