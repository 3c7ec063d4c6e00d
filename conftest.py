"""pytest's side of crossgrad: its options, the run that the derivation tests share, the verdict."""

import gc
import os
import shlex
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import adapters
from harness import examples, kink, profile, render, revision, verdict, verdict_json
from harness.candidate import CandidateError
from harness.derivation import REFERENCE, Derivation
from harness.finding import Finding
from harness.isolation import Isolated
from harness.verification import Verification

SEED = "--hypothesis-seed"
TESTS = "tests/derivation"
OPTIONS = (
    "--derivation",
    "--against",
    "--framework",
    "--kink",
    "--example-database",
    "--verdict-json",
)
VERIFICATION = pytest.StashKey[Verification]()
UNFINISHED = pytest.StashKey[list[str]]()  # why tests did not end
VERDICT = pytest.StashKey[dict[str, Any]]()
UNAVAILABLE = pytest.StashKey[list[tuple[str, str]]]()  # variants, each with the reason
NOTES = pytest.StashKey[verdict.Notes]()
DUE = pytest.StashKey[bool]()  # whether this run is to end with a verdict

profile.load()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("crossgrad", "verify a derivation of backpropagation")
    group.addoption(
        "--derivation",
        metavar="FILE",
        help="the derivation to verify: a Python file that defines any of the five formulas "
        "(default: the reference)",
    )
    group.addoption(
        "--against",
        metavar="REV",
        help="compare with the reference at this git revision, or with another derivation's FILE, "
        "on the same cases",
    )
    group.addoption(
        "--framework",
        metavar="NAME",
        action="append",
        help="a framework to compare with, torch:func for another way to its gradients, torch:* "
        f"for all; repeatable (default: {', '.join(adapters.discover())})",
    )
    group.addoption(
        "--kink",
        metavar="NUMBER",
        help=f"ReLU's derivative at 0: one of {', '.join(kink.CHOICES)} (default: 0)",
    )
    group.addoption(
        "--example-database",
        metavar="PLACE",
        help="check the cases, too, that a campaign has kept: in a folder, or at redis://HOST:PORT",
    )
    group.addoption("--verdict-json", metavar="PATH", help="write the verdict there as JSON")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse what cannot be run before anything heavy is imported."""
    with _refusing(f"{SEED}: ", ValueError):
        config.option.hypothesis_seed = str(profile.seed(config.getoption(SEED)))
    with _refusing("", adapters.FrameworkError):
        for name in _frameworks(config):
            adapters.framework_of(name)
    if (path := _json_path(config)) is not None:
        with _refusing(f"--verdict-json {config.getoption('--verdict-json')}: ", OSError):
            verdict_json.check_writable(path)
    if (place := config.getoption("--example-database")) is not None:
        shown = examples.without_password(f"--example-database {place}: ")
        with _refusing(shown, examples.DatabaseError):
            examples.stored(examples.database(place, config.invocation_params.dir))
    config.stash[NOTES] = []
    derivation = REFERENCE
    if (file := config.getoption("--derivation")) is not None:
        with _refusing("--derivation ", CandidateError):
            derivation = _isolated(config, file)
    with _refusing("--kink ", kink.KinkError):
        at_kink = kink.choice(config.getoption("--kink"), derivation)
    config.stash[VERIFICATION] = Verification(derivation, (), _against(config), at_kink)
    config.stash[UNFINISHED], config.stash[UNAVAILABLE] = [], []
    config.stash[DUE] = False


@contextmanager
def _refusing(what: str, kind: type[Exception]) -> Iterator[None]:
    """An error of this kind as a usage error: one line, after what was asked for."""
    try:
        yield
    except kind as error:
        why = f"cannot be written: {error.strerror}" if isinstance(error, OSError) else error
        raise pytest.UsageError(f"{what}{why}") from None


def _against(config: pytest.Config) -> Derivation | None:
    """The derivation that --against names: a file, or else the reference at a git revision."""
    if (given := config.getoption("--against")) is None:
        return None
    with _refusing("--against ", CandidateError):
        if (config.invocation_params.dir / given).is_file():
            return _isolated(config, given)
        return revision.load(given, config.rootpath)


def _isolated(config: pytest.Config, file: str) -> Derivation:
    """A file's derivation in a process of its own, which ends with the run."""
    isolated = Isolated(file, config.invocation_params.dir)
    config.add_cleanup(isolated.close)
    config.stash[NOTES] = [*config.stash[NOTES], (file, isolated.notes)]
    return isolated.derivation


def _json_path(config: pytest.Config) -> Path | None:
    given = config.getoption("--verdict-json")
    return None if given is None else config.invocation_params.dir / given


def _frameworks(config: pytest.Config) -> list[str]:
    return list(dict.fromkeys(config.getoption("--framework") or adapters.discover()))


def pytest_report_header(config: pytest.Config) -> str:
    derivation = config.stash[VERIFICATION].derivation
    own = "" if derivation is REFERENCE else f" ({', '.join(derivation.own)})"
    return (
        f"crossgrad: {derivation.name}{own} against {', '.join(_frameworks(config))}; "
        f"{SEED}={config.getoption(SEED)}"
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import the chosen frameworks, once it is known that a derivation test will run."""
    config = session.config
    if config.option.collectonly:
        return
    if any("verification" in getattr(item, "fixturenames", ()) for item in session.items):
        run = config.stash[VERIFICATION]
        with _refusing("", adapters.FrameworkError):
            witnesses, config.stash[UNAVAILABLE] = adapters.choose(_frameworks(config), run.kink)
        config.stash[VERIFICATION] = Verification(run.derivation, witnesses, run.against, run.kink)
        gc.freeze()  # the frameworks are here to stay: looking for garbage in them takes seconds
    asked = any(config.getoption(option) for option in OPTIONS)
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
    if not config.stash[UNFINISHED]:
        _leave_the_failures_to_the_verdict(config)
    passed = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if passed and not config.stash[VERDICT]["agrees"]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if (path := _json_path(config)) is not None:
        verdict_json.write(config.stash[VERDICT], path)


def _leave_the_failures_to_the_verdict(config: pytest.Config) -> None:
    """Dozens of failed tests would say over and over what the verdict says once."""
    config.option.tbstyle = "no"
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        terminal.reportchars = ""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if VERDICT in config.stash:
        terminalreporter.section("verdict")
        for line in render.render(config.stash[VERDICT]):
            terminalreporter.line(line)


def _conclude(config: pytest.Config) -> verdict.Verdict:
    options = []
    for option in OPTIONS[:-1]:
        given = config.getoption(option) or []
        for value in [given] if isinstance(given, str) else given:
            options += [option, value]
    asked = set(map(adapters.framework_of, _frameworks(config)))
    not_asked = [name for name in adapters.discover() if name not in asked]
    seed = int(config.getoption(SEED))
    tests = os.path.relpath(config.rootpath / TESTS, config.invocation_params.dir)
    marked = [] if config.option.markexpr else ["-m", ""]  # what takes long was not left out
    by_tox = os.environ.get("TOX_ENV_NAME")
    runner = ["tox", "-e", by_tox, "--"] if by_tox else ["pytest", tests, *marked]
    command = examples.without_password(shlex.join([*runner, *options, f"{SEED}={seed}"]))
    run, unfinished = config.stash[VERIFICATION], config.stash[UNFINISHED]
    concluded = verdict.conclude(run, seed, command, not_asked, unfinished, config.stash[NOTES])
    return verdict.without(concluded, config.stash[UNAVAILABLE])
