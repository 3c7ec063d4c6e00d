"""Hostile derivations: each gets its finding in plain words, the run goes on, and nothing stays."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from harness import isolation, surroundings
from harness.calling import Elsewhere, Misbehaved, one_by_one
from harness.candidate import CandidateError
from harness.derivation import REFERENCE
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification
from harness.walk import walk

CANDIDATES = Path(__file__).parents[1] / "candidates"
SHAPES = [(1, 1, 1), (2, 2, 2), (3, 2, 3)]


class Toy:
    """A witness that says what the reference says."""

    name, version = "toy", "1"

    @staticmethod
    def trace(case):
        return walk(one_by_one(REFERENCE, case.shape, []), case)


@pytest.fixture
def isolated(monkeypatch, tmp_path):
    """isolated(file): checks that no process, temporary file or changed setting is left behind."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(isolation, "CALL_LIMIT", 1)
    before, started = surroundings.now(), []

    def isolated(file):
        started.append(isolation.Isolated(file, CANDIDATES))
        return started[-1]

    yield isolated
    for each in started:
        each.close()
        with pytest.raises(ProcessLookupError):
            os.killpg(each._process.pid, 0)
    assert surroundings.changed(before) is None
    assert list((tmp_path / "tmp").iterdir()) == []


def found(derivation):
    """(formula, kind, expected, observed) of every finding on a few shapes."""
    verification = Verification(derivation, [Toy()])
    rng = np.random.default_rng(3)
    for shape in SHAPES:
        verification.check(lattice_stack(rng, shape, np.dtype(float), LADDER[0], 8), "exact")
    return [
        (each.formula, each.kind, each.shown.expected, each.shown.observed)
        for each in verification.findings.values()
    ]


CHANGED = "it to stay as it was", "changed"
HOSTILE = {
    "endless_loop": ("does not return", "a result within 1 s", "none: it was ended"),
    "has_children": ("does not return", "a result within 1 s", "none: it was ended"),
    "exits": ("raised an exception", "no exception in line 7", "SystemExit: 3"),
    "interrupts": ("raised an exception", "no exception", "KeyboardInterrupt"),
    "ends_the_process": ("ends the process", "a result", "it ended with exit status 3"),
    "segfault": ("ends the process", "a result", "it was ended by signal SIGSEGV"),
    "changes_error_state": ("changes NumPy's error state (np.seterr)", *CHANGED),
    "changes_print_options": ("changes NumPy's print options (np.set_printoptions)", *CHANGED),
    "changes_random_state": ("changes NumPy's random state (np.random)", *CHANGED),
    "changes_python_random_state": ("changes Python's random state (random)", *CHANGED),
    "patches_numpy": ("changes NumPy itself (np.maximum)", *CHANGED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_gets_a_finding_in_plain_words(isolated, name):
    derivation = isolated(f"hostile/{name}.py").derivation

    assert found(derivation) == [("relu_forward", *HOSTILE[name])]


def test_memory_is_bounded(isolated, monkeypatch):
    monkeypatch.setattr(isolation, "CALL_LIMIT", 60)
    ((formula, kind, expected, observed),) = found(
        isolated("hostile/takes_all_memory.py").derivation
    )

    assert (formula, kind, expected) == (
        "relu_forward",
        "raised an exception",
        "no exception in line 9",
    )
    assert observed.startswith("MemoryError: Unable to allocate 763. MiB for an array")


def test_an_argument_that_is_changed_at_a_later_call_is_a_finding(isolated):
    ((_, kind, expected, observed),) = found(isolated("hostile/keeps_arguments.py").derivation)

    assert kind == "changed its argument layer_outputs"
    assert expected.startswith("layer_outputs[0, 0] to stay ")
    assert observed.endswith(" after the call")


def test_the_case_shown_is_the_one_that_ended_the_process(isolated):
    verification = Verification(isolated("hostile/segfault_at_seven.py").derivation, [Toy()])
    stack = lattice_stack(np.random.default_rng(3), (1, 1, 1), np.dtype(float), LADDER[0], 8)
    stack.inputs[5], stack.layers[0].weights[5], stack.layers[0].biases[5] = 2, 3, 1

    (finding,) = verification.check(stack, "exact")

    assert finding.shown.case.inputs.item() == 2
    assert not finding.shown.smallest


def test_formulas_that_end_the_process_are_each_told(isolated):
    """The process is started anew for the others; the one that ended it is not called again."""
    derivation = isolated("hostile/two_ends.py").derivation

    assert sorted({(formula, observed) for formula, _, _, observed in found(derivation)}) == [
        ("relu_forward", "it ended with exit status 3"),
        ("sgd_step", "it ended with exit status 4"),
    ]


def test_a_whole_step_is_isolated_too(isolated):
    derivation = isolated("hostile/step_ends_the_process.py").derivation

    assert found(derivation) == [
        ("train_step", "ends the process", "a result", "it ended with exit status 3")
    ]


def test_a_formula_that_takes_too_long_in_all_is_given_up(isolated, monkeypatch):
    monkeypatch.setattr(isolation, "RUN_LIMIT", 0)
    derivation = isolated("wrong/mask_ge.py").derivation

    kinds = {(formula, kind) for formula, kind, *_ in found(derivation)}
    assert kinds == {("relu_backward", "is too slow")}


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("prints", {"relu_forward": "the outputs are", "relu_backward": "going back"}),
        ("warns", {"relu_forward": "UserWarning: this is slow"}),
    ],
)
def test_what_a_formula_writes_is_held_back_and_noted(isolated, capfd, name, notes):
    """Printing spoils no result, so it is no disagreement."""
    run = isolated(f"hostile/{name}.py")

    assert found(run.derivation) == []
    assert run.notes.keys() == notes.keys()
    for formula, text in notes.items():
        assert text in run.notes[formula].splitlines()[0]
    assert capfd.readouterr() == ("", "")


