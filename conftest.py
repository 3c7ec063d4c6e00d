"""pytest's side of crossgrad: its options, the run that the derivation tests share, the verdict."""

import gc
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

import adapters
from harness import options, profile, render, report, terminal, verdict, verdict_json
from harness.candidate import CandidateError
from harness.derivation import REFERENCE
from harness.finding import Finding
from harness.many.files import several
from harness.verification import Verification
from tests.many.one import ONE

TESTS = "tests/derivation"
ASKED = pytest.StashKey[options.Asked]()
VERIFICATION = pytest.StashKey[Verification]()
UNFINISHED = pytest.StashKey[list[str]]()  # why tests did not end
VERDICT = pytest.StashKey[dict[str, Any]]()
UNAVAILABLE = pytest.StashKey[list[tuple[str, str]]]()  # variants, each with the reason
DUE = pytest.StashKey[bool]()  # whether this run is to end with a verdict

profile.load()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("crossgrad", "verify a derivation of backpropagation")
    options.offer(group.addoption, options.RUN, ", ".join(adapters.discover()))


def pytest_cmdline_main(config: pytest.Config) -> pytest.ExitCode | None:
    """Several derivations have a run each, side by side, and none here."""
    given = config.option
    if given.help or given.version or not given.derivation:
        return None
    with _refusing(adapters.FrameworkError, options.UsageError):
        with options.refusing(f"{options.DERIVATION.name} ", CandidateError):
            files = several(given.derivation, config.invocation_params.dir)
        if files is None:
            return None
        from tests.many import side_by_side

        return side_by_side.run(config, files, _frameworks(config), _runner(config))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse what cannot be run before anything heavy is imported."""
    exits = ExitStack()
    config.add_cleanup(exits.close)
    with _refusing(adapters.FrameworkError, options.UsageError):
        for name in _frameworks(config):
            adapters.framework_of(name)
        asked = options.asked(config.option, config.invocation_params.dir, config.rootpath, exits)
    config.option.hypothesis_seed = str(asked.seed)
    config.stash[ASKED] = asked
    config.stash[VERIFICATION] = Verification(asked.derivation, (), asked.against, asked.kink)
    config.stash[UNFINISHED], config.stash[UNAVAILABLE] = [], []
    config.stash[DUE] = False


@contextmanager
def _refusing(*kinds: type[Exception]) -> Iterator[None]:
    """An error of these kinds as pytest's own for what cannot be run: one line, and exit 4."""
    try:
        yield
    except kinds as error:
        raise pytest.UsageError(terminal.printable(str(error))) from None


@contextmanager
def _here_to_stay() -> Iterator[None]:
    """Frameworks are made of millions of objects: looking for garbage among them takes seconds."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _frameworks(config: pytest.Config) -> list[str]:
    return list(dict.fromkeys(options.FRAMEWORK.value(config.option) or adapters.discover()))


def pytest_report_header(config: pytest.Config) -> str:
    derivation = config.stash[VERIFICATION].derivation
    own = "" if derivation is REFERENCE else f" ({', '.join(derivation.own)})"
    return terminal.printable(
        f"crossgrad: {derivation.name}{own} against {', '.join(_frameworks(config))}; "
        f"{options.SEED}={config.stash[ASKED].seed}"
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import the chosen frameworks, once it is known that a derivation test will run."""
    config = session.config
    if config.option.collectonly:
        return
    if any("verification" in getattr(item, "fixturenames", ()) for item in session.items):
        run = config.stash[VERIFICATION]
        with _refusing(adapters.FrameworkError), _here_to_stay():
            witnesses, config.stash[UNAVAILABLE] = adapters.choose(_frameworks(config), run.kink)
        one = config.stash.get(ONE, None)
        config.stash[VERIFICATION] = Verification(
            run.derivation, witnesses, run.against, run.kink, one.memory if one else None
        )
    asked = any(option.value(config.option) for option in options.RUN)
    chosen = any(item.path.is_relative_to(config.rootpath / TESTS) for item in session.items)
    config.stash[DUE] = asked or chosen


@pytest.fixture(scope="session")
def verification(request: pytest.FixtureRequest) -> Verification:
    """The run: the derivation, its witnesses, and what they were found to say."""
    return request.config.stash[VERIFICATION]


class Disagreement(pytest.fail.Exception):  # type: ignore[misc, name-defined]
    """A test's failure that the verdict tells in full; shown without a traceback."""

    def __init__(self, message: str) -> None:
        super().__init__(message, pytrace=False)


@pytest.fixture(scope="session")
def judge() -> Callable[[Iterable[Finding]], None]:
    """Goes through all findings, and fails the test if there is one."""

    def judge(findings: Iterable[Finding]) -> None:
        __tracebackhide__ = True
        if named := dict.fromkeys(f"{each.quantity} ({each.kind})" for each in findings):
            raise Disagreement(f"{', '.join(named)}: see the verdict at the end")

    return judge


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note the tests that end in anything but a disagreement: what they check is not known."""
    report = yield
    if report.failed and call.excinfo and not call.excinfo.errisinstance(Disagreement):
        item.config.stash[UNFINISHED].append(f"{item.nodeid} ended in {call.excinfo.typename}")
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Reach the verdict, write it, and let it decide over a run whose tests all passed."""
    config = session.config
    if not config.stash[DUE]:
        return
    if session.exitstatus == pytest.ExitCode.INTERRUPTED:
        config.stash[UNFINISHED].append("the run was interrupted")
    config.stash[VERDICT] = verdict_json.as_json(_conclude(config))
    if one := config.stash.get(ONE, None):
        one.verdict = config.stash[VERDICT]
    if not config.stash[UNFINISHED]:
        _leave_the_failures_to_the_verdict(config)
    passed = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if passed and not config.stash[VERDICT]["agrees"]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if (path := config.stash[ASKED].verdict_json) is not None:
        verdict_json.write(config.stash[VERDICT], path)
    if (path := config.stash[ASKED].report) is not None:
        report.write(config.stash[VERDICT], path)


def _leave_the_failures_to_the_verdict(config: pytest.Config) -> None:
    """Dozens of failed tests would say over and over what the verdict says once."""
    config.option.tbstyle = "no"
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        reporter.reportchars = ""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if VERDICT in config.stash:
        terminalreporter.section("verdict")
        for line, colour in render.in_colour(config.stash[VERDICT]):
            terminalreporter.line(line, **colour)
        if (path := config.stash[ASKED].report) is not None:
            terminalreporter.line(terminal.printable(f"The page: {path}"))


def _conclude(config: pytest.Config) -> verdict.Verdict:
    asked, run = config.stash[ASKED], config.stash[VERIFICATION]
    frameworks = set(map(adapters.framework_of, _frameworks(config)))
    not_asked = [name for name in adapters.discover() if name not in frameworks]
    command = options.command(_runner(config), config.option, options.RUN, asked.seed)
    unfinished = config.stash[UNFINISHED]
    concluded = verdict.conclude(run, asked.seed, command, not_asked, unfinished, asked.notes)
    return verdict.without(verdict.of_head(concluded), config.stash[UNAVAILABLE])


def _runner(config: pytest.Config) -> list[str]:
    """What begins the command for such a run."""
    if by_tox := os.environ.get("TOX_ENV_NAME"):
        return ["tox", "-e", by_tox, "--"]
    tests = os.path.relpath(config.rootpath / TESTS, config.invocation_params.dir)
    marked = [] if config.option.markexpr else ["-m", ""]  # what takes long was not left out
    return ["pytest", tests, *marked]
