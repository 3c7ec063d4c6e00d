"""The command of what each mistake costs: `tox -e costs`, or `python -m tests.training.costs`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

import numpy as np

from harness import files
from harness.bar import Bar
from harness.blocks import processors
from harness.mistakes import CATALOGUE
from harness.options import UsageError
from harness.terminal import USAGE, folded, say
from harness.training import costs_page, measured
from harness.training.costs import PLAN, STARTS
from tests.training import command

PAGE = "costs.md"
RESULTS = "training/costs.json"
FIGURE = "training/costs.svg"


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 if it was measured, 1 if it was ended before, 4 if it cannot be run."""
    what = "Train a network with each mistake of the catalogue."
    given = command.parse("costs", what, arguments, PLAN.epochs)
    try:
        return _run(given)
    except UsageError as error:
        say(folded([f"ERROR: {error}"]), sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        say(["Ended: nothing is written."], sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    command.writable(given.into, [PAGE, RESULTS, FIGURE])
    images, classes, version = command.digits()
    plan = PLAN._replace(seed=given.seed, epochs=given.epochs)
    os.environ.update(command.ONE_THREAD)
    with Bar(sys.stderr) as bar:

        def told(done: int, of: int) -> None:
            bar.show(f"{done:,} of {of:,} trainings", done / of)

        outcomes = measured.measure(images, classes, plan, CATALOGUE, STARTS, processors(), told)
    versions = {"NumPy": np.__version__, "scikit-learn": version}
    found = measured.results(plan, versions, CATALOGUE, outcomes)
    files.replace(given.into / RESULTS, json.dumps(found) + "\n")
    files.replace(given.into / FIGURE, costs_page.figure(found))
    files.replace(given.into / PAGE, costs_page.page(found))
    groups = costs_page.grouped(found)
    say([f"{costs_page.TITLES[name]}: {len(group)}" for name, group in groups.items()])
    say([f"Written: {given.into / PAGE}, and what it shows."])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