def test_an_import_that_ends_the_process_is_refused(isolated):
    with pytest.raises(CandidateError) as refusal:
        isolated("hostile/import_ends_the_process.py")

    assert str(refusal.value) == (
        "hostile/import_ends_the_process.py: its import ends the process: "
        "it ended with exit status 3, expected it to define functions and no more"
    )


def test_an_import_that_does_not_return_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(isolation, "IMPORT_LIMIT", 1)
    (tmp_path / "mine.py").write_text("while True:\n    pass\n")

    with pytest.raises(
        CandidateError, match=r"^mine\.py: its import takes more than 1 s, expected "
    ):
        isolation.Isolated("mine.py", tmp_path)


def test_a_file_that_is_no_derivation_is_refused_as_it_would_be_here(isolated):
    with pytest.raises(CandidateError, match=r"^broken/no_such\.py: no such file in "):
        isolated("broken/no_such.py")


def test_a_defect_of_the_harness_is_not_blamed_on_the_derivation(isolated):
    formula = isolated("wrong/mask_ge.py").derivation.relu_backward
    assert isinstance(formula, Elsewhere)

    with pytest.raises(RuntimeError, match=r"relu_backward .* could not be checked: TypeError"):
        formula.run(len, "no", "such", "arguments")


@pytest.mark.parametrize("file", ["right/loops.py", "right/whole_step.py", "odd/flat_bias.py"])
def test_isolated_and_not_a_derivation_gives_the_same_bits(isolated, load, file):
    assert found(isolated(file).derivation) == found(load(file))


def test_the_process_ends_with_the_run_however_that_ends():
    """Killed, a run closes nothing; the process sees that its standard input has closed."""
    program = (
        "import operator, os, signal\n"
        "from pathlib import Path\n"
        "from harness.isolation import Isolated\n"
        f"isolated = Isolated('hostile/endless_loop.py', Path({str(CANDIDATES)!r}))\n"
        "isolated._channel.send(('relu_forward', operator.call, (None,), 0))\n"
        "print(isolated._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CANDIDATES.parents[1],
        capture_output=True,
        text=True,
    )
    worker = int(run.stdout)

    for _ in range(600):
        if not Path(f"/proc/{worker}").exists():
            return
        subprocess.run(["sleep", "0.05"], check=True)
    os.killpg(worker, 9)
    pytest.fail("the process of the derivation is still there")


def test_misbehaved_says_what_was_changed():
    assert Misbehaved.changing("the world").fault == (
        0, "changes the world", "it to stay as it was", "changed"
    )  # fmt: skip
