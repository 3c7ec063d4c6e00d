"""`--report FILE.html` from the outside: written at a run's end, refused before it begins."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.report.page import page

ROOT = Path(__file__).parents[2]
TEST = "tests/derivation/test_scenarios.py::test_scenario_a_one_neuron_one_next[float32]"
WRONG = "tests/candidates/wrong/sgd_sign.py"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TOX_ENV_NAME"}
DRAWING = "matplotlib", "jinja2"


def run(*command):
    command = [sys.executable, *map(str, command)]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)


def test_a_run_writes_its_page_and_says_where(tmp_path):
    shown, verdict = tmp_path / "page.html", tmp_path / "verdict.json"
    options = "--derivation", WRONG, "--framework", "torch", "--report", shown

    done = run("-m", "pytest", TEST, *options, "--verdict-json", verdict)

    assert (done.returncode, done.stderr) == (1, "")
    assert f"\nThe page: {shown}\n" in done.stdout
    written = json.loads(verdict.read_text())
    assert shown.read_text() == page(written)
    assert "--report" not in written["disagreements"][0]["reproduce"]


def test_a_campaign_writes_its_page(tmp_path):
    shown = tmp_path / "page.html"
    options = "--task", "0", "--framework", "torch", "--processes", "1"

    done = run("-m", "tests.campaign", *options, "--report", shown)

    assert done.returncode == 1  # one task alone checks too little
    assert "no full verdict" in shown.read_text().replace("<strong>", "").replace("</strong>", "")


@pytest.mark.parametrize("command", [("-m", "pytest", TEST), ("-m", "tests.campaign")])
def test_a_page_that_cannot_be_written_is_refused_before_the_run(command):
    done = run(*command, "--report", "nowhere/page.html")

    assert done.returncode == 4
    assert done.stderr.strip() == (
        "ERROR: --report nowhere/page.html: cannot be written: its folder does not exist"
    )


@pytest.mark.parametrize("module", ["conftest", "tests.campaign.__main__"])
def test_what_draws_is_not_imported_before_a_page_is_written(module):
    done = run("-c", f"import sys, {module}; print(*sys.modules)")

    assert "harness.report" in done.stdout.split()
    assert not {*DRAWING} & {*done.stdout.split()}
