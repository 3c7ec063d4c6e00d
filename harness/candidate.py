"""A derivation that somebody wrote: loading its file, and refusing clearly what cannot be one."""

import importlib.machinery
import importlib.util
import inspect
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from harness.derivation import (
    PARAMETERS,
    REFERENCE,
    TRAIN_STEP,
    TRAIN_STEP_PARAMETERS,
    Derivation,
)


class CandidateError(Exception):
    """The file is no derivation; the message says why in one line."""


def load(name: str, folder: Path) -> Derivation:
    """The derivation in a file, named as the user named it, relative to `folder`.

    It defines any of the five formulas, and what it leaves out comes from the reference; or a
    whole step. Raises CandidateError, which names the file, and the line or function where there
    is one.
    """
    path = folder / name
    if not path.exists():
        raise CandidateError(f"{name}: no such file in {folder}")
    if not path.is_file():
        kind = "a directory" if path.is_dir() else "no regular file"
        raise CandidateError(f"{name}: is {kind}, expected a Python file")
    namespace = _run(name, path)
    parameters = PARAMETERS | {TRAIN_STEP: TRAIN_STEP_PARAMETERS}
    own = tuple(formula for formula in parameters if formula in namespace)
    if not own:
        raise CandidateError(
            f"{name}: defines none of the five formulas and no train_step, expected at least one "
            f"of {', '.join(parameters)}"
        )
    for formula in own:
        _check_signature(name, formula, namespace[formula], parameters[formula])
    return REFERENCE._replace(name=name, own=own, **{each: namespace[each] for each in own})


def _run(name: str, path: Path) -> dict[str, Any]:
    """The file's global names after it was run as a module."""
    try:
        source = path.read_bytes()
        with warnings.catch_warnings(action="ignore"):  # Python's own; they are no errors
            compile(source, str(path), "exec", dont_inherit=True)
    except OSError as error:
        raise CandidateError(f"{name}: cannot be read: {error.strerror}") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        lineno = error.lineno if isinstance(error, SyntaxError) else None
        line = f", line {lineno}" if lineno else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or "too deeply nested"
        raise CandidateError(f"{name}{line}: does not parse: {reason}") from None
    # Its own loader, so that a file of any name or suffix is run as Python.
    loader = importlib.machinery.SourceFileLoader("crossgrad_candidate", str(path))
    spec = importlib.util.spec_from_loader("crossgrad_candidate", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    # Last on the path: its own helpers are found, and nothing of ours is hidden by them.
    sys.path.append(str(path.resolve().parent))
    written = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        with warnings.catch_warnings(action="ignore"):
            loader.exec_module(module)
    except BaseException as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
                 if frame.filename == str(path)]  # fmt: skip
        line = f", line {lines[-1]}" if lines else ""
        message = " ".join([f"{type(error).__name__}:", *str(error).split()]).removesuffix(":")
        raise CandidateError(f"{name}{line}: its import fails: {message}") from None
    finally:
        sys.path.pop()
        sys.dont_write_bytecode = written
    return vars(module)


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
