"""The command of a campaign from the outside: its exit status, what it prints and what it writes.

The runs are those of a copy of the checkout whose witness is a toy, as in `test_cli.py`.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.campaign.__main__ import main

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TOX_ENV_NAME"}
TOY = """
from harness.calling import one_by_one
from harness.derivation import (REFERENCE)
from harness.walk import (walk)

VERSION = "1.0"


def trace(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


VARIANTS = {"again": trace}
"""
COPIED = (
    "harness",
    "reference",
    "tests/campaign",
    "tests/candidates",
    "tests/derivation",
    "tests/many",
)
WRONG = "tests/candidates/wrong/bias_mean.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "adapters").mkdir()
    for name in ("conftest.py", "pyproject.toml", "adapters/__init__.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "adapters/toy_numpy.py").write_text(TOY)
    return folder


def command(*options):
    return [sys.executable, "-m", "tests.campaign", *map(str, options)]


@pytest.fixture(scope="module")
def fuzz(checkout):
    """fuzz(option, ...): exit status, stdout and stderr."""

    def fuzz(*options, **environment):
        run = subprocess.run(
            command(*options), cwd=checkout, env=ENVIRONMENT | environment, capture_output=True,
            text=True,
        )  # fmt: skip
        return run.returncode, run.stdout, run.stderr

    return fuzz


def test_a_right_derivation_exits_0(fuzz, tmp_path):
    path = tmp_path / "verdict.json"

    status, stdout, _ = fuzz("--tasks", 20, "--processes", 2, "--verdict-json", path)

    assert status == 0
    assert stdout.startswith("reference agrees with toy 1.0")
    assert "\nThe tasks before number 20: the same again with --tasks 20.\n" in stdout
    assert json.loads(path.read_text())["agrees"]


def test_a_wrong_derivation_exits_1_and_its_reproduce_line_finds_the_same_case(fuzz, tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    database = "--example-database", tmp_path / "examples"

    options = "--derivation", WRONG, "--processes", 1
    status, _, stderr = fuzz("--tasks", 4, *options, *database, "--verdict-json", first)
    (found,) = json.loads(first.read_text())["disagreements"]
    reproduce = found["reproduce"].removeprefix("python -m tests.campaign ").split()
    repeated, _, _ = fuzz(*reproduce, "--verdict-json", again)

    assert (status, repeated) == (1, 1)
    assert f"deriv_relu_wrt_biases values differ (toy, {found['regime']}): expected" in stderr
    (found_again,) = json.loads(again.read_text())["disagreements"]
    assert found_again["case"] == found["case"]


def test_what_a_campaign_has_kept_is_checked_by_verify_if_it_is_asked_to(fuzz, checkout, tmp_path):
    kept = "--example-database", tmp_path / "kept"
    fuzz("--derivation", WRONG, "--processes", 1, "--tasks", 4, *kept)

    def verify(*options):
        command = [sys.executable, "-m", "pytest", *options]
        run = subprocess.run(command, cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True)
        return run.returncode, run.stdout

    stored = "tests/derivation/test_stored.py"
    _, collected = verify("tests/derivation", "--collect-only", "-q")
    status, stdout = verify(stored, "--derivation", WRONG, *kept)
    _, right = verify(stored, *kept)

    assert "test_stored" not in collected
    assert status == 1
    assert f"\n{WRONG} DISAGREES in deriv_relu_wrt_biases\n" in stdout
    assert f"--example-database {tmp_path / 'kept'} " in stdout
    assert " 1 passed in" in right


def test_ctrl_c_ends_it_with_the_verdict_so_far(checkout, tmp_path):
    path, state = tmp_path / "verdict.json", tmp_path / "state.json"
    options = "--verdict-json", path, "--resume", state, "--processes", "1", "--shard", "0/1"
    process = subprocess.Popen(
        command(*options), cwd=checkout, env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    while not state.exists():
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    stdout, stderr = process.communicate(timeout=60)

    verdict = json.loads(path.read_text())
    assert process.returncode == (0 if verdict["agrees"] else 1)
    assert verdict["disagreements"] == verdict["not_checked"] == []
    (tasks,) = re.findall(r"^The tasks before number (\d+): ", stdout, re.MULTILINE)
    assert "Traceback" not in stderr
    assert json.loads(state.read_text())["number"] == int(tasks) > 0


def test_a_campaign_goes_on_from_its_file_and_variants_are_asked_by_turns(fuzz, tmp_path):
    state, path, whole = (tmp_path / name for name in ("state", "path", "whole"))

    fuzz("--tasks", 2, "--resume", state)
    fuzz("--tasks", 17, "--resume", state, "--verdict-json", path)
    fuzz("--tasks", 17, "--verdict-json", whole)

    assert path.read_bytes() == whole.read_bytes()
    names = [each["name"] for each in json.loads(whole.read_text())["frameworks"]]
    assert names == ["toy", "toy:again"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--minutes", "soon"], "--minutes: expected a number, not 'soon'"),
        (["--tasks", "-1"], "--tasks: expected a whole number, not '-1'"),
        (["--processes", "0"], "--processes: expected at least 1, not '0'"),
        (["--shard", "3/3"], "--shard: expected I/N with I below N, as 0/3, not '3/3'"),
        (["--shard", "a"], "--shard: expected I/N with I below N, as 0/3, not 'a'"),
        (["--task", "1", "--tasks", "2"], "--task: expected no --tasks with it, for it is one "
                                           "task"),
        (["--hypothesis-seed", "x"], "--hypothesis-seed: expected a whole number or 'random', "
                                     "not 'x'"),
        (["--framework", "numpy"], "--framework numpy: no such framework, expected one of jax, "
                                   "torch"),
        (["--derivation", "nothing.py"], f"--derivation nothing.py: no such file in {ROOT}"),
        (["--kink", "2"], "--kink 2: expected one of 0, 0.5, 1"),
        (["--verdict-json", "no/where"], "--verdict-json no/where: cannot be written: its folder "
                                         "does not exist"),
        (["--resume", "no/where"], "--resume no/where: cannot be written: its folder does not "
                                   "exist"),
        (["--resume", WRONG], f"--resume {WRONG}: cannot be read: JSONDecodeError: Extra "
                              "data: line 1 column 3 (char 2), expected what a campaign has "
                              "written, or no file"),
        (["--example-database", WRONG], "--example-database tests/candidates/wrong/bias_mean.py: "
                                        "cannot be written: is a file, expected a folder"),
        (["--typo"], "unrecognized arguments: --typo (--help names the options)"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_in_one_line_with_exit_status_4(
    monkeypatch, capsys, options, message
):
    monkeypatch.chdir(ROOT)

    status = main(options)

    assert (status, *capsys.readouterr()) == (4, "", f"ERROR: {message}\n")


def test_what_is_refused_waits_for_no_framework_nor_for_what_is_not_used():
    asked = [sys.executable, "-X", "importtime", "-m", "tests.campaign", "--derivation", "no.py"]
    run = subprocess.run(asked, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)

    imported = set(re.findall(r"\| +([a-z_]+)$", run.stderr, re.MULTILINE))
    assert run.returncode == 4
    assert "numpy" in imported
    assert imported & {"torch", "jax", "rich", "dask", "distributed", "redis"} == set()
