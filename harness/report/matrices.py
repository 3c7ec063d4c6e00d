"""Matrices as a page shows them: numbers as short text, some of them marked."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from harness.case import Array, Case, named_arrays

# Whether the element at a row and a column feeds the one that is wrong.
Feeds: TypeAlias = Callable[[int, int], bool]
# A matrix of more rows or columns is drawn with gaps; a longer sum has one, too.
MOST: Final = 12
FIRST, LAST = 5, 2
GAP: Final = "…"


class Cell(NamedTuple):
    """A number as text; `mark` is "feeds", "expected", "observed" or nothing."""

    text: str
    mark: str = ""


class Matrix(NamedTuple):
    """A named matrix; one without elements has no rows, and its shape instead."""

    name: str
    rows: list[list[Cell]]
    shape: str


def whole_case(case: Case) -> list[Matrix]:
    """Every array of a case, under its name."""
    return [matrix(name, array) for name, array in named_arrays(case)]


def matrix(
    name: str,
    array: Array,
    at: tuple[int, ...] = (-1, -1),
    feeds: Feeds = lambda *place: False,
    mark: str = "feeds",
) -> Matrix:
    """The matrix to be drawn; of a large one its corners and what is around `at`."""
    shape = "×".join(map(str, array.shape))
    if not array.size:
        return Matrix(name, [], shape)
    rows, columns = (_shown(size, place) for size, place in zip(array.shape, at, strict=True))
    return Matrix(
        name,
        [
            [
                Cell(GAP)
                if row is None or column is None
                else Cell(number(array[row, column]), mark if feeds(row, column) else "")
                for column in columns
            ]
            for row in rows
        ],
        shape,
    )


def _shown(size: int, at: int) -> list[int | None]:
    """The places that are shown of so many, None for a gap."""
    if size <= MOST:
        return list(range(size))
    kept = sorted({*range(FIRST), *range(size - LAST, size), *([at] if 0 <= at < size else [])})
    shown: list[int | None] = []
    for place in kept:
        if shown and shown[-1] != place - 1:
            shown.append(None)
        shown.append(place)
    return shown


def number(value: Any) -> str:
    """Short text that reads back to the same number of its dtype."""
    if not np.isfinite(value) or value == 0 or 1e-4 <= abs(float(value)) < 1e12:
        return np.format_float_positional(value, trim="-")
    return np.format_float_scientific(value, trim="-")
