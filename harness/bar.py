"""How far a long run has come: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import Final, Self, TextIO

from harness.terminal import fold, printable

# Seconds between two lines where there is no terminal.
EVERY: Final = 10


class Bar:
    """Shows how far a run has come, and lines that stay; a context."""

    def __init__(self, file: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._console = Console(file=file, highlight=False, soft_wrap=True)
        columns = BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        shown = self._console.is_terminal
        self._bar = Progress(*columns, console=self._console, disable=not shown)
        self._task = self._bar.add_task("starting", total=None)
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, line: str) -> None:
        """A line that stays."""
        self._console.print(printable(line), markup=False)

    def show(self, line: str, share: float | None) -> None:
        """Where the run is now; `share` of all is done, if there is an end to it."""
        total = None if share is None else 1.0
        self._bar.update(self._task, description=line, total=total, completed=share or 0)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._said >= EVERY:
            self._said = now
            for part in fold(line):
                self.say(part)
