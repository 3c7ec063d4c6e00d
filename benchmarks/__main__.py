"""`python -m benchmarks`: measure everything, print it, and write it beside this file."""

import json
import os
import platform
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import alarms, catching, chart, growth, report, shares, speed
from harness import files

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("numpy", "torch", "jax", "autograd", "chex")


def measure() -> dict[str, Any]:
    """All results, as they are written in JSON; what is being measured goes to standard error."""
    results: dict[str, Any] = {
        "processors": os.cpu_count(),
        "versions": {"Python": platform.python_version()}
        | {each: version(each) for each in PACKAGES},
        "rounds": speed.ROUNDS,
    }
    for name, part in (
        ("speed", speed.measure),
        ("catching", catching.measure),
        ("alarms", alarms.measure),
        ("shares", shares.measure),
        ("growth", growth.measure),
        ("memory", shares.memory),
    ):
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        results[name] = part()
    return results


def write(results: dict[str, Any]) -> None:
    """The three files, each written at once."""
    files.replace(RESULTS, json.dumps(results, indent=1) + "\n")
    files.replace(RESULTS.with_suffix(".md"), report.markdown(results))
    files.replace(RESULTS.with_suffix(".svg"), chart.svg(results))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, write and print; or write and print what was measured last."""
    parser = ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--report", action="store_true", help="measure nothing: write results.json in words again"
    )
    again = parser.parse_args(arguments).report
    results = json.loads(RESULTS.read_text()) if again else measure()
    write(results)
    print(report.markdown(results))


if __name__ == "__main__":
    main()
