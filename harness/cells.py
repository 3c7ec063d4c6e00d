"""A derivation's file as cells: pieces of Python that run one after the other in one module.

A Python file is one cell, a notebook has many. What is wrong with one is told in one line that
names the file, the cell and the line.
"""

import ast
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from harness.case import QUANTITIES

MODULE: Final = "crossgrad_candidate"


class CandidateError(Exception):
    """The file is no derivation; the message says why in one line."""


class Cell(NamedTuple):
    """One piece. `place` is how people call it, "cell In [16]", or "" for a whole file."""

    place: str
    filename: str  # in tracebacks
    tree: ast.Module

    def at(self, line: int | None) -> str:
        """A line of it, in words."""
        return ", ".join(filter(None, (self.place, f"line {line}" if line else "")))


def where(name: str, place: str) -> str:
    """A place in a file: "mine.ipynb, cell 3, line 2"."""
    return f"{name}, {place}" if place else name


def parse(name: str, place: str, filename: str, source: str | bytes) -> Cell:
    """A cell of its source. Raises CandidateError."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's own; they are no errors
            compile(source, filename, "exec", dont_inherit=True)
            return Cell(place, filename, ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or "too deeply nested"
        at = where(name, Cell(place, filename, ast.Module([], [])).at(line))
        raise CandidateError(f"{at}: does not parse: {reason}") from None


def run(
    name: str, path: Path, cells: Sequence[Cell], given: dict[str, Any], script: bool = False
) -> dict[str, Any]:
    """The global names after the cells were run as one module, which has the `given` from the
    first line on. Raises CandidateError."""
    module = ModuleType(MODULE)
    vars(module).update(given, __file__=str(path))
    sys.modules[MODULE] = module
    # Last on the path: its own helpers are found, and nothing of ours is hidden by them.
    sys.path.append(str(path.resolve().parent))
    written = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        with warnings.catch_warnings(action="ignore"):
            for code in map(compiled, cells):
                exec(code, vars(module))
    except BaseException as error:
        # Arrays that do not fit are what a wrong formula makes of them: its cases tell more.
        if script and isinstance(error, ValueError):
            return vars(module)
        *_, (cell, line) = [(None, 0), *blamed(cells, error)]
        at = where(name, cell.at(line)) if cell else name
        raise CandidateError(f"{at}: {_reason(cell, error)}") from None
    finally:
        sys.path.pop()
        sys.dont_write_bytecode = written
    return vars(module)


def _reason(cell: Cell | None, error: BaseException) -> str:
    if isinstance(error, NameError) and error.name in QUANTITIES:
        return f"{error.name} is used here, and nothing before it computes it"
    what = "it fails" if cell and cell.place else "its import fails"
    return " ".join([f"{what}: {type(error).__name__}:", *str(error).split()]).removesuffix(":")


def compiled(cell: Cell) -> Any:
    """The cell's code."""
    return compile(cell.tree, cell.filename, "exec", dont_inherit=True)


def blamed(cells: Sequence[Cell], error: BaseException) -> list[tuple[Cell, int]]:
    """The lines of the cells that led to an error, and raised it."""
    named = {cell.filename: cell for cell in cells}
    frames = traceback.extract_tb(error.__traceback__)
    return [(named[each.filename], each.lineno or 0) for each in frames if each.filename in named]


def filename_of(path: Path, place: str) -> str:
    """What tracebacks call a cell: the file itself, if it is one cell."""
    return f"{os.fspath(path)}, {place}" if place else os.fspath(path)
