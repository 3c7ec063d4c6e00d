"""When a campaign ends: after so many minutes, before a task's number, or when it is told to."""

import time
from types import FrameType
from typing import Any


class End:
    """Holds when it is time to end; a handler of signals, too.

    The first signal ends the campaign properly, and the second raises KeyboardInterrupt. Neither
    `minutes` nor `tasks` given, it goes on until then.
    """

    def __init__(self, minutes: float | None = None, tasks: int | None = None) -> None:
        self.tasks = tasks
        self._seconds = None if minutes is None else 60 * minutes
        self._began = time.monotonic()
        self._told = False

    def __call__(self) -> bool:
        return self._told or (self._seconds is not None and self._spent() >= self._seconds)

    def tell(self, _signal: Any = None, _frame: FrameType | None = None) -> None:
        if self._told:
            raise KeyboardInterrupt
        self._told = True

    def share(self, number: int) -> float | None:
        """How much of the campaign is done before the task of this number; None without an end."""
        shares = []
        if self._seconds:
            shares.append(self._spent() / self._seconds)
        if self.tasks:
            shares.append(number / self.tasks)
        return min(1.0, max(shares)) if shares else None

    def _spent(self) -> float:
        return time.monotonic() - self._began
