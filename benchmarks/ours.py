"""crossgrad as it is measured: a derivation before both frameworks, on stacks of cases.

As in a run: one verification goes through several stacks, PyTorch has one thread, and the known
mistakes that the first stacks' cases refuse are not put to the others.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import numpy as np

import adapters
from harness.case import Case, Shape
from harness.derivation import Derivation
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

REGIMES = ("exact", "certified")
# Stacks of one verification. A run has a thousand, and asks the known mistakes once.
STACKS = 16
# The document's own lines in a user's file: five formulas, each called one case at a time.
FOLDER = Path(__file__).parents[1] / "tests" / "candidates" / "right"
FILE = "document_in_place.py"


@cache
def witnesses() -> list[adapters.Witness]:
    """Both frameworks."""
    return [adapters.load(name) for name in adapters.discover()]


def stack(shape: Shape, regime: str, count: int, place: int = 0) -> Case:
    """A stack of a regime's own cases: integers of a rung, or floats of all exponents."""
    rng, dtype = np.random.default_rng(place), np.dtype(np.float64)
    if regime == "exact":
        return lattice_stack(rng, shape, dtype, LADDER[place % len(LADDER)], count)
    return float_stack(rng, shape, dtype, count)


def stacks(shape: Shape, regime: str, count: int) -> list[Case]:
    """So many cases in each stack of one verification: every rung by turns."""
    return [stack(shape, regime, count, place) for place in range(STACKS)]


def check(
    derivation: Derivation,
    cases: Sequence[Case],
    regime: str,
    before: Sequence[adapters.Witness] | None = None,
) -> None:
    """Raises AssertionError if a right derivation is refused: then a time says nothing."""
    before = before or witnesses()
    verification = Verification(derivation, before)
    with ExitStack() as exits:
        for witness in before:
            if witness.threads is not None:
                exits.enter_context(witness.threads(1))
        findings = [each for case in cases for each in verification.check(case, regime)]
    if findings:
        quantities = ", ".join(sorted({finding.quantity for finding in findings}))
        raise AssertionError(f"{derivation.name} is right, and was refused: {quantities}")
