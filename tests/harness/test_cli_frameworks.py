"""Runs from the outside with the frameworks themselves: one without JAX, and two of one seed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = "tests/derivation/test_document.py"
EXAMPLE += "::test_the_example_agrees_with_each_framework_in_every_dtype"
RANDOM = "tests/derivation/test_scenarios.py::test_scenario_a_one_neuron_one_next[float32]"


def start(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    paths = tmp_path / "one.json", tmp_path / "two.json"
    options = "--derivation", "tests/candidates/wrong/mask_ge.py", "--verdict-json"

    # Side by side, for each waits for its frameworks.
    runs = [start(RANDOM, *options, path) for path in paths]
    outputs = [run.communicate() for run in runs]

    assert [(run.returncode, stderr) for run, (_, stderr) in zip(runs, outputs, strict=True)] == [
        (1, ""),
        (1, ""),
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_without_jax_a_run_against_torch_alone_works_and_says_so(tmp_path):
    (tmp_path / "jax.py").write_text("raise ModuleNotFoundError('not installed', name='jax')\n")

    run = start(EXAMPLE, "--framework", "torch", PYTHONPATH=str(tmp_path))
    stdout, stderr = run.communicate()

    # The example alone leaves the exact regime out.
    assert (run.returncode, stderr) == (1, "")
    assert "\nNOT CHECKED torch exact float64: no case of it was checked\n" in stdout
    assert "NOT CHECKED torch certified" in stdout
    assert "\nlayer_outputs           0 / 4 (" in stdout
    assert "\nNot asked: jax (this run chose its frameworks with --framework).\n" in stdout
