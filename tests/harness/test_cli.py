"""A run from the outside: its exit status, what it prints and what it writes.

The runs are those of a copy of the checkout whose witnesses are a toy (the reference itself) and a
sick one (it fails in float32), so that none has to wait for a framework.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("TOX_ENV_NAME", "PYTEST_ADDOPTS")
}
TOY = """
from harness.calling import one_by_one
from harness.derivation import (REFERENCE)
from harness.walk import (walk)

VERSION = "1.0"


def trace(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)
"""
SICK = TOY.replace("    return", "    assert case.dtype == 'float64', 'I feel sick'\n    return")
STOPPED = TOY.replace(
    "    return", "    if case.dtype == 'float32':\n        raise KeyboardInterrupt\n    return"
)
LITTLE = """
import numpy as np

from harness.case import Case, Layer


def test_zeros(check):
    zero = np.zeros((1, 1, 1))
    check("exact", Case(zero, (Layer(zero, zero),), zero, np.float64(1)))


def test_nothing(check):
    pass
"""
DOCUMENT = "tests/derivation/test_document.py"
EXAMPLE = f"{DOCUMENT}::test_the_example_agrees_with_each_framework_in_every_dtype"
SCENARIOS = "tests/derivation/test_scenarios.py"
SCENARIO_A = [
    f"{SCENARIOS}::test_scenario_a_one_neuron_one_next[{dtype}]" for dtype in ("float64", "float32")
]
FLOAT32 = SCENARIO_A[1]
SGD_SIGN = "tests/candidates/wrong/sgd_sign.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("harness", "reference", "tests/derivation", "tests/candidates", "tests/many"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "adapters").mkdir()
    for name in ("conftest.py", "pyproject.toml", "adapters/__init__.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "adapters/toy_numpy.py").write_text(TOY)
    (folder / "adapters/sick_numpy.py").write_text(SICK)
    (folder / "adapters/stopped_numpy.py").write_text(STOPPED)
    (folder / "tests/derivation/test_little.py").write_text(LITTLE)
    return folder


@pytest.fixture(scope="module")
def toy(checkout):
    """toy(argument, ...): exit status and stdout of a run that says nothing on stderr."""

    def toy(*arguments, framework="toy", cwd=checkout, **environment):
        command = [sys.executable, "-m", "pytest", *arguments, "--framework", framework]
        environment = ENVIRONMENT | environment
        run = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
        assert run.stderr == ""
        return run.returncode, run.stdout

    return toy


@pytest.fixture(scope="module")
def wrong(toy, tmp_path_factory):
    """Exit status, stdout and verdict of one run on a wrong derivation."""
    path = tmp_path_factory.mktemp("wrong") / "verdict.json"
    status, stdout = toy(DOCUMENT, "--derivation", SGD_SIGN, "--verdict-json", path)
    return status, stdout, json.loads(path.read_text())


def test_a_right_derivation_exits_0(toy):
    status, stdout = toy(DOCUMENT, SCENARIOS)

    assert status == 0
    assert "=\nreference agrees with toy 1.0\n" in stdout


def test_a_wrong_derivation_exits_1_and_after_the_dots_comes_the_verdict_alone(wrong):
    assert wrong[0] == 1
    sections = re.findall(r"^=+ (.*?) =+$", wrong[1], re.MULTILINE)

    assert sections[:-1] == ["test session starts", "verdict"]
    assert re.match(r"\d+ failed, 1 passed in ", sections[-1])
    progress, verdict = re.split(r"^=+ verdict =+$", wrong[1], flags=re.MULTILINE)
    assert re.search(rf"\n{DOCUMENT} F+\. *\[100%\]$", progress.rstrip())
    assert verdict.startswith(f"\n{SGD_SIGN} DISAGREES in new_weights and new_biases\n")
    assert "Traceback" not in wrong[1]


def test_the_disagreement_is_written_and_blamed_on_the_derivation(wrong):
    written = wrong[2]
    (*_, found) = written["disagreements"]

    assert (written["derivation"], written["agrees"], written["seed"]) == (SGD_SIGN, False, 0)
    assert [each["quantity"] for each in written["disagreements"]] == ["new_weights", "new_biases"]
    assert {each["outlier"] for each in written["disagreements"]} == {"derivation"}
    assert found["reproduce"] == (
        f"pytest tests/derivation --derivation {SGD_SIGN} --framework toy --hypothesis-seed=0"
    )


def test_a_random_seed_is_printed_and_brings_the_same_verdict_back(toy, tmp_path):
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))

    _, stdout = toy(FLOAT32, "--hypothesis-seed=random", "--verdict-json", first)
    seed = json.loads(first.read_text())["seed"]
    toy(FLOAT32, f"--hypothesis-seed={seed}", "--verdict-json", again)
    toy(FLOAT32, "--hypothesis-seed=random", "--verdict-json", other)

    assert re.search(rf"^crossgrad: .*; --hypothesis-seed={seed}$", stdout, re.MULTILINE)
    assert f"\nSeed {seed}; " in stdout
    assert again.read_bytes() == first.read_bytes()
    assert json.loads(other.read_text())["seed"] != seed


def test_another_seed_brings_other_cases_and_ci_the_same_ones(toy, tmp_path):
    """Where CI is set, Hypothesis's default profile heeds no seed."""
    one, in_ci, other = (tmp_path / name for name in ("one", "in_ci", "other"))

    toy(FLOAT32, "--hypothesis-seed=1", "--verdict-json", one)
    toy(FLOAT32, "--hypothesis-seed=1", "--verdict-json", in_ci, CI="true")
    toy(FLOAT32, "--hypothesis-seed=2", "--verdict-json", other, CI="true")

    assert in_ci.read_bytes() == one.read_bytes()
    assert json.loads(other.read_text())["checked"] != json.loads(one.read_text())["checked"]


