"""Measures the conventions of every framework anew and rewrites `adapters/conventions.toml`, and
beside it what softmax and cross-entropy give at extreme logits.

`tox -e conventions` runs it; it prints what has changed. With the argument `drifts` it leaves that
file alone and writes down beside it what the installed versions do otherwise, one file a version.
Beside `conftest.py` the one other place that knows both the frameworks and the harness.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np

import adapters
from harness import conventions, conventions_file, derivation, extreme, files
from harness.calling import one_by_one
from harness.case import Case, Trace
from harness.conventions import Conventions
from harness.conventions_file import ConventionsError
from harness.walk import walk
from harness.witness import has_head

PATH: Final = adapters.CONVENTIONS
DRIFTS: Final = PATH.with_name("drifts")
EXTREME: Final = PATH.with_name("extreme_logits.toml")
# The document's own forms run in NumPy.
DOCUMENT: Final = "numpy"


def frameworks() -> list[str]:
    """Whoever may be asked, in the order of the file; without importing any."""
    return [DOCUMENT, *adapters.discover()]


def measure(framework: str) -> Conventions:
    """One of `frameworks()`, asked anew. Raises adapters.MissingFrameworkError."""
    if framework == DOCUMENT:
        return conventions.measure(framework, np.__version__, derivation.RELUS)
    witness = adapters.load(framework)
    return conventions.measure(framework, witness.version, witness.relus)


def at_extremes(framework: str) -> extreme.Answers:
    """The head of one of `frameworks()` at extreme logits; nothing, if it has none."""
    if framework == DOCUMENT:
        return extreme.measure(framework, _by_reference)
    witness = adapters.load(framework)
    return extreme.measure(framework, witness.trace) if has_head(witness) else {}


def _by_reference(case: Case) -> Trace:
    return walk(one_by_one(derivation.REFERENCE, case.shape, [], head=True), case)


def rewrite_extremes(path: Path = EXTREME) -> None:
    """Rewrite that file, and say what is not as it was."""
    answers: extreme.Answers = {}
    for framework in frameworks():
        answers |= at_extremes(framework)
    if path.exists():
        for line in extreme.drifts(extreme.read(path)[1], answers):
            print(line)
    versions = {DOCUMENT: np.__version__}
    versions |= {name: adapters.load(name).version for name in answers if name != DOCUMENT}
    extreme.write(path, versions, answers)


def main(path: Path = PATH) -> None:
    """Rewrite the file. What a framework that is not installed gave before is kept, and said."""
    try:
        recorded = conventions_file.read(path)
    except ConventionsError as error:
        print(error)
        recorded = Conventions({}, {})
    new = Conventions({}, {})
    for framework in frameworks():
        try:
            answers = measure(framework)
        except adapters.MissingFrameworkError as error:
            print(f"{framework}: kept as it was: {error}")
            answers = conventions.of(recorded, framework)
        new = Conventions(new.versions | answers.versions, new.rows | answers.rows)
    for line in conventions.compare(recorded, new):
        print(line)
    conventions_file.write(new, path)


def drifts(framework: str, recorded: Conventions, measured: Conventions) -> list[str]:
    """A line for each answer of one framework that is not the file's."""
    return conventions.compare(conventions.of(recorded, framework), measured)


def known(framework: str, measured: Conventions, folder: Path) -> Path:
    """Where the drifts of the version that was measured are written down, if it has any."""
    return folder / f"{framework}-{measured.versions.get(framework)}.txt"


def surprises(
    framework: str, recorded: Conventions, measured: Conventions, folder: Path = DRIFTS
) -> list[str]:
    """A line for each answer that is neither the file's nor known of the version measured."""
    path = known(framework, measured, folder)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = drifts(framework, recorded, measured)
    gone = [f"not so, but in {path.name}: {line}" for line in lines if line not in found]
    return [line for line in found if line not in lines] + gone


def record_drifts(path: Path = PATH, folder: Path = DRIFTS) -> None:
    """Write down how each installed framework differs from the file; nothing, if it does not."""
    recorded = conventions_file.read(path)
    for framework in frameworks():
        measured = measure(framework)
        where = known(framework, measured, folder)
        where.unlink(missing_ok=True)
        if lines := drifts(framework, recorded, measured):
            files.replace(where, "\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["drifts"]:
        record_drifts()
    else:
        main()
        rewrite_extremes()
