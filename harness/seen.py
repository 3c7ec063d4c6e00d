"""What a derivation made of the cases of a diagnosis, and when two made the same of one."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.ball import Ball
from harness.calling import Fault
from harness.case import Array, Case, Trace
from harness.compare import differs
from harness.derivation import REFERENCE
from harness.formats import precision
from harness.forms import in_any_form
from harness.kinds import RAISED
from harness.walk import walk

SINGLE: Final = precision(np.dtype(np.float32))
ROUNDING: Final = float(SINGLE.unit_roundoff)
# Of the largest number in a sum: a few hundred roundings of float64, in which cases are.
CANCELLED: Final = 2.0**-44


class Seen(NamedTuple):
    """What a derivation made of a stack: its quantities, None where unknown, and its faults.

    Exponentials round, so no two spellings have the same bits in a case with a head. There, two
    are the same where they differ by no more than the certified `radii` of float32, or than one
    rounding to it: that is much more than float64's rounding makes of a spelling, also of one whose
    truth is tiny, and less than a mistake.
    """

    case: Case
    truth: Trace
    trace: Trace
    faults: Sequence[Fault]
    radii: Trace | None = None


def radii(case: Case, truth: Trace) -> Trace | None:
    """How far two spellings of one formula may be apart in a case with a head.

    What is left of terms that cancel may be nearly nothing, of which no spelling has any digit.
    """
    if case.targets is None:
        return None
    largest = np.maximum(1, np.abs(case.upstream).max(axis=(1, 2), initial=0))

    def ball(value: Any) -> Ball:
        return value if isinstance(value, Ball) else Ball.exact(value, SINGLE)

    def near(ball: Ball) -> Array:
        least: Array = CANCELLED * largest.reshape(-1, *[1] * (ball.mid.ndim - 1))
        return ball.radius + least

    with np.errstate(all="ignore"):
        (balls,) = walk(in_any_form(REFERENCE, ball), case, truth)
        return (type(balls)(*(near(each) for each in balls)),)


def said_of(
    quantities: Sequence[str], faults: Sequence[Fault], rounds: bool
) -> list[tuple[str, int, str, str]]:
    """What the faults of these quantities say; an exception is about all. Zero's sign is left out,
    as in every comparison, and where the formula `rounds` so are the last digits."""
    return [
        (
            "" if fault.kind == RAISED else fault.quantity,
            fault.place,
            fault.kind,
            _few_digits(fault.observed) if rounds else fault.observed.replace("-0.0 ", "0.0 "),
        )
        for fault in faults
        if fault.quantity in quantities or fault.kind == RAISED
    ]


def _few_digits(text: str) -> str:
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda found: f"{float(found[0]) + 0.0:.6g}", text)


def same(one: Trace, other: Trace, quantities: Sequence[str], near: Trace | None) -> bool:
    """Whether two traces have the same numbers in these quantities, where both have them."""
    for layer, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        for quantity in quantities:
            values = getattr(mine, quantity), getattr(theirs, quantity)
            if any(value is None for value in values):
                continue
            apart = differs(*values)
            if near is not None and apart.any():
                radius = getattr(near[layer], quantity) + ROUNDING * np.abs(values[0])
                with np.errstate(invalid="ignore"):
                    apart &= ~(np.abs(values[0] - values[1]) <= radius)
            if apart.any():
                return False
    return True
