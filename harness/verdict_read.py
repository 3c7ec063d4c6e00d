"""The form of a verdict's JSON, contract 4 and what was added to it, and reading one back.

What was stored may be of another version, cut short or edited by hand. It is refused in one line
that says what was expected where, before anything is made of it.
"""

import json
import reprlib
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from harness.binades import COUNTS
from harness.case import ALL_QUANTITIES
from harness.certificate import NAMES
from harness.exhaustive import ALL
from harness.formats import FORMATS
from harness.regression import SIDES
from harness.render import render
from harness.special import SPECIAL
from harness.verdict_json import tallies_of


class VerdictError(Exception):
    """A file is no verdict; the message names it, and says what was expected and what it has."""


class Nullable(NamedTuple):
    """Null, or a value of the form."""

    form: Any


class Optional(NamedTuple):
    """A value of the form, under a key that there may or may not be."""

    form: Any


def number(value: Any) -> bool:
    """a number, or text that is one"""
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def by_power(value: Any) -> bool:
    """17 whole numbers, or none"""
    return misfit(value, [int]) is None and len(value) in (0, COUNTS)


# A dict has these keys and no others, or, with a type for its key, any; a list is of one form; a
# tuple has the words that are allowed; a function says whether a value fits. float allows an int.
_MATRIX: Final = [[float]]
_PLACE: Final = {"framework": str, "regime": str, "dtype": str}
_CASE: Final = {
    "inputs": _MATRIX,
    "layers": [{"weights": _MATRIX, "biases": _MATRIX}],
    "upstream": _MATRIX,
    "learning_rate": float,
    "dtype": tuple(dtype.name for dtype in FORMATS),
    "linear": Optional([int]),
    "targets": Optional([int]),
}
_CENSUS: Final = {
    "frameworks": [str],
    "compared": int,
    "differing": int,
    "worst": {"ulps": number, "layer_and_index": [int], "expected": number, "observed": number},
    "ratios": {"smallest": number, "largest": number},
    "constant_ratio": Nullable(float),
}
_DISAGREEMENT: Final = {
    "quantity": ALL_QUANTITIES,
    "formula": str,
    "place": str,
    "kind": str,
    "layer": int,
    "framework": str,
    "regime": str,
    "index": [int],
    "expected": str,
    "observed": str,
    "case": _CASE,
    "smallest": bool,
    "arrays": Nullable({"expected": [[number]], "observed": [[number]]}),
    "census": _CENSUS,
    "outlier": str,
    "agreeing": [str],
    "parted": [str],
    "mistakes": Nullable([{"name": str, "lesson": str}]),
    "mistake": Nullable(str),
    "lesson": Nullable(str),
    "pattern": Nullable(str),
    "reproduce": str,
}
_CLAIM: Final = {
    "formula": ALL,
    "free": [str],
    "shape": [int],
    "entries": [int],
    "learning_rates": [int],
    "dtype": tuple(dtype.name for dtype in FORMATS),
    "frameworks": [str],
    "cases": int,
    "degree": Nullable(int),
    "polynomial_in": [str],
}
_COUNTS: Final = ("cases", "elements", "live", "on", "off", "kinks", "ambiguous")
FORM: Final = {
    "derivation": str,
    "agrees": bool,
    "seed": int,
    "kink": float,
    "frameworks": [{"name": str, "version": str}],
    "numpy": str,
    "formulas": {str: str},
    "checked": [
        {"quantity": ALL_QUANTITIES}
        | _PLACE
        | {"shapes": int}
        | dict.fromkeys(_COUNTS, int)
        | {"largest_error_over_radius": Nullable(float), "binades": by_power}
    ],
    "shapes": [_PLACE | {"quantities": [ALL_QUANTITIES], "shapes": str}],
    "exhaustive": [_CLAIM],
    "determinism": [
        {"framework": str, "cases": int, "threads": [int], "rounded_by_threads": [ALL_QUANTITIES]}
    ],
    "not_asked": [str],
    "not_checked": [
        {"quantity": ("", *ALL_QUANTITIES)} | _PLACE | {"reason": str, "asked": bool},
    ],
    "sensitivity": {
        "mistakes": int,
        "caught": [NAMES],
        "survivors": [{"mistake": NAMES, "shown_by": str}],
        "cases": int,
    },
    "calls_in_other_ways": int,
    "accumulation": [
        {"framework": str, "dtype": str, "sums": str, "elements": int}
        | {"equal": {str: int}, "other": int, "way": str}
    ],
    "conventions": [{"formula": str, "point": SPECIAL, "answers": {str: str}, "spellings": [str]}],
    "notes": [str],
    "against": Nullable(str),
    "regression": [
        {"quantity": ALL_QUANTITIES, "answer": str, "sides_with": Nullable(str)}
        | {"elements": int, "changed": int, "largest_ulps": Nullable(float)}
        | dict.fromkeys(SIDES, bool)
    ],
    "disagreements": [_DISAGREEMENT],
}


def read(path: Path) -> dict[str, Any]:
    """The verdict in a file. Raises VerdictError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise VerdictError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise VerdictError(f"{path}: expected a verdict, is no JSON: {error}") from None
    if isinstance(found, list):
        raise VerdictError(f"{path}: is a list of {len(found)} verdicts, expected a single one")
    if (wrong := misfit(found, FORM)) is None:
        try:
            tallies_of(found)
            render(found)
        except (ValueError, LookupError, OverflowError) as error:
            wrong = f"{type(error).__name__}: {error}"
    if wrong is not None:
        raise VerdictError(f"{path}: is no verdict as --verdict-json writes it: {wrong}")
    return dict(found)


def misfit(value: Any, form: Any, where: str = "it") -> str | None:
    """Where a value is not of a form, what is expected there and what is there; None if it fits."""
    if isinstance(form, Optional):
        return misfit(value, form.form, where)
    if isinstance(form, Nullable):
        return None if value is None else misfit(value, form.form, where)
    if isinstance(form, dict):
        if type(value) is not dict:
            return _wrong(where, "an object", value)
        keys = list(form if str not in form else value)
        optional = {key for key in keys if isinstance(form.get(key), Optional)} - value.keys()
        keys = [key for key in keys if key not in optional]
        for key in [*keys, *value]:
            if key not in value or key not in keys:
                return f"{where} has {'no' if key in keys else 'an unknown'} key {key!r}"
        parts = ((value[key], form.get(key, form.get(str)), f"{where}.{key}") for key in keys)
    elif isinstance(form, list):
        if type(value) is not list:
            return _wrong(where, "a list", value)
        parts = ((each, form[0], f"{where}[{at}]") for at, each in enumerate(value))
    elif isinstance(form, tuple):
        expected = f"one of {', '.join(map(repr, form))}"
        return None if value in form else _wrong(where, expected, value)
    elif isinstance(form, type):
        types = (int, float) if form is float else (form,)
        return None if type(value) in types else _wrong(where, form.__name__, value)
    else:
        return None if form(value) else _wrong(where, form.__doc__, value)
    return next(filter(None, (misfit(*part) for part in parts)), None)


def _wrong(where: str, expected: str, value: Any) -> str:
    return f"{where}: expected {expected}, not {reprlib.repr(value)}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
