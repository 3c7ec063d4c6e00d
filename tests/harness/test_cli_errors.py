"""What cannot be run is refused in one line, at once, with pytest's exit status for usage errors.

Every run here finds packages named torch, jax and optax that cannot be imported.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import adapters
from harness.derivation import FORMULAS

ROOT = Path(__file__).parents[2]
BROKEN = "tests/candidates/broken"
KNOWN = ", ".join(adapters.discover())
ONE_TEST = (
    "tests/derivation/test_document.py::test_the_example_agrees_with_each_framework_in_every_dtype"
)


@pytest.fixture(scope="module")
def without_frameworks(tmp_path_factory):
    """An environment in which the frameworks look as if they were not installed."""
    folder = tmp_path_factory.mktemp("not_installed")
    for package in ("torch", "jax", "optax"):
        message = f"raise ModuleNotFoundError('imported after all', name={package!r})\n"
        (folder / f"{package}.py").write_text(message)
    return {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"} | {
        "PYTHONPATH": str(folder)
    }


@pytest.fixture
def refused(without_frameworks):
    """refused(option, ...): pytest's exit status, its stdout, and the one line on its stderr."""

    def refused(*options):
        command = [sys.executable, "-m", "pytest", ONE_TEST, *options]
        run = subprocess.run(
            command, cwd=ROOT, env=without_frameworks, capture_output=True, text=True
        )
        (line,) = run.stderr.strip().splitlines()
        return run.returncode, run.stdout, line

    return refused


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("nowhere.py", f"nowhere.py: no such file in {ROOT}"),
        (
            f"{BROKEN}/syntax_error.py",
            f"{BROKEN}/syntax_error.py, line 4: does not parse: expected ':'",
        ),
        (
            f"{BROKEN}/import_fails.py",
            f"{BROKEN}/import_fails.py, line 3: its import fails: "
            "ZeroDivisionError: division by zero",
        ),
        (
            f"{BROKEN}/defines_none.py",
            f"{BROKEN}/defines_none.py: defines none of the formulas and no train_step, "
            f"expected at least one of {', '.join(FORMULAS)}, train_step",
        ),
        (
            f"{BROKEN}/wrong_parameters.py",
            f"{BROKEN}/wrong_parameters.py, line 4: relu_backward(upstream) takes wrong arguments, "
            "expected 2 positional: (upstream, layer_outputs)",
        ),
        (
            f"{BROKEN}/not_callable.py",
            f"{BROKEN}/not_callable.py: dense_forward is of type int, expected a function; "
            "expected 3 positional: (inputs, weights, biases)",
        ),
    ],
)
def test_a_file_that_is_no_derivation_is_refused(refused, file, reason):
    assert refused("--derivation", file) == (4, "", f"ERROR: --derivation {reason}")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere/verdict.json", "its folder does not exist"),
        ("tests", "is a directory, expected a file"),
        ("README.md/verdict.json", "its folder does not exist"),
    ],
)
def test_a_place_for_the_verdict_that_cannot_be_written_is_refused_before_the_run(
    refused, path, reason
):
    line = f"ERROR: --verdict-json {path}: cannot be written: {reason}"

    assert refused("--verdict-json", path) == (4, "", line)


def test_an_unknown_framework_is_refused_and_the_known_ones_are_named(refused):
    line = f"ERROR: --framework theano: no such framework, expected one of {KNOWN}"

    assert refused("--framework", "torch", "--framework", "theano") == (4, "", line)


@pytest.mark.parametrize("seed", ["-1", "1.5", "today", ""])
def test_a_seed_that_is_no_whole_number_is_refused(refused, seed):
    line = f"ERROR: --hypothesis-seed: expected a whole number or 'random', not {seed!r}"

    assert refused(f"--hypothesis-seed={seed}") == (4, "", line)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--kink", "2"), "2: expected one of 0, 0.5, 1"),
        (
            ("--kink", "1", "--derivation", "tests/candidates/wrong/sgd_sign.py"),
            "1: the reference's relu_backward gives 0 at the kink, expected a --derivation with "
            "relu_backward or with train_step alone",
        ),
    ],
)
def test_a_choice_at_the_kink_that_cannot_be_compared_is_refused(refused, options, reason):
    assert refused(*options) == (4, "", f"ERROR: --kink {reason}")


@pytest.mark.parametrize("name", ["jax:jvp", "torch:*"])
def test_a_variant_with_another_choice_at_the_kink_is_refused(refused, name):
    file = "tests/candidates/wrong/mask_ge.py"

    status, stdout, line = refused("--derivation", file, "--kink", "1", "--framework", name)

    assert status == 4
    assert "verdict" not in stdout
    assert line == (
        f"ERROR: --framework {name} always has 0 as ReLU's derivative at 0, expected "
        f"--framework {name.partition(':')[0]} with --kink 1"
    )


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_a_framework_that_is_not_installed_is_refused_and_the_remedy_is_named(refused, name):
    status, stdout, line = refused("--framework", name)

    assert status == 4
    assert "verdict" not in stdout
    assert line == (
        f"ERROR: framework {name} needs the package {name}, which is not installed: "
        "pip install -r requirements.txt (or choose others with --framework)"
    )
