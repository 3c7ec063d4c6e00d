"""The verdict to look at: one HTML file, made of the verdict's JSON and nothing else.

It loads nothing and runs no script. Whatever comes from a candidate (its file's name, what it
raised) is text in it, escaped by Jinja2 wherever it stands.
"""

from pathlib import Path
from typing import Any

from harness import files


def write(verdict: dict[str, Any], path: Path) -> None:
    """Write the page atomically. What draws it is imported only now, which takes a second."""
    from harness.report.page import page

    files.replace(path, page(verdict))
