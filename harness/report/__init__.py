"""The verdict to look at: one HTML file, made of the verdict's JSON and nothing else.

It loads nothing and runs no script. Whatever comes from a candidate (its file's name, what it
raised) is text in it, escaped by Jinja2 wherever it stands. Of many verdicts there is an index.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, Final

from harness import files
from harness.many.rows import Row

INDEX: Final = "index.html"
# As much of a derivation's name is in its page's.
LONGEST: Final = 60


def write(verdict: dict[str, Any], path: Path) -> None:
    """Write the page atomically. What draws it is imported only now, which takes a second."""
    from harness.report.page import page

    files.replace(path, page(verdict))


def page_of(place: int, derivation: str) -> str:
    """The file of one page among many: a number, so that no two have one name, and what it is."""
    plain = re.sub(r"[^\w.-]", "_", PurePath(derivation).name, flags=re.ASCII)
    return f"{place + 1:03}-{plain[:LONGEST]}.html"


def write_index(rows: Sequence[tuple[Row, str]], left: int, folder: Path) -> None:
    """Write the index of rows, each with its page's name; `left` derivations were not judged."""
    from harness.report.index import index

    files.replace(folder / INDEX, index(rows, left))
