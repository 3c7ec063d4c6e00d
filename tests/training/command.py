"""What both commands have in common: the digits, the options, one thread, where files go."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from harness import verdict_json
from harness.options import UsageError, refusing
from harness.terminal import Parser

DOCS = Path(__file__).parents[2] / "docs"
# The number of threads may decide the order of a sum. Read when a library is imported.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


def parse(name: str, what: str, arguments: Sequence[str], epochs: int) -> argparse.Namespace:
    """The options: seed, epochs, the folder as a path. Exits if there is something else."""
    parser = Parser(prog=f"tox -e {name} --", description=what, allow_abbrev=False)
    add = parser.add_argument
    add("--into", metavar="FOLDER", type=Path, default=DOCS, help="where files go (default: docs)")
    add("--seed", metavar="N", type=whole, default=0, help="another split, start and order")
    add("--epochs", metavar="N", type=some, default=epochs, help=f"(default: {epochs})")
    return parser.parse_args(arguments)


def whole(text: str) -> int:
    """A whole number. Raises what argparse expects."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"expected a whole number, not {text!r}")
    return int(text)


def some(text: str) -> int:
    """The same from 1 on."""
    if not (number := whole(text)):
        raise argparse.ArgumentTypeError(f"expected at least 1, not {text!r}")
    return number


def with_one_thread(module: str, arguments: Sequence[str]) -> None:
    """Begin the command again, in this process, unless its libraries have one thread already."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        command = [sys.executable, "-m", module, *arguments]
        os.execve(sys.executable, command, os.environ | ONE_THREAD)


def writable(folder: Path, files: Sequence[str]) -> None:
    """Make the folders that files go to. Raises UsageError if they cannot be written."""
    for name in files:
        path = folder / name
        with refusing(f"--into {folder}: {name} cannot be written: ", OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            verdict_json.check_writable(path)


def tidy(folder: Path, files: Sequence[str]) -> None:
    """Remove what was being written when a process was killed: see `files.replace`."""
    for name in files:
        path = folder / name
        for left in path.parent.glob(f".{path.name}.*[0-9]"):
            left.unlink(missing_ok=True)


def digits() -> tuple[np.ndarray, np.ndarray, str]:
    """The images (1797, 64), their classes, and scikit-learn's version. Raises UsageError."""
    try:
        import sklearn
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the digits need the package {error.name}, which is not installed: "
            "pip install -r requirements.txt"
        ) from None
    images, classes = load_digits(return_X_y=True)
    return images, classes, sklearn.__version__
