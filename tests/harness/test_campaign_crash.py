"""A framework that ends the process it runs in is a finding with its case, and not the end."""

import multiprocessing
import os
import signal
from concurrent.futures import BrokenExecutor

import numpy as np
import pytest
from toys import ASKED, WORK, Late

from harness.campaign.end import End
from harness.campaign.work import run
from harness.campaign.workers import UNEXPLAINED, Workers, processes, results
from harness.case import Case, Layer, from_json
from harness.render import render

ONE = np.ones((1, 1, 1))
QUIET = Case(ONE, (Layer(ONE, ONE),), ONE, np.float64(1))


def task(*frameworks, number=0, stored=None):
    """A task, or one with nothing in it that ends a worker."""
    first = next(ASKED._replace(frameworks=frameworks).tasks(WORK.seed, 0, None))
    return first._replace(number=number, stored=stored)


def verdicts(tasks, workers):
    return [verdict for _, verdict in results(WORK, iter(tasks), workers, End())]


@pytest.fixture(scope="module")
def crashed():
    """Of a task that ends its worker, and of one beside it that does not."""
    beside = task("toy", "segfaults", number=1, stored=QUIET)
    return verdicts([task("toy", "segfaults"), beside], processes(1))


def test_a_segmentation_fault_is_a_finding_with_its_framework_and_its_case(crashed):
    (found,) = crashed[0]["disagreements"]
    case = from_json(found["case"])

    assert (found["outlier"], found["kind"]) == ("segfaults", "ends the process")
    assert found["observed"] == "it was ended by signal SIGSEGV"
    assert (found["regime"], case.dtype.name, len(case.inputs)) == ("exact", "float32", 1)
    assert (case.inputs == 3).any()
    assert found["reproduce"] == "fuzz --task 0"


def test_it_is_told_as_that_and_not_as_a_disagreement_in_values(crashed):
    lines = render(crashed[0])

    assert lines[0] == "segfaults ENDS THE PROCESS that it is asked in"
    assert lines[2:5] == [
        "segfaults ends the process",
        "  expected  a result",
        "  observed  it was ended by signal SIGSEGV   (segfaults)",
    ]


def test_the_campaign_goes_on_with_the_rest(crashed):
    assert crashed[1] == run(WORK, task("toy", "segfaults", number=1, stored=QUIET))


def test_a_stack_of_which_no_case_alone_ends_the_process_is_named_as_one():
    (verdict,) = verdicts([task("toy", "aborts_on_stacks")], processes(1))

    (found,) = verdict["disagreements"]
    assert found["outlier"] == "aborts_on_stacks"
    assert found["observed"] == (
        "it was ended by signal SIGABRT (in a stack of 16, with this case at its beginning)"
    )


class Loses(Late):
    """Loses the worker of the first task it gets, whatever that is; a new one loses none."""

    lost: list[int]

    def submit(self, function, *arguments):
        if self.lost and arguments[1].number == self.lost[0]:
            self.lost.pop()

            def function(*_):
                raise BrokenExecutor

        return super().submit(function, *arguments)


def test_a_worker_that_is_lost_once_changes_nothing_but_a_note(monkeypatch):
    tasks = [task("toy", number=number) for number in range(2)]
    monkeypatch.setattr(Loses, "lost", [1], raising=False)

    found = verdicts(tasks, Workers(Loses, 1))

    assert found[0] == run(WORK, tasks[0])
    assert found[1] == run(WORK, tasks[1]) | {"notes": [UNEXPLAINED]}


class Refuses(Late):
    """Broken after the first task that the first of them takes; the next one is sound."""

    made = 0

    def __init__(self):
        Refuses.made += 1
        self.left = 1 if Refuses.made == 1 else 99

    def submit(self, function, *arguments):
        if not self.left:
            raise BrokenExecutor
        self.left -= 1
        return super().submit(function, *arguments)


def test_a_pool_that_is_broken_when_a_task_is_handed_out_is_replaced():
    tasks = [task("toy", number=number, stored=QUIET) for number in range(7)]

    found = verdicts(tasks, Workers(Refuses, 1))

    assert Refuses.made == 2
    assert [verdict["notes"] for verdict in found] == [[], [], [], [], [UNEXPLAINED], [], []]


def test_an_interrupt_of_the_terminal_ends_no_worker():
    """Ctrl-C reaches every process; the campaign alone answers it."""
    tasks = [task("toy", number=number, stored=QUIET) for number in range(3)]
    done = results(WORK, iter(tasks), processes(1), End())

    first = next(done)
    (worker,) = multiprocessing.active_children()
    os.kill(worker.pid, signal.SIGINT)

    rest = list(done)
    assert [verdict["notes"] for _, verdict in (first, *rest)] == [[], [], []]
