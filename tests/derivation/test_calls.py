"""How a call is made must not matter: the layout of its arguments, the spelling of its rate."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.case import Case, Layer
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
NAMES = [dtype.name for dtype in DTYPES]
SHAPES = ((1, 1, 1), (2, 1, 3), (3, 4, 1), (3, 4, 2), (2, 3, 3), (3, 4, 3, 2))
# On tiny integers no dtype rounds, so what differs is no matter of the order of summation.
TINY = LADDER[0]
STACK = 4


def with_equal_rows(case: Case) -> Case:
    """Every matrix made of its first row, so that its rows may share one memory."""

    def alike(array: Any) -> Any:
        return np.repeat(array[:, :1], array.shape[1], axis=1)

    layers = tuple(Layer(alike(weights), biases) for weights, biases in case.layers)
    return case._replace(inputs=alike(case.inputs), layers=layers, upstream=alike(case.upstream))


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_no_layout_of_the_arguments_and_no_spelling_of_the_rate_changes_a_bit(
    verification: Verification, check: Callable[..., None], seed: int, dtype: np.dtype[Any]
) -> None:
    before, rng = verification.varied, np.random.default_rng(seed)
    stacks = [lattice_stack(rng, shape, dtype, TINY, STACK) for shape in SHAPES]

    check("exact", *stacks, *map(with_equal_rows, stacks), varied=True)

    # A formula that was found out already is not called again.
    assert verification.varied > before or verification.findings, "no call in another way"
