"""crossgrad as it is measured: a derivation before both frameworks, on a stack of cases."""

from collections.abc import Sequence
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
# The document's own lines in a user's file: five formulas, each called one case at a time.
FOLDER = Path(__file__).parents[1] / "tests" / "candidates" / "right"
FILE = "document_in_place.py"


@cache
def witnesses() -> list[adapters.Witness]:
    """Both frameworks."""
    return [adapters.load(name) for name in adapters.discover()]


def stack(shape: Shape, regime: str, count: int) -> Case:
    """A stack of a regime's own cases: tiny integers, or floats over the range of exponents."""
    rng, dtype = np.random.default_rng(0), np.dtype(np.float64)
    if regime == "exact":
        return lattice_stack(rng, shape, dtype, LADDER[0], count)
    return float_stack(rng, shape, dtype, count)


def check(
    derivation: Derivation,
    case: Case,
    regime: str,
    before: Sequence[adapters.Witness] | None = None,
) -> None:
    """Raises AssertionError if a right derivation is refused: then a time says nothing."""
    findings = Verification(derivation, before or witnesses()).check(case, regime)
    if findings:
        quantities = ", ".join(sorted({finding.quantity for finding in findings}))
        raise AssertionError(f"{derivation.name} is right, and was refused: {quantities}")
