"""Jobs on processes of this machine, each of which does one after the other.

A job may end the process that does it, or never end. Nothing else is lost with it: the others go on
in a new process. What ended its process is done once more in a new one, for what had been done
there before may be to blame. (A campaign's tasks are short and many, and are handed out ahead, on
other machines too. Here it is always known who has what.)
"""

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from math import inf
from multiprocessing.connection import Connection, wait
from typing import Any, Final, NamedTuple

from harness.campaign.crash import unheard
from harness.isolation import ended

_SPAWN: Final = multiprocessing.get_context("spawn")


class Lost(NamedTuple):
    """Instead of a result: what became of the process, the last time."""

    how: str


class _Worker:
    """A process; the place of the job that it has, and when that must be done."""

    def __init__(self, serve: Callable[[Connection], None]) -> None:
        self.connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=serve, args=(theirs,), daemon=True)
        with unheard(), theirs:
            self._process.start()
        self.place: int | None = None
        self.deadline = inf

    def give(self, place: int, job: Any, limit: float) -> None:
        self.place, self.deadline = place, time.monotonic() + limit
        with suppress(ConnectionError):  # it has ended, which shows when its answer is read
            self.connection.send(job)

    def take(self) -> Any:
        """The result, or Lost if the process has ended."""
        self.place, self.deadline = None, inf
        try:
            return self.connection.recv()
        except (EOFError, ConnectionError):
            return Lost(self.end(patience=1))

    def end(self, patience: float = 0) -> str:
        """End it, unless it ends by itself in so many seconds; says how it ended."""
        self.connection.close()
        self._process.join(patience)
        self._process.kill()
        self._process.join()
        return ended(self._process.exitcode or 0)


def results(
    serve: Callable[[Connection], None], jobs: Sequence[Any], size: int, limit: float
) -> Generator[tuple[int, Any]]:
    """The place of each job and its result, or Lost; in the order in which they are done.

    `serve`, in each of `size` processes, answers every job that comes by its connection with a
    result. One that is an exception is raised here. A job has `limit` seconds. All processes end
    with the iterator.
    """
    waiting = deque(enumerate(jobs))
    again: set[int] = set()
    workers: list[_Worker] = []
    try:
        while True:
            workers += [_Worker(serve) for _ in range(min(size - len(workers), len(waiting)))]
            for worker in workers:
                if worker.place is None and waiting:
                    worker.give(*waiting.popleft(), limit)
            busy = [worker for worker in workers if worker.place is not None]
            if not busy:
                return
            left = min(worker.deadline for worker in busy) - time.monotonic()
            ready = wait([worker.connection for worker in busy], max(0, left))
            for worker in busy:
                place, late = worker.place, time.monotonic() >= worker.deadline
                assert place is not None
                if worker.connection in ready:
                    result = worker.take()
                elif late:
                    worker.end()
                    result = Lost(f"it took more than {limit:,.0f} s")
                else:
                    continue
                if isinstance(result, Exception):
                    raise result
                if isinstance(result, Lost):
                    workers.remove(worker)
                    if place not in again and not late:
                        again.add(place)
                        waiting.appendleft((place, jobs[place]))
                        continue
                yield place, result
    finally:
        for worker in workers:
            worker.end()
