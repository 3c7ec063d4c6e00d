"""The index of many pages: a table of the derivations, each with a link to its page."""

from collections.abc import Sequence

from harness.many.rows import AGREES, DISAGREES, UNKNOWN, Row, common_folder, summary
from harness.report.page import rendered

STATES = {AGREES: "agrees", DISAGREES: "disagrees", UNKNOWN: "unknown"}


def index(rows: Sequence[tuple[Row, str]], left: int) -> str:
    """The whole file, of rows and the names of their pages; `left` derivations were not judged."""
    every = [row for row, _ in rows]
    met = {row.state for row in every} | ({UNKNOWN} if left else set())
    return rendered(
        "index.html",
        {
            "title": summary(every),
            "state": STATES[next(each for each in (DISAGREES, UNKNOWN, AGREES) if each in met)],
            "folder": common_folder([row.derivation for row in every]),
            "rows": [(row, STATES[row.state], page) for row, page in rows],
            "left": left,
        },
    )
