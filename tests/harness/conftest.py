"""What the tests of the engine share: the frameworks, and a run small enough for each of them."""

from pathlib import Path

import numpy as np
import pytest

import adapters
from harness import candidate
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

CANDIDATES = Path(__file__).parents[1] / "candidates"
DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
SHAPES = [(1, 1, 1), (2, 1, 1), (2, 2, 2), (3, 4, 3), (2, 3, 3), (4, 1, 2), (2, 2, 3, 2)]


@pytest.fixture(scope="session")
def witnesses():
    return [adapters.load("jax"), adapters.load("torch")]


@pytest.fixture
def load():
    """load("wrong/mask_ge.py"): a derivation out of `tests/candidates`."""
    return lambda file: candidate.load(file, CANDIDATES)


@pytest.fixture
def verify(witnesses):
    """verify(derivation): its verification on a few shapes, every rung, both regimes and dtypes."""

    def verify(derivation, witnesses=witnesses):
        verification = Verification(derivation, witnesses)
        rng = np.random.default_rng(7)
        for dtype in DTYPES:
            for shape in SHAPES:
                for rung in LADDER:
                    verification.check(lattice_stack(rng, shape, dtype, rung, 24), "exact")
                verification.check(float_stack(rng, shape, dtype, 24), "certified")
        return verification

    return verify
