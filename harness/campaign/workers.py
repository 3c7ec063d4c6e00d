"""The tasks of a campaign on an executor, and their verdicts in the order of their numbers.

Written against `concurrent.futures.Executor`: processes on this machine, or a Dask cluster, which
retries elsewhere what a lost worker had. In their order, for the verdict on the first so many
tasks is then a function of the seed and of how many, however they were run and interrupted.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
)
from contextlib import ExitStack
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from harness.campaign.crash import run_again, unheard
from harness.campaign.plan import Task
from harness.campaign.work import Work, run

# So many tasks for each worker are handed out ahead: a slow one does not keep the others waiting.
AHEAD: Final = 4
# How often a cluster hands out a task anew whose worker was lost.
RETRIES: Final = 3

UNEXPLAINED: Final = (
    "a worker ended, and no task that it may have had did so again in a process of its own"
)

Result: TypeAlias = dict[str, Any]


class ClusterError(Exception):
    """There is no such cluster; the message says why in one line."""


class Workers(NamedTuple):
    """Where tasks run: `size` at once. `lost` is what a task raises that ended its worker."""

    start: Callable[[], Executor]
    size: int
    lost: type[Exception] = BrokenExecutor
    close: Callable[[], None] = lambda: None


def processes(count: int) -> Workers:
    """Processes on this machine."""
    context = multiprocessing.get_context("spawn")
    return Workers(lambda: ProcessPoolExecutor(count, context), count)


def cluster(address: str, timeout: float = 10) -> Workers:
    """The workers of a Dask cluster, each in a checkout like this one. Raises ClusterError."""
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"needs the package {error.name}, which is not installed: "
            "pip install -r requirements.txt"
        ) from None
    try:
        client: Any = distributed.Client(address, timeout=timeout)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()
        why = reason[0] if reason else type(error).__name__
        raise ClusterError(f"no `dask scheduler` answers there: {why}") from None
    size = sum(client.nthreads().values())
    if not size:
        client.close()
        raise ClusterError("it has no workers, expected some: dask worker ADDRESS --nthreads 1")
    start = partial(client.get_executor, pure=False, retries=RETRIES)
    return Workers(start, size, distributed.KilledWorker, client.close)


def results(
    work: Work, tasks: Iterator[Task], workers: Workers, stop: Callable[[], bool]
) -> Generator[tuple[Task, Result]]:
    """Each task and its verdict, in the order of `tasks`, until these end or `stop` holds.

    What has begun by then is waited for. When a worker is lost, what it may have had is run again,
    each task in a process of its own, until one ends that, too; the rest is handed out anew.
    Raises ClusterError if the cluster is lost, and what `run` raises.
    """
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    with ExitStack() as exits:
        exits.callback(workers.close)

        def started() -> Executor:
            executor = workers.start()
            exits.callback(executor.shutdown, wait=False)
            return executor

        def handed_out(task: Task) -> tuple[Task, Future[Result]]:
            try:
                with unheard():
                    return task, executor.submit(run, work, task)
            except workers.lost as error:  # another task has ended its worker meanwhile
                refused: Future[Result] = Future()
                refused.set_exception(error)
                return task, refused

        def lost(future: Future[Result]) -> bool:
            return future.done() and isinstance(future.exception(), workers.lost)

        executor, broken = started(), False
        while True:
            while not broken and not stop() and len(waiting) < AHEAD * workers.size:
                if (task := next(tasks, None)) is None:
                    break
                waiting.append(handed_out(task))
            while stop() and waiting and waiting[-1][1].cancel():
                waiting.pop()
            if not waiting:
                return
            task, future = waiting.popleft()
            try:
                yield task, future.result()
            except CancelledError:
                raise ClusterError(
                    "it is gone, and the campaign with it (with --resume FILE it can go on)"
                ) from None
            except workers.lost:
                again = run_again(work, task)
                suspects = [other for other, future in waiting if lost(future)]
                broken = bool(suspects) and not again.died
                if not suspects and not again.died:
                    again.verdict["notes"].append(UNEXPLAINED)
                yield task, again.verdict
                if not broken:
                    executor = started()
                    for at, (other, future) in enumerate(waiting):
                        if lost(future):
                            waiting[at] = handed_out(other)
