"""What the derivation tests share: the run's seed, and the doors to its one `Verification`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness import examples
from harness.case import Case
from harness.plan import Planned
from harness.verification import Verification


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The run's one seed."""
    return int(request.config.getoption("--hypothesis-seed"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without stored cases none is checked: no test that passes for that."""
    asked = config.getoption("--example-database") is not None
    return None if asked or collection_path.name != "test_stored.py" else True


@pytest.fixture(scope="session", autouse=True)
def one_thread(verification: Verification) -> Iterator[None]:
    """What is small gains nothing by threads, and loses much where others wait for a processor."""
    with ExitStack() as exits:
        for witness in verification.witnesses.values():
            if (threads := getattr(witness, "threads", None)) is not None:
                exits.enter_context(threads(1))
        yield


@pytest.fixture(scope="session")
def stored(request: pytest.FixtureRequest) -> list[Case]:
    """The cases that --example-database names."""
    config = request.config
    if (place := config.getoption("--example-database")) is None:
        pytest.skip("no --example-database is given")
    database = examples.database(place, config.invocation_params.dir)
    return [example.case for example in examples.stored(database)]


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
def check_planned(verification: Verification, judge: Callable[..., None]) -> Callable[..., None]:
    """check_planned(plan, ...) checks every stack that the plan has; may fail."""

    def check_planned(plan: Callable[..., Iterator[Planned]], *about: Any) -> None:
        __tracebackhide__ = True
        memory = verification.memory
        stacks = memory.planned(plan, *about) if memory else plan(*about)
        judge(found for planned in stacks for found in verification.check(**planned._asdict()))

    return check_planned
