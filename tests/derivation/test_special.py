"""Special values: what the derivation's ReLU does there is told at the end, and never judged."""

from harness import special
from harness.verification import Verification


def test_what_is_done_at_special_values_is_told(verification: Verification) -> None:
    verification.special = special.told(verification.derivation, verification.witnesses.values())
