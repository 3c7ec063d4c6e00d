"""What ended a worker: its task runs again in a process of its own, down to the framework and case.

A framework that ends the process it runs in says nothing more, so the process leaves marks, in
memory that outlives it, of what it is about to do.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Final, NamedTuple

from harness.campaign import plan
from harness.campaign.plan import Task
from harness.campaign.work import FRAMEWORK, NOBODY, STACK, Marks, Work, as_json, run, started
from harness.case import ALL_QUANTITIES, Case, pick
from harness.compare import Census
from harness.derivation import formula_of
from harness.finding import Finding, Shown
from harness.isolation import ended
from harness.kinds import DIED
from harness.plan import Planned
from harness.verification import Verification
from harness.witness import trace_of

_CASE: Final = 2
_SPAWN: Final = multiprocessing.get_context("spawn")


class Again(NamedTuple):
    """The verdict on a task that was run again, and whether it ended its process this time, too."""

    verdict: dict[str, Any]
    died: bool


def run_again(work: Work, task: Task) -> Again:
    """Run a task in a process of its own. If that ends it, the verdict says what did."""
    marks = _SPAWN.RawArray("q", [0, NOBODY, 0])
    verdict, end = _alone(run, work, task, marks)
    if verdict is not None:
        return Again(verdict, died=False)
    with ExitStack() as exits:
        derivation, notes = started(work, exits)
        witnesses = [work.load(name, work.kink) for name in task.frameworks]
        verification = Verification(derivation, witnesses, kink=work.kink)
        if marks[FRAMEWORK] == NOBODY:
            failed = [f"task {task.number} ended its process, in no framework: {end}"]
            return Again(as_json(work, task, verification, failed, notes), died=True)
        name = task.frameworks[marks[FRAMEWORK]]
        regime, case, end = _narrowed(work, task, marks, end)
        shown = Shown(case, regime, 0, (), "a result", end)
        about = ALL_QUANTITIES[0], formula_of(ALL_QUANTITIES[0]), DIED, name
        finding = Finding(*about, (), name, shown, Census())
        verification.findings[finding.quantity, DIED, name] = finding
        return Again(as_json(work, task, verification, [], notes), died=True)


def _narrowed(work: Work, task: Task, marks: Marks, end: str) -> tuple[str, Case, str]:
    """The regime, the first case of the marked stack that ends the process alone, and how."""
    cases, regime, *_ = _stack(work, task, marks[STACK])
    _, end_alone = _alone(_one_by_one, work, task, marks)
    if end_alone:
        return regime, pick(cases, marks[_CASE]), end_alone
    count = len(cases.inputs)
    return regime, pick(cases, 0), f"{end} (in a stack of {count}, with this case at its beginning)"


def _stack(work: Work, task: Task, place: int) -> Planned:
    return next(islice(plan.stacks(work.seed, task), place, None))


def _one_by_one(work: Work, task: Task, marks: Marks) -> bool:
    """The marked framework on each case of the marked stack."""
    witness = work.load(task.frameworks[marks[FRAMEWORK]], work.kink)
    planned = _stack(work, task, marks[STACK])
    for place in range(len(planned.case.inputs)):
        marks[_CASE] = place
        trace_of(witness, pick(planned.case, place), planned.at_true_shape)
    return True


def _alone(function: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """What a function returns in a process of its own; or None, and how the process ended."""
    ours, theirs = _SPAWN.Pipe(duplex=False)
    with unheard():
        process = _SPAWN.Process(target=_answer, args=(theirs, function, *arguments))
        process.start()
    theirs.close()
    try:
        return ours.recv(), ""
    except EOFError:
        process.join()
        return None, ended(process.exitcode or 0)
    finally:
        ours.close()
        process.join()


def _answer(connection: Connection, function: Callable[..., Any], *arguments: Any) -> None:
    connection.send(function(*arguments))


@contextmanager
def unheard() -> Iterator[None]:
    """What is started here never hears of Ctrl-C, which is the campaign's to answer."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
