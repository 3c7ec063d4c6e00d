"""What the tests of the engine share: the frameworks, and a run small enough for each of them."""

import signal
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from respelled import SPELLINGS

import adapters
from harness import candidate, head, plan, surroundings, verdict
from harness.derivation import HEAD_FORMULAS, REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

# What runs in the background ignores Ctrl-C, and so would all that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

CANDIDATES = Path(__file__).parents[1] / "candidates"
DTYPES = FORMATS
SHAPES = [(1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 2, 2), (3, 4, 3), (2, 3, 3), (4, 1, 2), (2, 2, 3, 2)]
# Few that show every mistake: edges of 1, equal sizes, layers of one shape.
FEW_SHAPES = [(1, 1, 1), (2, 1, 1), (2, 2, 2), (1, 2, 3), (2, 3, 3), (2, 2, 3, 2), (2, 2, 2, 2)]


@pytest.fixture(autouse=True)
def settings_stay():
    """A derivation may make some for itself: usually it does so in a process of its own."""
    before = surroundings.now()
    with np.errstate():
        yield
    surroundings.restore(before)


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
        for planned in of_head(head.DTYPES):
            verification.check(**planned._asdict())
        return verification

    return verify


def of_head(dtypes):
    """The stacks of logits of a run."""
    for drawn in (plan.equal_stacks, plan.alone_stacks, plan.logits_stacks):
        for dtype in dtypes:
            yield from drawn(7, dtype)


@pytest.fixture(scope="session")
def concluded():
    """concluded(name, formula, code): the findings on a wrong formula at the end of a short run."""
    torch = adapters.load("torch")

    def concluded(name, formula, code):
        derivation = REFERENCE._replace(name=name, own=(formula,), **{formula: code})
        verification = Verification(derivation, [torch])
        rng = np.random.default_rng(7)
        for planned in of_head(DTYPES[:1]) if formula in HEAD_FORMULAS else ():
            verification.check(**planned._asdict())
        for shape in () if formula in HEAD_FORMULAS else FEW_SHAPES:
            for rung in LADDER[:-1]:
                verification.check(lattice_stack(rng, shape, DTYPES[0], rung, 16), "exact")
            verification.check(lattice_stack(rng, shape, DTYPES[1], LADDER[0], 8), "exact")
            verification.check(float_stack(rng, shape, DTYPES[0], 8), "certified")
        verdict.conclude(verification, 0, "pytest", (), ())
        return list(verification.findings.values())

    return concluded


@pytest.fixture(scope="session")
def of_mistake(concluded):
    """of_mistake(mistake): the findings on its second spelling; one run serves every test."""
    return cache(lambda mistake: concluded(mistake.name, mistake.formula, SPELLINGS[mistake.name]))