def test_files_are_found_and_written_where_the_user_stands(toy, checkout, tmp_path):
    shutil.copy(checkout / SGD_SIGN, tmp_path / "mine.py")
    (tmp_path / "verdict.json").write_text("an old verdict\n" * 10_000)
    options = "--derivation", "mine.py", "--verdict-json", "verdict.json"

    status, _ = toy(checkout / EXAMPLE, *options, cwd=tmp_path, TOX_ENV_NAME="verify")

    written = json.loads((tmp_path / "verdict.json").read_text())
    assert (status, written["agrees"], written["derivation"]) == (1, False, "mine.py")
    assert written["disagreements"][0]["reproduce"].startswith("tox -e verify -- --derivation ")
    assert {path.name for path in tmp_path.iterdir()} == {"mine.py", "verdict.json"}


@pytest.mark.parametrize(
    ("test", "line"),
    [
        ("test_nothing", "no case was checked"),
        ("test_little_that_is_not_there", "no case was checked"),
        ("test_zeros", "toy exact float32: no case of it was checked"),
        (
            "test_zeros",
            "layer_outputs toy exact float64: 0 of 1 elements are not zero: zeros\n  would pass",
        ),
    ],
)
def test_tests_that_pass_without_having_checked_everything_exit_1(toy, tmp_path, test, line):
    path = tmp_path / "verdict.json"

    little = "tests/derivation/test_little.py"
    status, stdout = toy(little, "-k", test, "--verdict-json", path)

    assert status == 1
    assert "\nreference: NO FULL VERDICT, see what was not checked\n" in stdout
    assert f"\nNOT CHECKED {line}\n" in stdout
    assert "failed" not in stdout
    assert json.loads(path.read_text())["agrees"] is False


def test_a_witness_that_fails_leaves_its_test_unchecked_and_shows_why(toy, tmp_path):
    path = tmp_path / "verdict.json"

    status, stdout = toy(*SCENARIO_A, "--verdict-json", path, framework="sick")

    written = json.loads(path.read_text())
    assert (status, written["agrees"], written["disagreements"]) == (1, False, [])
    reason = f"{FLOAT32} ended in WitnessError"
    assert reason in [gap["reason"] for gap in written["not_checked"]]
    assert f"\nNOT CHECKED {reason}\n" in stdout.replace("\n  ", " ")
    assert re.search("^E .*WitnessError: framework sick .*: I feel sick", stdout, re.MULTILINE)


def test_an_interrupted_run_is_not_called_agreeing(toy, tmp_path):
    """The first dtype of the example passes, so that there is something to agree in."""
    path = tmp_path / "verdict.json"

    status, stdout = toy(EXAMPLE, "--verdict-json", path, framework="stopped")

    written = json.loads(path.read_text())
    assert (status, written["agrees"], written["disagreements"]) == (2, False, [])
    assert "the run was interrupted" in [gap["reason"] for gap in written["not_checked"]]
    assert "reference: NO FULL VERDICT, see what was not checked\n" in stdout


def test_a_derivation_that_ends_its_process_ends_in_a_verdict(toy, tmp_path):
    path = tmp_path / "verdict.json"
    file = "tests/candidates/hostile/ends_the_process.py"

    status, stdout = toy(SCENARIOS, "--derivation", file, "--verdict-json", path)

    (found,) = json.loads(path.read_text())["disagreements"]
    assert status == 1
    assert (found["quantity"], found["formula"]) == ("relu_outputs", "relu_forward")
    assert (found["kind"], found["observed"]) == ("ends the process", "it ended with exit status 3")
    assert "\nrelu_forward ends the process: relu_outputs, layer 0\n" in stdout


def test_what_a_derivation_prints_is_held_back_and_noted(toy, tmp_path):
    path = tmp_path / "verdict.json"
    file = "tests/candidates/hostile/prints.py"

    _, stdout = toy(*SCENARIO_A, "--derivation", file, "--verdict-json", path)

    written = json.loads(path.read_text())
    notes = [
        f"relu_backward ({file}) prints, which is held back: going back",
        f"relu_forward ({file}) prints, which is held back: the outputs are",
    ]
    assert written["disagreements"] == []
    assert sorted(written["notes"]) == notes
    assert all(f"\nNote: {note}\n" in stdout.replace("\n  ", " ") for note in notes)
    assert "\ngoing back" not in stdout
