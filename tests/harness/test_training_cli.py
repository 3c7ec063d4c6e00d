"""The commands from the outside, on digits of their own in a copy of the checkout."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.training import __main__, costs

ROOT = Path(__file__).parents[2]
COPIED = ("harness", "reference", "tests/training", "tests/harness/training.py")
TOY = """
from harness.case import Case
from tests.harness import training

VERSION = "1.0"
trace = training.{0}


def head(layer_outputs, targets, upstream):
    rate = layer_outputs.dtype.type(0)
    return training.{0}(Case(layer_outputs, (), upstream, rate, (), targets))[-1]
"""
# 453 images, of which 96 are trained with: three steps an epoch.
DIGITS = """
from tests.harness.training import few


def load_digits(return_X_y):
    return few(images=453)
"""
EPOCHS = 4
FILES = {"training.md", "training/results.json", "training/weights.json", "training/loss.svg",
         "training/radius.svg", "training/distance.svg"}  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / name)
    for name in ("adapters", "sklearn", "docs"):
        (folder / name).mkdir()
    adapter = (ROOT / "adapters/__init__.py").read_text()
    (folder / "adapters/__init__.py").write_text(adapter)
    for name in ("right", "backwards"):
        (folder / f"adapters/{name}_toy.py").write_text(TOY.format(name))
    (folder / "sklearn/__init__.py").write_text('__version__ = "1.0"\n')
    (folder / "sklearn/datasets.py").write_text(DIGITS)
    return folder


@pytest.fixture(scope="module")
def train(checkout):
    """train(option, ...): exit status, stdout and stderr."""

    def train(*options, module="tests.training"):
        run = subprocess.run(
            command(module, *options), cwd=checkout, capture_output=True, text=True
        )
        return run.returncode, run.stdout, run.stderr

    return train


def command(module, *options):
    return [sys.executable, "-m", module, *map(str, options)]


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(train, tmp_path_factory):
    """The files of a run that nothing ended."""
    folder = tmp_path_factory.mktemp("whole")
    status, stdout, stderr = train("--into", folder, "--epochs", EPOCHS)
    assert status == 0, stderr
    assert stdout.startswith(
        f"reference agrees with backwards 1.0 and right 1.0 in each of {6 * EPOCHS} steps\n"
    )
    return files(folder)


def test_a_run_leaves_what_it_found_and_no_checkpoint(whole):
    found = json.loads(whole["training/results.json"])
    weights = json.loads(whole["training/weights.json"])

    assert set(whole) == FILES
    assert {dtype: each["steps"] for dtype, each in found["trainings"].items()} == {
        "float64": 3 * EPOCHS, "float32": 3 * EPOCHS,
    }  # fmt: skip
    assert set(weights["float32"]) == {"reference", "right", "backwards"}


def test_killed_at_any_moment_it_goes_on_to_the_same_files(checkout, whole, tmp_path):
    moments = random.Random(0)
    killed = 0
    while killed < 4:
        process = subprocess.Popen(
            command("tests.training", "--into", tmp_path, "--epochs", EPOCHS),
            cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not (tmp_path / "training/checkpoint.json").exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 1))
        process.kill()
        if process.wait() == 0:
            break
        killed += 1
    else:
        run = command("tests.training", "--into", tmp_path, "--epochs", EPOCHS)
        assert subprocess.run(run, cwd=checkout, capture_output=True).returncode == 0

    assert killed
    assert files(tmp_path) == whole


def test_ctrl_c_ends_it_where_it_goes_on(checkout, tmp_path):
    place = tmp_path / "training/checkpoint.json"
    process = subprocess.Popen(
        command("tests.training", "--into", tmp_path), cwd=checkout, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not place.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout) == (1, "")
    assert " ".join(stderr.split()) == f"Ended. The same command goes on from {place}."
    assert place.exists()


def test_a_checkpoint_of_another_run_is_refused_in_one_line(train, tmp_path):
    (tmp_path / "training").mkdir()
    place = tmp_path / "training/checkpoint.json"
    place.write_text('{"run": {}, "trainings": {}}')

    status, stdout, stderr = train("--into", tmp_path, "--seed", 1)

    assert (status, stdout) == (4, "")
    assert " ".join(stderr.split()) == (
        f"ERROR: {place}: its training has seed null, and this one 1: go on with the same, or "
        "remove it"
    )


@pytest.mark.parametrize("main", [__main__.main, costs.main], ids=["train", "costs"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "x"], "argument --seed: expected a whole number, not 'x'"),
        (["--epochs", "0"], "argument --epochs: expected at least 1, not '0'"),
        (["--typo"], "unrecognized arguments: --typo"),
    ],
)
def test_an_option_that_means_nothing_is_refused_in_one_line(main, capsys, options, message):
    with pytest.raises(SystemExit) as ended:
        main(options)

    assert ended.value.code == 4
    assert capsys.readouterr() == ("", f"ERROR: {message}\n")


@pytest.mark.parametrize("module", ["tests.training", "tests.training.costs"])
def test_a_folder_that_cannot_be_written_is_refused_in_one_line(train, module):
    status, stdout, stderr = train("--into", "sklearn/__init__.py", module=module)

    page = "training.md" if module == "tests.training" else "costs.md"
    assert (status, stdout) == (4, "")
    assert " ".join(stderr.split()) == (
        f"ERROR: --into sklearn/__init__.py: {page} cannot be written: File exists"
    )


def test_without_the_digits_it_says_what_to_install(checkout, tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['sklearn'] = None\n"
         "from tests.training.costs import main\nsys.exit(main(sys.argv[1:]))",
         "--into", tmp_path],
        cwd=checkout, capture_output=True, text=True,
    )  # fmt: skip

    assert run.returncode == 4
    assert "pip install -r requirements.txt" in " ".join(run.stderr.split())
