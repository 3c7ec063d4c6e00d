"""Where crossgrad's own time and memory go: inside what is checked, and around it.

Inside are the frameworks' traces and the formulas of the derivation; all else is around them.
"""

import cProfile
import pstats
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.names import A_FILE, OWN, named
from benchmarks.speed import SHAPES
from harness import candidate
from harness import walk as walked
from harness.case import Case, Shape
from harness.derivation import DOCUMENT_FORMULAS, REFERENCE, Derivation

ROUNDS = 3
# Cases in each stack, by shape. Of the larger twice as many as in `speed.py`, so that the
# frameworks, too, are slower, and a larger share is theirs.
STACK = (8_192, 4_096, 1_024)
# Its memory grows by so many cases from the one to the other; what is there once falls out.
FEW, MANY = 1_000, 5_000


@dataclass
class Clock:
    """The time spent in the functions that it has wrapped."""

    seconds: float = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, on this clock."""

        @wraps(function)
        def on_the_clock(*arguments: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - start

        return on_the_clock


def measure() -> dict[str, Any]:
    """By tool and regime, and by shape: seconds outside over seconds inside, a median of rounds."""
    file = candidate.load(ours.FILE, ours.FOLDER)
    return {
        f"{tool}, {regime}": {
            named(shape): median(ratio(cases, regime) for _ in range(ROUNDS))
            for shape, count in zip(SHAPES, STACK, strict=True)
            for cases in [ours.stacks(shape, regime, count)]
        }
        for tool, ratio in ((OWN, of_the_reference), (A_FILE, partial(of_a_file, file)))
        for regime in ours.REGIMES
    }


def of_a_file(derivation: Derivation, cases: Sequence[Case], regime: str) -> float:
    """Formulas that are called one case at a time, in this process: each call is on the clock."""
    clock = Clock()
    formulas = {name: clock.timed(getattr(derivation, name)) for name in DOCUMENT_FORMULAS}
    witnesses = [w._replace(trace=clock.timed(w.trace)) for w in ours.witnesses()]
    start = time.perf_counter()
    ours.check(derivation._replace(**formulas), cases, regime, witnesses)
    return (time.perf_counter() - start) / clock.seconds - 1


def of_the_reference(cases: Sequence[Case], regime: str) -> float:
    """Our own formulas are known by what they are, so no wrapper: a profiler reads its clock.

    On a stack they are few calls, and so cost the profiler nothing. Where the balls run them they
    are not what is checked.
    """
    clock = Clock()
    witnesses = [w._replace(trace=clock.timed(w.trace)) for w in ours.witnesses()]
    profile = cProfile.Profile()
    start = time.perf_counter()
    profile.runcall(ours.check, REFERENCE, cases, regime, witnesses)
    total = time.perf_counter() - start
    for name in DOCUMENT_FORMULAS:
        clock.seconds += of_formula(pstats.Stats(profile), getattr(REFERENCE, name).__code__)
    return total / clock.seconds - 1


def of_formula(stats: Any, code: Any) -> float:
    """Seconds in a formula, less those of the calls that run it on other kinds of numbers."""
    key = code.co_filename, code.co_firstlineno, code.co_name
    callers = stats.stats[key][4]
    return sum(each[3] for caller, each in callers.items() if caller[0] != walked.__file__)


def memory() -> dict[str, Any]:
    """By regime: the bytes a case at the peak of a check, as NumPy and Python allocate them.

    What the frameworks allocate for themselves is not seen.
    """
    shape = SHAPES[0]
    return {
        "shape": named(shape),
        "bytes a case": {
            regime: (_peak(shape, regime, MANY) - _peak(shape, regime, FEW)) / (MANY - FEW)
            for regime in ours.REGIMES
        },
    }


def _peak(shape: Shape, regime: str, count: int) -> int:
    case = ours.stack(shape, regime, count)
    ours.check(REFERENCE, [case], regime)
    tracemalloc.start()
    try:
        ours.check(REFERENCE, [case], regime)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
