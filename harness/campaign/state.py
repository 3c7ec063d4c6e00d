"""Where a campaign stands, in a file from which it goes on: written whole, or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness import files
from harness.verdict_read import FORM, misfit


class StateError(Exception):
    """The file is no such campaign's; the message says why in one line."""


def anything(_: Any) -> bool:
    """anything"""
    return True


_FORM: Final = {"campaign": {str: anything}, "number": int, "verdict": FORM}


class State(NamedTuple):
    """The next task's number, and the verdict on all before it.

    `campaign` is what decides what tasks there are and what comes of them: options and versions.
    """

    campaign: Mapping[str, Any]
    number: int
    verdict: dict[str, Any] | None


def read(path: Path) -> State | None:
    """The state in the file, or None if there is no file. Raises StateError."""
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateError(
            f"cannot be read: {type(error).__name__}: {error}, expected what a campaign has "
            "written, or no file"
        ) from None
    if (wrong := misfit(given, _FORM)) is not None:
        raise StateError(f"is no campaign's: {wrong} (a file that is not there is begun anew)")
    return State(**given)


def check(state: State, campaign: Mapping[str, Any]) -> None:
    """Raises StateError unless it is this campaign's."""
    for what, value in campaign.items():
        if (theirs := state.campaign.get(what)) != value:
            raise StateError(
                f"its campaign has {what} {_shown(theirs)}, expected {_shown(value)} as in this "
                "one: go on with the same, or begin another file"
            )


def write(state: State, path: Path) -> None:
    """Replace the file. Raises OSError."""
    files.replace(path, json.dumps(state._asdict(), allow_nan=False) + "\n")


def _shown(value: Any) -> str:
    return json.dumps(value) if value is not None else "none"
