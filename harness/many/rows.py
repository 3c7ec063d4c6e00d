"""A table of many verdicts: of each derivation whether it agrees, and if not, what comes first."""

import os
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any, Final, NamedTuple

from harness.finding import DERIVATION, VALUES
from harness.terminal import WIDTH, printable
from harness.verdict import NO_CASE

AGREES: Final = "yes"
DISAGREES: Final = "NO"
UNKNOWN: Final = "?"
HEAD: Final = ("derivation", "agrees", "first wrong quantity", "mistake")
# The columns of the table. A longer name has a line of its own.
NAME: Final = 26
STATE: Final = 8
QUANTITY: Final = 24
# How a state is said of one derivation, and of several.
SAID: Final = {
    AGREES: ("agrees", "agree"),
    DISAGREES: ("disagrees", "disagree"),
    UNKNOWN: ("has no full verdict", "have no full verdict"),
}


class Row(NamedTuple):
    """One derivation; `wrong` is a quantity, `why` a mistake or whatever else there is to say."""

    derivation: str
    state: str
    wrong: str = ""
    why: str = ""


def row(verdict: dict[str, Any]) -> Row:
    """The row of a verdict's JSON: the first finding about the derivation, or else about a
    framework, or else what was not checked."""
    name, findings = verdict["derivation"], verdict["disagreements"]
    if verdict["agrees"]:
        return Row(name, AGREES)
    for found in findings:
        if found["outlier"] == DERIVATION:
            kind = "unknown" if found["kind"] == VALUES else found["kind"]
            return Row(name, DISAGREES, found["quantity"], _spaced(found["mistake"] or kind))
    for found in findings:
        kind = "stands alone" if found["kind"] == VALUES else found["kind"]
        return Row(name, UNKNOWN, found["quantity"], f"{found['outlier']} {kind}")
    if gaps := [gap for gap in verdict["not_checked"] if gap["asked"]]:
        # That there was no case says less than why.
        gap = next((each for each in gaps if each["reason"] != NO_CASE), gaps[0])
        place = gap["quantity"], gap["framework"], gap["regime"], gap["dtype"]
        what = " ".join(part for part in place if part)
        return Row(name, UNKNOWN, "", f"{what + ': ' if what else ''}{gap['reason']}")
    survivors = [_spaced(each["mistake"]) for each in verdict["sensitivity"]["survivors"]]
    return Row(name, UNKNOWN, "", f"its cases let {', '.join(survivors)} pass")


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The table in 80 columns; what is too long for its column goes on below. Then the count."""
    folder = common_folder([row.derivation for row in rows])
    rows = [row._replace(derivation=row.derivation.removeprefix(folder)) for row in rows]
    if folder:
        yield f"in {printable(folder)}"
    for row in (Row(*HEAD), *rows):
        name, state, wrong, why = map(printable, row)
        # With no quantity to name, what there is to say begins in its column.
        before = f"{state:<{STATE}}" + (f"{wrong:<{QUANTITY}}" if wrong else "")
        room = WIDTH - NAME - len(before)
        first, *others = wrap(why, room, break_on_hyphens=False) or [""]
        if len(name) + 2 > NAME:
            yield name
            name = ""
        yield f"{name:<{NAME}}{before}{first}".rstrip()
        yield from (f"{'':<{NAME + len(before)}}{each}" for each in others)
    yield ""
    yield f"{summary(rows)}."


def summary(rows: Sequence[Row]) -> str:
    """How many there are, and how many of them agree, disagree, and are neither."""
    return f"{len(rows)} derivation{'' if len(rows) == 1 else 's'}: {counted(rows)}"


def counted(rows: Sequence[Row]) -> str:
    """How many agree, disagree, and are neither."""
    counts = {state: sum(row.state == state for row in rows) for state in SAID}
    return ", ".join(f"{n} {SAID[state][n > 1]}" for state, n in counts.items() if n)


def common_folder(names: list[str]) -> str:
    """The folder that all names begin with, with a slash at its end; '' if there is none."""
    begin = os.path.commonprefix(names)  # noqa: RUF071, for it is cut at a slash
    return begin[: begin.rfind("/") + 1]
