"""A Jupyter notebook as cells: its code in order, without what is IPython's and not Python.

A cell is called by the number that people see beside it, "cell In [16]", if the notebook was run
and no number is there twice; else by its place among the code cells, "cell 7".
"""

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cells import CandidateError, Cell, filename_of, parse

SUFFIX: Final = ".ipynb"
# The rest of the cell, or of the line, is Python that runs after these; others are left out.
OF_A_CELL: Final = re.compile(r"%%(?:time|timeit|capture|prun)\b")
OF_A_LINE: Final = re.compile(r"%(?:time|prun)\s+(?=\S)")
IPYTHONS: Final = re.compile(r"""\s*(?:[%!?] | [\w.]+\?{1,2}\s*$ | [\w,\ ]+=\s*[%!])""", re.VERBOSE)


def cells(name: str, path: Path) -> list[Cell]:
    """The code cells of a notebook. Raises CandidateError."""
    sources = list(_code(name, path))
    if not sources:
        raise CandidateError(f"{name}: is a notebook without code cells, expected a derivation")
    counts = [count for count, source in sources if source.strip()]
    seen = all(type(count) is int for count in counts) and len({*counts}) == len(counts)
    made = []
    for number, (count, source) in enumerate(sources, start=1):
        place = f"cell In [{count}]" if seen and source.strip() else f"cell {number}"
        made.append(_cell(name, path, place, source))
    return made


def _code(name: str, path: Path) -> Iterator[tuple[Any, str]]:
    """The execution count and the source of each code cell."""
    try:
        import nbformat  # where a notebook is to be read, and nowhere else
    except ModuleNotFoundError as error:
        remedy = "pip install -r requirements.txt"
        raise CandidateError(
            f"{name}: a notebook needs the package {error.name}, which is not installed: {remedy}"
        ) from None
    try:
        read: Any = nbformat.reads
        notebook = read(path.read_text(encoding="utf-8"), as_version=4)
        found = [
            (cell.get("execution_count"), str(cell.source))
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]
        kernel = notebook.metadata.get("kernelspec", {}).get("language", "python")
        language = str(notebook.metadata.get("language_info", {}).get("name", kernel))
    except OSError as error:
        raise CandidateError(f"{name}: cannot be read: {error.strerror}") from None
    except Exception as error:  # nbformat lets through whatever a broken one makes of it
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise CandidateError(f"{name}: is no notebook of Jupyter's: {reason}") from None
    if "python" not in language.lower():
        raise CandidateError(f"{name}: is a notebook in {language[:40]!r}, expected Python")
    yield from found


def _cell(name: str, path: Path, place: str, source: str) -> Cell:
    """One cell, without lines that are IPython's.

    Such a line is one at which Python's parser gives up, so a line that only looks like one, in a
    long string or after a bracket, stays.
    """
    lines = _python(source.splitlines())
    while (at := _gives_up(lines)) is not None and IPYTHONS.match(lines[at]):
        stripped = lines[at].lstrip()
        code, found = OF_A_LINE.subn("", stripped, count=1)
        lines[at] = lines[at].removesuffix(stripped) + (code if found else "pass")
        while not found and stripped.endswith("\\") and at + 1 < len(lines):
            at += 1
            stripped, lines[at] = lines[at], ""
    return parse(name, place, filename_of(path, place), "\n".join(lines))


def _gives_up(lines: Sequence[str]) -> int | None:
    """The line at which Python's parser gives up, if it does and names one."""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error.lineno - 1 if error.lineno and error.lineno <= len(lines) else None
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


def _python(lines: Sequence[str]) -> list[str]:
    """The lines of a cell; none but empty ones if a magic makes it something else than Python."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[first].startswith("%%"):
        return list(lines)
    rest = lines[first + 1 :] if OF_A_CELL.match(lines[first]) else []
    return [""] * (first + 1) + list(rest)
