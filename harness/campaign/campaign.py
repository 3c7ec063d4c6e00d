"""A campaign: task after task; what is found is told and kept, and verdicts become one."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Final, NamedTuple

from hypothesis.database import ExampleDatabase

from harness import examples
from harness.campaign import plan, state
from harness.campaign.end import End
from harness.campaign.plan import Task
from harness.campaign.progress import Progress
from harness.campaign.state import State
from harness.campaign.work import Work
from harness.campaign.workers import Result, Workers, results
from harness.example import reproduce
from harness.merge import Merged
from harness.terminal import folded

# Seconds from one writing of the state to the next.
EVERY: Final = 5


class Asked(NamedTuple):
    """Who is asked in which tasks: those whose number is `shard[0]`, modulo `shard[1]`."""

    frameworks: tuple[str, ...]
    variants: tuple[str, ...] = ()
    shard: tuple[int, int] = (0, 1)
    stack: int = plan.STACK

    def tasks(self, seed: int, first: int, end: int | None) -> Iterator[Task]:
        """The tasks from number `first` on, without end or with one."""
        place, shards = self.shard
        begin = first + (place - first) % shards
        for number in count(begin, shards) if end is None else range(begin, end, shards):
            yield plan.task(seed, number, self.frameworks, self.variants, self.stack)

    def replayed(self, database: ExampleDatabase) -> Iterator[Task]:
        """What was found before, each with the framework of then: tasks of the first shard."""
        if self.shard[0]:
            return
        for place, (framework, case) in enumerate(examples.stored(database), start=1):
            more = (framework,) if framework in self.variants else ()
            yield Task(-place, case.shape, self.frameworks + more, 1, stored=case)


def run(
    work: Work,
    asked: Asked,
    workers: Workers,
    end: End,
    begun: State,
    progress: Progress,
    path: Path | None = None,
    database: ExampleDatabase | None = None,
) -> State:
    """Go on from `begun` to the end; returns where that is. `path` is kept up to date meanwhile.

    A case on which something new is found goes to the database, whose cases come first.
    Raises DatabaseError, CandidateError, ClusterError, OSError.
    """
    replayed = [*asked.replayed(database)] if database and begun.verdict is None else []
    merged = Merged(begun.verdict) if begun.verdict else None
    known = {_about(found) for found in (begun.verdict or {}).get("disagreements", [])}
    number, written = begun.number, time.monotonic()

    def state_now() -> State:
        return State(begun.campaign, number, merged.verdict() if merged else None)

    tasks = chain(replayed, asked.tasks(work.seed, begun.number, end.tasks))
    with closing(results(work, tasks, workers, end)) as done:
        try:
            for task, verdict in done:
                if merged:
                    merged.add(verdict)
                else:
                    merged = Merged(verdict)
                number = max(task.number + 1, 0)
                for found in verdict["disagreements"]:
                    if _about(found) not in known:
                        known.add(_about(found))
                        _tell(found, progress, database)
                progress.update(task.shape, verdict, end.share(number))
                if path and task.number >= 0 and time.monotonic() - written > EVERY:
                    state.write(state_now(), path)
                    written = time.monotonic()
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.kill()
        finally:
            if path and merged:
                state.write(state_now(), path)
    return state_now()


def _about(found: Result) -> tuple[str, str, str]:
    return found["quantity"], found["kind"], found["outlier"]


def _tell(found: Result, progress: Progress, database: ExampleDatabase | None) -> None:
    about = f"{found['quantity']} {found['kind']} ({found['framework']}, {found['regime']})"
    what = f"{about}: expected {found['expected']}, observed {found['observed']}"
    for line in (*folded([what]), *reproduce(found["reproduce"])):
        progress.say(line)
    if database:
        examples.save(database, found)
