"""How the time of a check grows with the number of cases, the batch and the width of a layer.

Each exponent is the slope of a straight line through the logarithms of size and time: 1 where
twice the size takes twice the time.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks import ours
from harness.case import Case, Shape
from harness.derivation import REFERENCE

REPEATS = 3
NUMBERS = (1_000, 2_000, 4_000, 8_000, 16_000)
SIZES = (4, 8, 16, 32, 64)
# Stacks this long, so that what a stack costs whatever it holds is little of it.
STACK = 300


def sweeps() -> dict[str, list[tuple[int, Shape, int]]]:
    """What grows: the (size, shape, cases in the stack) of each point."""
    return {
        "cases": [(number, (3, 4, 3), number) for number in NUMBERS],
        "batch": [(size, (size, 8, 8), STACK) for size in SIZES],
        "width": [(size, (8, size, size), STACK) for size in SIZES],
    }


def measure() -> dict[str, Any]:
    """By what grows, and by regime: the exponent, the sizes, and the seconds of a check."""
    return {
        what: {
            regime: _grown(
                [
                    (size, _seconds(ours.stacks(shape, regime, count), regime))
                    for size, shape, count in points
                ]
            )
            for regime in ours.REGIMES
        }
        for what, points in sweeps().items()
    }


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The p for which time grows as size to the power of p, by least squares on logarithms."""
    return float(np.polyfit(*np.log(np.array(points)).T, 1)[0])


def _grown(points: Sequence[tuple[int, float]]) -> dict[str, Any]:
    return {"exponent": exponent(points), "points": points}


def _seconds(cases: Sequence[Case], regime: str) -> float:
    """The least of several times, which other work on the machine has disturbed least."""
    ours.check(REFERENCE, cases, regime)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        ours.check(REFERENCE, cases, regime)
        times.append(time.perf_counter() - start)
    return min(times)
