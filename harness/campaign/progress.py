"""How far a campaign has come: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import Any, Final, Self, TextIO

from harness.case import Shape
from harness.terminal import fold, printable

# Seconds between two lines where there is no terminal.
EVERY: Final = 10


class Progress:
    """Shows how far a campaign has come, and lines that stay; a context."""

    def __init__(self, file: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._console = Console(file=file, highlight=False, soft_wrap=True)
        columns = BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
        shown = self._console.is_terminal
        self._bar = Progress(*columns, console=self._console, disable=not shown)
        self._task = self._bar.add_task("starting", total=None)
        self._began = self._said = time.monotonic()
        self._cases = 0
        self._shapes: set[Shape] = set()
        self._found: set[tuple[str, str, str]] = set()
        self._tightest, self._where = 0.0, "none"

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, line: str) -> None:
        """A line that stays."""
        self._console.print(printable(line), markup=False)

    def update(self, shape: Shape, verdict: dict[str, Any], share: float | None) -> None:
        """One more task is done, with this verdict; `share` of all is, if there is an end to it."""
        self._shapes.add(shape)
        cases: dict[tuple[str, str], int] = {}
        for row in verdict["checked"]:
            of = row["regime"], row["dtype"]
            cases[of] = max(cases.get(of, 0), row["cases"])
            if (row["largest_error_over_radius"] or 0.0) > self._tightest:
                self._tightest = row["largest_error_over_radius"]
                self._where = f"{row['quantity']}, {row['framework']}, {row['dtype']}"
        self._cases += sum(cases.values())
        for found in verdict["disagreements"]:
            self._found.add((found["quantity"], found["kind"], found["outlier"]))
        now = time.monotonic()
        line = (
            f"{self._cases:,} cases ({self._cases / (now - self._began):,.0f} a second), "
            f"{len(self._shapes)} shapes, {len(self._found)} disagreements, "
            # Cut, not rounded: 1.0000 would look like a bound that is reached.
            f"tightest {int(self._tightest * 10_000) / 10_000:.4f} ({self._where})"
        )
        total = None if share is None else 1.0
        self._bar.update(self._task, description=line, total=total, completed=share or 0)
        if not self._console.is_terminal and now - self._said >= EVERY:
            self._said = now
            for part in fold(line):
                self.say(part)
