"""Half formats: how each witness adds up their numbers is told at the end, and never judged."""

from harness import accumulation
from harness.verification import Verification


def test_how_half_formats_are_added_up_is_told(verification: Verification) -> None:
    verification.accumulation = accumulation.seen(verification.witnesses.values())
