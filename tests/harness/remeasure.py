"""Measures the conventions of every framework anew and rewrites `adapters/conventions.toml`.

`tox -e conventions` runs it; it prints what has changed. Beside `conftest.py` the one other place
that knows both the frameworks and the harness.
"""

from pathlib import Path
from typing import Final

import numpy as np

import adapters
from harness import conventions, conventions_file, derivation
from harness.conventions import Conventions
from harness.conventions_file import ConventionsError

PATH: Final = Path(adapters.__file__).with_name("conventions.toml")
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


if __name__ == "__main__":
    main()
