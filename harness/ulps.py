"""How exact exp and log are in the libraries: `ulps.toml`, which is measured, as one bound.

No library rounds them correctly. The bound is the largest over the libraries of what each
documents, or else of what was measured and `UNMET` more: 10^7 arguments are not all.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

PATH: Final = Path(__file__).with_name("ulps.toml")
# For arguments that were not met, in units in the last place.
UNMET: Final = 0.5


@cache
def table() -> dict[str, Any]:
    """The file: function to dtype to library to what is known of it."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def bound(function: str, dtype: str) -> float:
    """The most that any library is off, in units in the last place of the exact value."""
    return max(map(of_library, table()[function][dtype].values()))


def of_library(row: dict[str, Any]) -> float:
    """The bound that holds for one library's entry in the file."""
    return float(row.get("documented", row["measured"] + UNMET))
