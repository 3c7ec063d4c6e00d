"""A derivation that somebody wrote: loading its file, and refusing clearly what cannot be one."""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness import display, document_style, notebook
from harness.cells import CandidateError, Cell, parse, run, where
from harness.dataflow import Script
from harness.derivation import (
    PARAMETERS,
    REFERENCE,
    TRAIN_STEP,
    TRAIN_STEP_PARAMETERS,
    Derivation,
)

__all__ = ["CandidateError", "load"]


def load(name: str, folder: Path) -> Derivation:
    """The derivation in a file, named as the user named it, relative to `folder`.

    A Python file or a notebook. It defines any of the formulas, and what it leaves out comes
    from the reference; or a whole step; or it is a script in the document's own style. Raises
    CandidateError, which names the file, and the cell, line or function where there is one.
    """
    path = folder / name
    if not path.exists():
        raise CandidateError(f"{name}: no such file in {folder}")
    if not path.is_file():
        kind = "a directory" if path.is_dir() else "no regular file"
        raise CandidateError(f"{name}: is {kind}, expected a Python file or a notebook")
    is_notebook = path.suffix.lower() == notebook.SUFFIX
    cells = notebook.cells(name, path) if is_notebook else [_whole(name, path)]
    in_style = document_style.is_in_style(cells)
    given, showing = dict[str, Any](), set[str]()
    if is_notebook or in_style:
        given, showing = display.given(), display.without_imports(cell.tree for cell in cells)
    namespace = run(name, path, cells, given, script=in_style)
    if in_style:
        return document_style.derivation(name, path, cells, showing, namespace)
    parameters = PARAMETERS | {TRAIN_STEP: TRAIN_STEP_PARAMETERS}
    own = tuple(formula for formula in parameters if formula in namespace)
    if not own and (lacking := document_style.lacks(cells)):
        raise CandidateError(f"{name}: {lacking}")
    if not own:
        raise CandidateError(
            f"{name}: defines none of the formulas and no train_step, expected at least one "
            f"of {', '.join(parameters)}"
        )
    places = {each: place for each in own if (place := _cell_of(cells, each))}
    for each in own:
        at = where(name, places.get(each, ""))
        _check_signature(at, each, namespace[each], parameters[each])
    formulas = {each: namespace[each] for each in own}
    return REFERENCE._replace(name=name, own=own, places=places, **formulas)


def _whole(name: str, path: Path) -> Cell:
    """A Python file as one cell."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise CandidateError(f"{name}: cannot be read: {error.strerror}") from None
    return parse(name, "", str(path), source)


def _cell_of(cells: Sequence[Cell], formula: str) -> str:
    """The cell that defines a formula, or ""."""
    bound = Script.of(cells).of_name(formula)
    return bound[-1].statement.cell.place if bound else ""


def _check_signature(name: str, formula: str, function: Any, expected: tuple[str, ...]) -> None:
    wanted = f"expected {len(expected)} positional: ({', '.join(expected)})"
    if not callable(function):
        kind = type(function).__name__
        raise CandidateError(f"{name}: {formula} is of type {kind}, expected a function; {wanted}")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # some compiled functions show none; the first call tells
    try:
        signature.bind(*expected)
    except TypeError:
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", None)
        where = f"{name}, line {line}" if line else name
        raise CandidateError(
            f"{where}: {formula}{signature} takes wrong arguments, {wanted}"
        ) from None
