"""How far a campaign has come, in words."""

import time
from typing import Any, TextIO

from harness.bar import Bar
from harness.case import Shape


class Progress(Bar):
    """A bar that counts what was checked and found."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._began = time.monotonic()
        self._cases = 0
        self._shapes: set[Shape] = set()
        self._found: set[tuple[str, str, str]] = set()
        self._tightest, self._where = 0.0, "none"

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
        seconds = time.monotonic() - self._began
        line = (
            f"{self._cases:,} cases ({self._cases / seconds:,.0f} a second), "
            f"{len(self._shapes)} shapes, {len(self._found)} disagreements, "
            # Cut, not rounded: 1.0000 would look like a bound that is reached.
            f"tightest {int(self._tightest * 10_000) / 10_000:.4f} ({self._where})"
        )
        self.show(line, share)
