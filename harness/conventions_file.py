"""The conventions as a file: TOML with one short row a line, so that a diff shows what moved."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final

from harness import files
from harness.conventions import AMONG, FORWARD, POINTS, QUANTITIES, Conventions, Row

HEADER: Final = f"""\
# What spellings of ReLU give at special points: z as in `points`, one row for the value (forward)
# and one for the gradient of each upstream. `tox -e conventions` rewrites this file, and a test
# measures it anew. tiny: the smallest subnormal. 2|0: 2 for an element alone, 0 among {AMONG}.
"""


class ConventionsError(Exception):
    """The file holds no conventions; the message says in one line which file, where and why."""


def text(conventions: Conventions) -> str:
    """The file's text, which `read` reads back to equal conventions in the same order."""
    width = max(map(len, map(_key, QUANTITIES)))
    lines = [f"{HEADER}points = {json.dumps(POINTS)}", "", "[versions]"]
    for framework, version in conventions.versions.items():
        lines.append(f"{_key(framework)} = {json.dumps(version)}")
    for row, cells in conventions.rows.items():
        if row.quantity == FORWARD:
            lines += ["", f"[relu.{'.'.join(map(_key, row[:3]))}]"]
        shown = ", ".join(f"{json.dumps(cell):>7}" for cell in cells)
        lines.append(f"{_key(row.quantity):{width}} = [{shown}]")
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def write(conventions: Conventions, path: Path) -> None:
    """Replace the file at once: a reader finds the old one or the new one, never a part."""
    files.replace(path, text(conventions))


def read(path: Path) -> Conventions:
    """The conventions in a file. Raises ConventionsError."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConventionsError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # UnicodeDecodeError and TOMLDecodeError are kinds of it
        raise ConventionsError(f"{path}: does not parse: {error}") from None
    try:
        return _from_toml(found)
    except ConventionsError as error:
        raise ConventionsError(f"{path}: {error}") from None


def _from_toml(found: dict[str, Any]) -> Conventions:
    if found.get("points") != list(POINTS):
        raise ConventionsError(f"points: expected {list(POINTS)}, found {found.get('points')}")
    rows: dict[Row, tuple[str, ...]] = {}
    for framework, spellings in _table(found.get("relu"), "relu").items():
        for spelling, dtypes in _table(spellings, framework).items():
            for dtype, quantities in _table(dtypes, f"{framework}, {spelling}").items():
                place = f"{framework}, {spelling}, {dtype}"
                table = _table(quantities, place)
                if list(table) != list(QUANTITIES):
                    expected, given = ", ".join(QUANTITIES), ", ".join(table) or "none"
                    raise ConventionsError(f"{place}: expected the rows {expected}, found {given}")
                for quantity, cells in table.items():
                    if not _are_strings(cells) or len(cells) != len(POINTS):
                        raise ConventionsError(
                            f"{place}, {quantity}: expected {len(POINTS)} strings, found {cells}"
                        )
                    rows[Row(framework, spelling, dtype, quantity)] = tuple(cells)
    versions = _table(found.get("versions"), "versions")
    named = dict.fromkeys(row.framework for row in rows)
    if set(versions) != set(named) or not _are_strings(list(versions.values())):
        raise ConventionsError(
            f"versions: expected a string for each of {', '.join(named)}, found {versions}"
        )
    return Conventions(versions, rows)


def _table(found: Any, place: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ConventionsError(f"{place}: expected a table, found {found}")
    return found


def _are_strings(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, str) for each in found)
