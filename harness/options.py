"""The options of a run: each said once, refused in one line, and given back as a command.

`tox -e verify` takes them by pytest (`conftest.py`), a campaign by argparse (`tests/campaign`), and
what both take means the same. To add one to a run, add it here.
"""

import shlex
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness import examples, kink, profile, revision, verdict_json
from harness.candidate import CandidateError
from harness.derivation import REFERENCE, Derivation
from harness.isolation import Isolated
from harness.verdict import Notes

SEED: Final = "--hypothesis-seed"


class UsageError(Exception):
    """What was asked for cannot be run; the message says why in one line."""


class Option(NamedTuple):
    """An option; its `help` has `{frameworks}` where it names those that are the default."""

    name: str
    metavar: str
    help: str
    many: bool = False  # it may be given again
    decides: bool = True  # over what is found, so the command that finds it again has it

    def value(self, given: Namespace) -> Any:
        """What it was given as; None if it was not."""
        return getattr(given, self.name[2:].replace("-", "_"))


DERIVATION: Final = Option(
    "--derivation",
    "FILE",
    "the derivation to verify: a Python file or notebook, of formulas or in the document's style "
    "(default: the reference)",
)
DERIVATIONS: Final = DERIVATION._replace(
    help="the derivation to verify: a Python file or notebook, of formulas or in the document's "
    "style; repeatable, or a folder, for a table of many (default: the reference)",
    many=True,
)
COMMAND: Final = Option(
    "--derivation-command",
    "COMMAND",
    "the derivation to verify, in any language: a program that is started once, and answers each "
    "case on a line of its standard input with a line of its standard output",
)
AGAINST: Final = Option(
    "--against",
    "REV",
    "compare with the reference at this git revision, or with another derivation's FILE, on the "
    "same cases",
)
FRAMEWORK: Final = Option(
    "--framework",
    "NAME",
    "a framework to compare with, torch:func for another way to its gradients, torch:* for all; "
    "repeatable (default: {frameworks})",
    many=True,
)
KINK: Final = Option(
    "--kink", "NUMBER", f"ReLU's derivative at 0: one of {', '.join(kink.CHOICES)} (default: 0)"
)
DATABASE: Final = Option(
    "--example-database",
    "PLACE",
    "check the cases, too, that a campaign has kept: in a folder, or at redis://HOST:PORT",
)
VERDICT_JSON: Final = Option(
    "--verdict-json", "PATH", "write the verdict there as JSON", decides=False
)
REPORT: Final = Option(
    "--report", "FILE.html", "write the verdict there as a page to look at", decides=False
)
REPORTS: Final = REPORT._replace(
    help="write the verdict there as a page to look at; of many derivations, a folder of pages"
)
RUN: Final = (DERIVATIONS, COMMAND, AGAINST, FRAMEWORK, KINK, DATABASE, VERDICT_JSON, REPORTS)


class Asked(NamedTuple):
    """What a run was asked for, once it is known that it can be done."""

    seed: int
    derivation: Derivation
    against: Derivation | None
    kink: float
    verdict_json: Path | None
    report: Path | None
    notes: Notes  # what the derivations will have been found to print


def offer(add: Callable[..., Any], options: Sequence[Option], frameworks: str) -> None:
    """Offer these options by argparse's `add_argument`, or what takes the same."""
    for option in options:
        text = option.help.format(frameworks=frameworks)
        action = "append" if option.many else "store"
        add(option.name, metavar=option.metavar, action=action, help=text)


def asked(given: Namespace, folder: Path, root: Path, exits: ExitStack) -> Asked:
    """What was asked for, from `folder`, in the checkout at `root`. Raises UsageError.

    The processes of the derivations end with `exits`.
    """
    with refusing(f"{SEED}: ", ValueError):
        seed = profile.seed(given.hypothesis_seed)
    path, page = (
        place_of(option.name, option.value(given), folder) for option in (VERDICT_JSON, REPORT)
    )
    if (place := DATABASE.value(given)) is not None:
        shown = examples.without_password(f"{DATABASE.name} {place}: ")
        with refusing(shown, examples.DatabaseError):
            examples.stored(examples.database(place, folder))
    notes: list[tuple[str, dict[str, str]]] = []

    def isolated(file: str, is_command: bool = False) -> Derivation:
        process = Isolated(file, folder, is_command)
        exits.callback(process.close)
        notes.append((file, process.notes))
        return process.derivation

    refuse_both(given)
    derivation, against = REFERENCE, None
    if files := DERIVATIONS.value(given):
        (file,) = files  # several have a run each
        with refusing(f"{DERIVATION.name} ", CandidateError):
            derivation = isolated(file)
    if (program := COMMAND.value(given)) is not None:
        with refusing(f"{COMMAND.name} ", CandidateError):
            derivation = isolated(program, is_command=True)
    with refusing(f"{KINK.name} ", kink.KinkError):
        at_kink = kink.choice(KINK.value(given), derivation)
    if (other := AGAINST.value(given)) is not None:
        with refusing(f"{AGAINST.name} ", CandidateError):
            is_file = (folder / other).is_file()
            against = isolated(other) if is_file else revision.load(other, root)
    return Asked(seed, derivation, against, at_kink, path, page, notes)


def refuse_both(given: Namespace) -> None:
    """Raises UsageError if there are files and a program, for a run has one derivation."""
    program = COMMAND.value(given)
    if program is not None and DERIVATIONS.value(given):
        raise UsageError(f"{COMMAND.name} {program}: expected it without {DERIVATION.name}")


def place_of(name: str, value: str | None, folder: Path) -> Path | None:
    """The file that is to be written, if one is named. Raises UsageError if it cannot be."""
    if value is None:
        return None
    with refusing(f"{name} {value}: cannot be written: ", OSError):
        verdict_json.check_writable(folder / value)
    return folder / value


def folder_of(name: str, value: str | None, folder: Path) -> Path | None:
    """The folder that pages are to be written to, made if it is not there. Raises UsageError."""
    if value is None:
        return None
    path = folder / value
    if path.is_file():
        raise UsageError(f"{name} {value}: is a file, expected a folder for the pages of many")
    with refusing(f"{name} {value}: cannot be written: ", OSError):
        if not path.is_dir():
            verdict_json.check_writable(path)
            path.mkdir()
        verdict_json.check_writable(path / "index.html")
    return path


@contextmanager
def refusing(what: str, *kinds: type[Exception]) -> Iterator[None]:
    """An error of these kinds as a UsageError: one line, after what was asked for."""
    try:
        yield
    except kinds as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{what}{why}") from None


def command(runner: Sequence[str], given: Namespace, options: Sequence[Option], seed: int) -> str:
    """What finds the same again: with every option that decides over it."""
    words = [*runner]
    for option in options:
        value = option.value(given)
        if option.decides and value is not None:
            for each in value if option.many else [value]:
                words += [option.name, each]
    return examples.without_password(shlex.join([*words, f"{SEED}={seed}"]))
