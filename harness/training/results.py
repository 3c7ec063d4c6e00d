"""What a whole run came to, as JSON: all that its page and its figures are made of."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.training.certified import OURS, Training
from harness.training.data import Plan
from harness.training.network import digest

# So many digits of a step's numbers are kept: more than a figure shows.
DIGITS: Final = 3
# Each formula by itself, or the whole step.
HOW: Final = ("alone", "whole")


def results(
    plan: Plan,
    widths: Sequence[int],
    versions: Mapping[str, str],
    trainings: Mapping[str, Training],
) -> dict[str, Any]:
    """All of it; `versions` are those of what decides the bits."""
    found = {
        "plan": plan._asdict(),
        "widths": widths,
        "versions": versions,
        "trainings": {dtype: _of(training) for dtype, training in trainings.items()},
    }
    as_written: dict[str, Any] = json.loads(json.dumps(found))
    return as_written


def _of(training: Training) -> dict[str, Any]:
    series = training.series
    names = [name for name in training.layers if name != OURS]

    def tightest(how: str) -> list[float]:
        return [
            max(each) for each in zip(*(series[f"{how} {name}"] for name in names), strict=True)
        ]

    shown = {"loss": series["loss"], **{how: tightest(how) for how in HOW}}
    shown |= {f"distance {name}": series[f"distance {name}"] for name in names}
    return {
        "accuracy": {name: each[-1] for name, each in training.accuracy.items()},
        "weights": {name: digest(layers) for name, layers in training.layers.items()},
        "steps": len(series["loss"]),
        "compared": int(sum(series["compared"])),
        "ambiguous": {how: int(sum(series[f"ambiguous {how}"])) for how in HOW},
        "largest": {
            how: {name: _cut(max(series[f"{how} {name}"])) for name in names} for how in HOW
        },
        "parted": {name: _first(series[f"distance {name}"]) for name in names},
        "distance": {name: _short(series[f"distance {name}"][-1]) for name in names},
        "series": {what: list(map(_short, each)) for what, each in shown.items()},
    }


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _cut(number: float) -> float:
    """Cut, not rounded: 1.0 would look like a bound that is reached."""
    return int(number * 10**DIGITS) / 10**DIGITS


def _first(distances: Sequence[float]) -> int | None:
    """After how many steps two trajectories are no longer one; None if they stay so."""
    apart = np.flatnonzero(distances)
    return int(apart[0]) + 1 if apart.size else None
