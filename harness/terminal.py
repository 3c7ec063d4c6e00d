"""Text as any terminal can show it: 80 columns, no control characters, no letters that it lacks.

Names and messages of somebody's derivation are data. What in them would move the cursor, colour the
screen or end a line is shown as Python writes it in a string.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final, NoReturn, TextIO

WIDTH: Final = 80
# The exit status of what cannot be run, as pytest's.
USAGE: Final = 4


class Parser(argparse.ArgumentParser):
    """Refuses in one line and with the status that every command here has for it."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"ERROR: {printable(message)}\n")


def printable(text: str) -> str:
    r"""The text with everything but printable characters escaped: a line feed becomes \n."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def fold(line: str, indent: int | None = None) -> list[str]:
    """A line in as many as it takes; those after the first begin `indent` columns further right.

    Only a word, say a path, is longer than a line. Without `indent`, they begin two columns to the
    right of the line's own beginning.
    """
    if len(line) <= WIDTH:
        return [line]
    own = len(line) - len(line.lstrip())
    return wrap(
        line,
        WIDTH,
        subsequent_indent=" " * (own + 2 if indent is None else indent),
        break_long_words=False,
        break_on_hyphens=False,  # a hyphen may be a number's sign
        expand_tabs=False,
        replace_whitespace=False,
    )


def folded(lines: Iterable[str]) -> Iterator[str]:
    """All lines, printable and folded."""
    for line in lines:
        yield from fold(printable(line))


def say(lines: Iterable[str], file: TextIO | None = None) -> None:
    """Print lines; what the file's encoding lacks is escaped, too."""
    to = file or sys.stdout
    encoding = to.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "backslashreplace").decode(encoding), file=to)
