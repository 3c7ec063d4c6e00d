"""The exhaustive part from the outside: in a run, and beyond it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXHAUSTIVE = "tests/derivation/test_exhaustive.py"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TOX_ENV_NAME"}


def run(*arguments, **environment):
    command = [sys.executable, "-m", "pytest", *arguments, "--framework", "torch"]
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT | environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_verdict_claims_what_was_run_and_is_no_full_one_for_it(tmp_path):
    path = tmp_path / "verdict.json"

    status, stdout = run(EXHAUSTIVE, "-k", "relu", "--verdict-json", path)

    written = json.loads(path.read_text())
    assert (status, written["agrees"], written["disagreements"]) == (1, False, [])
    assert [(claim["formula"], claim["cases"]) for claim in written["exhaustive"]] == [
        *(("relu_forward", cases) for cases in (3, 9, 9, 81)),
        *(("relu_backward", cases) for cases in (9, 81, 81, 6561)),
    ]
    assert {row["regime"] for row in written["checked"]} == {"exhaustive"}
    assert (
        "\nEvery case with entries in {-1, 0, 1} up to 2x2->2, in float64 (6,834):\n"
        "relu_forward and relu_backward.\n"
    ) in stdout
    assert "all real inputs" not in stdout


def unfolded(stdout):
    """With each command in one line, as a shell reads it."""
    return stdout.replace(f" \\\n{'':12}", " ")


def test_beyond_a_run_a_disagreement_is_reproduced_where_it_was_found():
    mask_ge = "--derivation", "tests/candidates/wrong/mask_ge.py"
    options = f"{' '.join(mask_ge)} --framework torch --hypothesis-seed=0\n"

    status, stdout = run(EXHAUSTIVE, "-k", "bfloat16-relu", "-m", "", *mask_ge)

    assert status == 1
    assert "mask_ge.py DISAGREES in deriv_relu_wrt_z\n" in stdout
    assert "mistake   mask ge: " in stdout
    assert "case      bfloat16, " in stdout
    assert "Every case" not in stdout
    assert f"  reproduce pytest tests/derivation -m '' {options}" in unfolded(stdout)

    by_tox = {"TOX_ENV_NAME": "exhaustive"}
    _, stdout = run(EXHAUSTIVE, "-k", "float32-relu", "-m", "", *mask_ge, **by_tox)

    assert f"  reproduce tox -e exhaustive -- {options}" in unfolded(stdout)


def test_without_being_asked_for_it_nothing_takes_an_hour():
    status, stdout = run(EXHAUSTIVE, "-k", "float32")

    assert status == 1
    assert "/ 0 selected\n" in stdout
    assert "\nNOT CHECKED no case was checked\n" in stdout
