"""The command of certified training: `tox -e train`, or `python -m tests.training`.

It joins the harness with the frameworks and the digits. Exit status 0: every step was inside its
radii; 1: one was not, or not all steps were made; 4: it cannot be run, one line says why.
"""

import argparse
import json
import sys
from collections.abc import Sequence

import numpy as np

import adapters
from harness import files, source
from harness.bar import Bar
from harness.options import UsageError
from harness.terminal import USAGE, folded, say
from harness.training import checkpoint, data, page, results
from harness.training.certified import OURS, OutsideError, Training
from harness.training.data import Plan
from harness.training.figures import FIGURES
from harness.training.run import run
from harness.witness import WitnessError
from tests.training import command

PAGE = "training.md"
RESULTS = "training/results.json"
WEIGHTS = "training/weights.json"
CHECKPOINT = "training/checkpoint.json"
FIGURE = "training/{}"
FILES = [PAGE, RESULTS, WEIGHTS, CHECKPOINT, *map(FIGURE.format, FIGURES)]


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    what = "Train a network in which every step is checked."
    given = command.parse("train", what, arguments, Plan().epochs)
    place = f"{given.into / CHECKPOINT}: "
    try:
        command.with_one_thread("tests.training", arguments)
        return _run(given)
    except (UsageError, adapters.FrameworkError) as error:
        return _ended(f"ERROR: {error}", USAGE)
    except checkpoint.CheckpointError as error:
        return _ended(f"ERROR: {place}{error}: go on with the same, or remove it", USAGE)
    except OSError as error:
        return _ended(f"ERROR: {error.filename or given.into}: {error.strerror}", USAGE)
    except OutsideError as error:
        return _ended(f"reference DISAGREES: {error}", 1)
    except WitnessError as error:
        return _ended(f"Not checked to the end: {error}", 1)
    except KeyboardInterrupt:
        return _ended(f"Ended. The same command goes on from {given.into / CHECKPOINT}.", 1)


def _ended(line: str, status: int) -> int:
    say(folded([line]), sys.stderr)
    return status


def _run(given: argparse.Namespace) -> int:
    command.writable(given.into, FILES)
    images, classes, version = command.digits()
    plan = Plan(seed=given.seed, epochs=given.epochs)
    digits = data.split(images, classes, plan)
    witnesses = adapters.choose(list(adapters.discover())).witnesses
    versions = {witness.name: witness.version for witness in witnesses}
    versions |= {"NumPy": np.__version__, "scikit-learn": version}
    decisive = {"versions": versions, "source code": source.digest()}
    with Bar(sys.stderr) as bar:

        def told(training: Training, share: float) -> None:
            bar.show(_line(training, plan), share)

        path = given.into / CHECKPOINT
        trainings = run(digits, plan, witnesses, decisive, path, told)
    found = results.results(plan, digits.widths(plan), versions, trainings)
    weights = {
        dtype: {name: checkpoint.weights(layers) for name, layers in training.layers.items()}
        for dtype, training in trainings.items()
    }
    files.replace(given.into / WEIGHTS, json.dumps(weights) + "\n")
    files.replace(given.into / RESULTS, json.dumps(found) + "\n")
    for name, (_, draw) in FIGURES.items():
        files.replace(given.into / FIGURE.format(name), draw(found))
    files.replace(given.into / PAGE, page.page(found))
    # Last: until then the same command writes all of them again.
    (given.into / CHECKPOINT).unlink()
    command.tidy(given.into, FILES)
    named = " and ".join(f"{witness.name} {witness.version}" for witness in witnesses)
    steps = sum(training["steps"] for training in found["trainings"].values())
    say(folded([f"reference agrees with {named} in each of {steps:,} steps", ""]))
    say(page.table(found["trainings"]))
    say(["", f"Written: {given.into / PAGE}, and what it shows."])
    return 0


def _line(training: Training, plan: Plan) -> str:
    now = {what: values[-1] for what, values in training.series.items()}
    alone = [values for what, values in training.series.items() if what.startswith("alone ")]
    reached = training.accuracy[OURS]
    tested = f", accuracy {reached[-1]:.1%}" if reached else ""
    # Cut, not rounded: 1.000 would look like a bound that is reached.
    tightest = int(max(map(max, alone)) * 1000) / 1000
    return (
        f"{training.dtype}, epoch {min(training.epoch + 1, plan.epochs)} of {plan.epochs}: "
        f"error over radius {tightest:.3f}, loss {now['loss']:.3f}{tested}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
