"""What the derivation tests share: the run's seed, and the doors to its one `Verification`."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from harness.case import Case
from harness.plan import Planned
from harness.verification import Verification


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The run's one seed."""
    return int(request.config.getoption("--hypothesis-seed"))


@pytest.fixture(scope="session")
def check(verification: Verification, judge: Callable[..., None]) -> Callable[..., None]:
    """check(regime, *cases, **options) as Verification.check, or .repeat if `twice`; may fail.

    Every case is checked, whatever is found before.
    """

    def check(regime: str, *cases: Case, twice: bool = False, **options: Any) -> None:
        __tracebackhide__ = True
        if twice:
            judge(found for case in cases for found in verification.repeat(case, regime))
        else:
            judge(found for case in cases for found in verification.check(case, regime, **options))

    return check


@pytest.fixture(scope="session")
def check_planned(
    verification: Verification, judge: Callable[..., None]
) -> Callable[[Iterable[Planned]], None]:
    """Checks every planned stack, one after the other; may fail."""

    def check_planned(stacks: Iterable[Planned]) -> None:
        __tracebackhide__ = True
        judge(found for planned in stacks for found in verification.check(**planned._asdict()))

    return check_planned
