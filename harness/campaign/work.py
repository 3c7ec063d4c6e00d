"""What a worker of a campaign does: one task, from its number to the verdict on it.

A task's verdict depends on the task and on nothing that ran before it, so it is the same in any
process, on any machine and in any order. Therefore each starts a derivation's file anew.
"""

from collections.abc import Callable, MutableSequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from harness import verdict, verdict_json
from harness.campaign import plan
from harness.campaign.plan import Task
from harness.case import Case, Trace
from harness.derivation import REFERENCE, Derivation
from harness.isolation import Isolated
from harness.padding import CUBES
from harness.verification import Verification
from harness.witness import Witness

# After so many tasks at shapes of their own a process drops what its frameworks have compiled for
# them: memory stays flat.
KEPT: Final = 8
NOBODY: Final = -1
_compiled = count(1)

# What the marks of a run under watch say: the stack, and the framework asked about it, by place.
STACK: Final = 0
FRAMEWORK: Final = 1
Marks: TypeAlias = MutableSequence[int]


class Work(NamedTuple):
    """What all tasks of a campaign have in common; it can be sent to another machine.

    `load` gives the witness of a name, with ReLU's derivative at 0 as asked for. `derivation` is a
    file, named as the user named it, relative to `folder`; None is the reference. `reproduce` is
    the command for this campaign. The others are for the verdict: see `verdict.conclude`.
    """

    load: Callable[[str, float], Witness]
    seed: int
    reproduce: str
    derivation: str | None = None
    folder: str = "."
    kink: float = 0
    not_asked: tuple[str, ...] = ()
    unavailable: tuple[tuple[str, str], ...] = ()


def run(work: Work, task: Task, marks: Marks | None = None) -> dict[str, Any]:
    """The verdict on one task, in the form of `verdict_json`; `marks` tell how far it has come.

    What fails (a framework on a shape, the harness itself) leaves its task unchecked, and the
    verdict says so. Raises CandidateError if the derivation's file is none.
    """
    with ExitStack() as exits:
        derivation, notes = started(work, exits)
        witnesses: list[Any] = [work.load(name, work.kink) for name in task.frameworks]
        for witness in witnesses:
            # The number of threads may decide last bits; what runs side by side is tasks.
            if (threads := getattr(witness, "threads", None)) is not None:
                exits.enter_context(threads(1))
        if marks is not None:
            witnesses = [_Marking(witness, at, marks) for at, witness in enumerate(witnesses)]
        verification = Verification(derivation, witnesses, kink=work.kink)
        failed = []
        try:
            for place, planned in enumerate(plan.stacks(work.seed, task)):
                if marks is not None:
                    marks[STACK] = place
                verification.check(**planned._asdict())
        except Exception as error:
            failed.append(f"task {task.number} ended in {type(error).__name__}: {error}")
        result = as_json(work, task, verification, failed, notes)
    own_shape = task.at_true_shape or max(task.shape) > max(CUBES)
    if own_shape and next(_compiled) % KEPT == 0:
        for witness in witnesses:
            if (forget := getattr(witness, "forget", None)) is not None:
                forget()
    return result


def as_json(
    work: Work,
    task: Task,
    verification: Verification,
    failed: list[str],
    notes: verdict.Notes = (),
) -> dict[str, Any]:
    """The verdict on what was checked of one task."""
    alone = "--tasks 0" if task.stored else f"--task {task.number}"
    concluded = verdict.conclude(
        verification, work.seed, f"{work.reproduce} {alone}", work.not_asked, failed, notes
    )
    concluded = verdict.of_head(concluded, asked=False)
    return verdict_json.as_json(verdict.without(concluded, list(work.unavailable)))


def started(work: Work, exits: ExitStack) -> tuple[Derivation, verdict.Notes]:
    """The derivation, which ends with `exits`, and what it will have been found to print."""
    if work.derivation is None:
        return REFERENCE, []
    isolated = Isolated(work.derivation, Path(work.folder))
    exits.callback(isolated.close)
    return isolated.derivation, [(work.derivation, isolated.notes)]


class _Marking:
    """A witness that leaves a mark while it is asked."""

    def __init__(self, witness: Witness, place: int, marks: Marks) -> None:
        self._witness, self._place, self._marks = witness, place, marks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._witness, name)

    def trace(self, case: Case) -> Trace:
        self._marks[FRAMEWORK] = self._place
        trace = self._witness.trace(case)
        self._marks[FRAMEWORK] = NOBODY
        return trace
