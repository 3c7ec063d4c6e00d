"""What a change of formulas changed, between revisions of a repository made for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness import regression, revision
from harness.candidate import CandidateError
from harness.case import QUANTITIES
from harness.compared import Compared
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

ROOT = Path(__file__).parents[2]
DENSE = "reference/dense.py"
# Each change of one line of the reference, committed upon the one before.
HISTORY = {
    "comment": ("reference/relu.py", "    # Set cells to 0", "    # Set all cells to 0"),
    "reordered": (
        DENSE,
        "np.dot(inputs, weights)",
        "np.dot(inputs[:, ::-1], weights[::-1])",
    ),
    "wrong": (DENSE, "axis=0, keepdims=True)", "axis=0, keepdims=True) / len(upstream)"),
    "corrected": (DENSE, " / len(upstream)", ""),
}


def git(repository, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *arguments], cwd=repository, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "reference", folder / "reference")
    git(folder, "init", "-q")
    git(folder, "add", "reference/*.py")
    git(folder, "commit", "-qm", "first")
    git(folder, "tag", "first")
    for tag, (file, before, after) in HISTORY.items():
        source = (folder / file).read_text()
        assert source.count(before) == 1
        (folder / file).write_text(source.replace(before, after))
        git(folder, "commit", "-qam", tag)
        git(folder, "tag", tag)
    return folder


def compared(derivation, against, witnesses):
    verification = Verification(derivation, witnesses, against)
    rng = np.random.default_rng(4)
    for dtype in (np.dtype(np.float64), np.dtype(np.float32)):
        for shape in ((2, 3, 2), (3, 4, 3)):
            verification.check(lattice_stack(rng, shape, dtype, LADDER[1], 50), "exact")
            verification.check(float_stack(rng, shape, dtype, 50), "certified")
    return verification


@pytest.mark.parametrize(
    ("new", "old", "quantity", "answer", "sides_with"),
    [
        ("comment", "first", None, regression.SAME, None),
        ("reordered", "comment", "layer_outputs", regression.LEGAL, None),
        ("wrong", "reordered", "deriv_relu_wrt_biases", regression.DIFFERENT, "old"),
        ("corrected", "wrong", "deriv_relu_wrt_biases", regression.DIFFERENT, "new"),
    ],
)
def test_each_quantity_has_one_of_three_answers(
    new, old, quantity, answer, sides_with, repository, witnesses
):
    derivation, against = (revision.load(tag, repository) for tag in (new, old))
    verification = compared(derivation, against, witnesses)
    answers = {each["quantity"]: each for each in regression.as_json(verification.changes)}

    assert list(answers) == list(QUANTITIES)
    for name, found in answers.items():
        expected = (answer, sides_with) if name == quantity else (regression.SAME, None)
        assert (found["answer"], found["sides_with"]) == expected
        assert (found["changed"] > 0) == (name == quantity)
        assert (found["largest_ulps"] > 0) == (name == quantity)
    assert {finding.quantity for finding in verification.findings.values()} == (
        {quantity} if sides_with == "old" else set()
    )


def test_a_formula_that_fails_is_different(load, witnesses):
    verification = compared(load("odd/returns_none.py"), REFERENCE, witnesses)

    change = verification.changes["deriv_relu_wrt_z"]
    assert (change.answer, change.sides_with) == (regression.DIFFERENT, "old")


def test_two_wrong_sides_have_no_framework_on_theirs(load, witnesses):
    verification = compared(
        load("wrong/sgd_sign.py"), load("wrong/learning_rate_twice.py"), witnesses
    )

    assert verification.changes["new_weights"].sides_with == "neither"


def test_nothing_of_the_work_tree_or_of_the_running_reference_is_touched(repository):
    (repository / DENSE).write_text("an uncommitted change\n")
    before = {name: module for name, module in sys.modules.items() if "reference" in name}

    old = revision.load("wrong", repository)

    assert (repository / DENSE).read_text() == "an uncommitted change\n"
    assert {name: m for name, m in sys.modules.items() if "reference" in name} == before
    assert old.dense_backward is not REFERENCE.dense_backward
    ones = np.ones((2, 1))
    assert old.dense_backward(ones, ones, ones[:1])[2].item() == 1
    git(repository, "checkout", "-q", DENSE)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "nowhere: no such file and no such revision, "),
        ("--help", "--help: no such file and no such revision, "),
        ("first:reference", "first:reference: no such file and no such revision, "),
    ],
)
def test_what_is_no_revision_is_refused_in_one_line(name, message, repository):
    with pytest.raises(CandidateError) as refused:
        revision.load(name, repository)

    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


def test_outside_a_repository_there_is_no_revision(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(CandidateError, match="not a git repository"):
        revision.load("HEAD", tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (regression.Change(9), "the same bits in all 9 elements"),
        (regression.Change(9, 2, 1.0), "other bits in 2 of 9 elements, by at most 1 ulp:"),
        (regression.Change(9, 2, 1.0, old_wrong=True), "an error was corrected"),
        (regression.Change(9, 2, 1.0, new_wrong=True), "an error was made"),
        (regression.Change(9, 2, 1.0, True, True), "the frameworks side with neither"),
    ],
)
def test_the_answer_is_said_in_words(change, words):
    first, *lines = regression.lines("HEAD", regression.as_json({"new_biases": change}))

    assert first == "Compared with HEAD, on the same cases:"
    assert lines[0].startswith("new_biases ")
    assert any(words in line for line in lines)


def test_a_wrong_reference_makes_wrong_balls_which_do_not_accuse_the_other_side():
    """In the working tree today's reference makes the balls, and it may be the wrong side."""
    truth = np.array([[[1.0, 2.0]]])
    wrong = 2 * truth
    yes, no = np.ones_like(truth, bool), np.zeros_like(truth, bool)

    def compared(observed, apart, witness_out):
        where = 0, "deriv_relu_wrt_weights", "dense_backward"
        return [Compared(*where, truth, observed, apart, witness_out, None, 0)]

    changes = {}
    # Certified by the wrong ball: the framework and the old side are outside, the new side is not.
    regression.note(changes, compared(truth, yes, no), compared(wrong, no, no))
    assert changes["deriv_relu_wrt_weights"].sides_with == "new"
    # Exact: no ball.
    regression.note(changes, compared(truth, no, None), compared(wrong, yes, None))
    assert changes["deriv_relu_wrt_weights"].sides_with == "old"
