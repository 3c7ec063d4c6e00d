"""The cases on which a campaign has found something: only with --example-database."""

from collections.abc import Callable

from harness.case import Case
from harness.lattice import is_exact


def test_what_a_campaign_has_kept_agrees(check: Callable[..., None], stored: list[Case]) -> None:
    assert stored, "no case is kept there"
    for case in stored:
        check("exact" if is_exact(case) else "certified", case)
