"""Special values: what the derivation's ReLU does there is told at the end, and never judged."""

import pytest

import adapters
from harness import conventions_file, special
from harness.blame import framework_of
from harness.verification import Verification


def test_what_is_done_at_special_values_is_told(verification: Verification) -> None:
    try:
        recorded = conventions_file.read(adapters.CONVENTIONS)
    except conventions_file.ConventionsError as error:
        reason = str(error)
    else:
        installed = {framework_of(name): w.version for name, w in verification.witnesses.items()}
        verification.special = special.told(verification.derivation, recorded)
        verification.notes |= dict.fromkeys(special.other_versions(recorded, installed))
        return
    pytest.fail(reason, pytrace=False)  # outside, for the line alone to be shown
