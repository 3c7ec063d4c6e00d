"""An exception of a formula in words: where in its file it comes from, and what it says."""

import traceback
from pathlib import Path
from typing import Final

_HARNESS: Final = str(Path(__file__).parent)
# A message is cut there.
LONGEST: Final = 300


def in_words(error: BaseException) -> tuple[str, str]:
    """What was expected, which names the line, and what was observed: the message's last line."""
    name, line = type(error).__name__, line_of(error)
    expected = f"no exception in line {line}" if line else "no exception"
    lines = str(error).strip().splitlines()
    return expected, f"{name}: {lines[-1]}"[:LONGEST] if lines else name


def line_of(error: BaseException) -> int | None:
    """The last line of the file that the harness called, or None if that is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(_HARNESS)]
    lines = [frame.lineno for frame in theirs if frame.filename == theirs[0].filename]
    return lines[-1] if lines else None
