"""Ball's rules for exp, log, quotients, rows and means by brute force, as `test_ball.py` has it.

The largest |value - mid| over radius that any correct implementation reaches must be at most 1
(sound), and more than 1/2 of a radius that brings out one part of the rule (sharp). Each rule has
an implementation planted that is wrong by little, and leaves the ball.
"""

import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
from test_ball import Machine, ball, fractions, nearest, points

from harness.formats import FORMATS, exponent_range, precision

TRIALS = 300


class Computer(NamedTuple):
    """A machine with exp and log as exact as the libraries have them, and a way to divide."""

    machine: Machine
    exp_ulps: Fraction
    log_ulps: Fraction
    reciprocal: bool

    def exp(self, x: Fraction) -> Fraction:
        return self.off(mpmath.exp(exactly(x)), self.exp_ulps)

    def log(self, x: Fraction) -> Fraction:
        return self.off(mpmath.log(exactly(x)), self.log_ulps)

    def off(self, value: Any, ulps: Fraction) -> Fraction:
        """The farthest number of the format on one side that the bound allows, or any between."""
        bits, lowest, dice = self.machine.bits, self.machine.lowest, self.machine.dice
        exact = Fraction(int(value.man)) * Fraction(2) ** value.exp * (-1 if value < 0 else 1)
        exponent = int(mpmath.floor(mpmath.log(abs(value), 2))) if value else lowest
        unit = Fraction(2) ** (max(exponent, lowest) - bits + 1)
        far = dice.choice([-1, 1, dice.uniform(-1, 1)])
        result = nearest(exact + Fraction(far) * ulps * unit, bits, lowest)
        while abs(result - exact) > ulps * unit:
            result += unit if result < exact else -unit
        return self.machine.rounded(result)

    def divided(self, a: Fraction, b: Fraction) -> Fraction:
        if self.reciprocal:
            return self.machine.rounded(a * self.machine.rounded(1 / b))
        return self.machine.rounded(a / b)

    def sum(self, terms: Any) -> Fraction:
        return self.machine.sum(*terms)


def exactly(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


class Rule(NamedTuple):
    """An operation on balls, the same on points, a wrong one, and the shapes of its operands."""

    balls: Callable[..., Any]
    points: Callable[..., Any]
    wrong: Callable[..., Any]
    shapes: tuple[tuple[int, int], ...]


def row_sum(a):
    return np.sum(a, axis=1, keepdims=True)


def row_max(a):
    return np.max(a, axis=1, keepdims=True)


def with_row(a, b):
    result = a.copy()
    result[1:2] = b
    return result


def mean(computer, a, count=None):
    total = computer.sum(a.ravel())
    return computer.divided(total, Fraction(count or a.size))


def twice(machine_ulps):
    """A computer whose functions are off by one unit more than any library's."""
    return machine_ulps._replace(
        exp_ulps=2 * machine_ulps.exp_ulps + 1, log_ulps=2 * machine_ulps.log_ulps + 1
    )


ONE, ROW = (1, 1), (1, 3)
CHOSEN = np.array([[0, -1, 1]], np.int8)
RULES = {
    "exp": Rule(np.exp, lambda c, x: c.exp(x[0, 0]), lambda c, x: twice(c).exp(x[0, 0]), (ONE,)),
    "log": Rule(np.log, lambda c, x: c.log(x[0, 0]), lambda c, x: twice(c).log(x[0, 0]), (ONE,)),
    "divided": Rule(
        lambda a, b: a / b,
        lambda c, a, b: c.divided(a[0, 0], b[0, 0]),
        lambda c, a, b: c.divided(a[0, 0], b[0, 0]) * (1 + 4 * Fraction(1, 2**c.machine.bits)),
        (ONE, ONE),
    ),
    "divided by a batch": Rule(
        lambda a: a / 6,
        lambda c, a: c.divided(a[0, 0], Fraction(6)),
        lambda c, a: c.divided(a[0, 0], Fraction(5)),
        (ONE,),
    ),
    "divided by a power of two": Rule(
        lambda a: a / 4,
        lambda c, a: c.divided(a[0, 0], Fraction(4)),
        lambda c, a: c.divided(a[0, 0], Fraction(5)),
        (ONE,),
    ),
    "mean": Rule(np.mean, mean, lambda c, a: mean(c, a, a.size + 1), ((3, 1),)),
    "mean of a matrix": Rule(np.mean, mean, lambda c, a: mean(c, a[:, :1]), ((2, 3),)),
    "row_sum": Rule(
        row_sum, lambda c, a: c.sum(a[0]), lambda c, a: c.sum([*a[0], a[0, 0]]), (ROW,)
    ),
    "row_sum of two": Rule(
        row_sum, lambda c, a: c.sum(a[0]), lambda c, a: c.sum([a[0, 0], -a[0, 1]]), ((1, 2),)
    ),
    "row_sum of chosen": Rule(
        lambda a: row_sum(a * (CHOSEN == 1).astype(np.int8)),
        lambda c, a: a[0, 2],
        lambda c, a: a[0, 1],
        (ROW,),
    ),
    "row_max": Rule(
        row_max, lambda c, a: a.max(1, keepdims=True), lambda c, a: a.min(1, keepdims=True), (ROW,)
    ),
    "times 0, 1 and -1": Rule(
        lambda a: a * CHOSEN, lambda c, a: a * CHOSEN, lambda c, a: a * -CHOSEN, (ROW,)
    ),
    "rows": Rule(lambda a: a[1:3], lambda c, a: a[1:3], lambda c, a: a[:2], ((3, 2),)),
    "assigned row": Rule(
        with_row, lambda c, a, b: with_row(a, b), lambda c, a, b: a, ((2, 2), (1, 2))
    ),
    "diagonal": Rule(
        np.diagflat, lambda c, a: np.diag(a[0]), lambda c, a: np.diag(a[0][::-1]), (ROW,)
    ),
}
FUNCTIONS = ("exp", "log", "divided", "divided by a batch")
SUMS = ("mean", "row_sum", "row_sum of two")
EXACT = ("rows", "assigned row", "diagonal", "times 0, 1 and -1", "row_sum of chosen", "row_max")
CHECKS = [
    *((name, regime) for name in FUNCTIONS for regime in ("rounding", "ends", "underflow")),
    *((name, regime) for name in SUMS for regime in ("rounding", "ends")),
    *((name, "ends") for name in (*EXACT, "mean of a matrix", "divided by a power of two")),
    ("divided by a power of two", "underflow"),
    ("log", "near 1"),
    ("exp", "far"),
]
# No order that is drawn comes near the bound of so many additions.
LOOSE = [("mean of a matrix", "rounding"), ("divided", "large")]


def draw(rng: Any, name: str, regime: str, dtype: Any, sizes: Any, place: int) -> Any:
    """Midpoints and radii of one operand's balls, numbers of the dtype."""
    bits, lowest = precision(dtype).bits, exponent_range(dtype).lowest
    positive = name == "log" or (name == "divided" and place == 1)
    radius = np.zeros(sizes)
    if regime in ("ends", "far"):
        mid = rng.integers(-24, 25, sizes) / 8
        radius = rng.integers(0, 17, sizes) / (8 if regime == "far" else 16)
        if positive:
            mid = radius + rng.integers(1, 17, sizes) / 8
        mid = -np.abs(mid) if regime == "far" else mid
    elif regime == "near 1":
        mid = 1 + rng.integers(-8, 9, sizes) * np.ldexp(1.0, 1 - bits)
    elif regime == "large":  # a divisor whose reciprocal is flushed
        mid = np.ldexp(rng.uniform(1, 1.9, sizes), place * (1 - lowest))
        mid *= 1 if place else rng.uniform(1, 8000, sizes)
    elif regime == "underflow" and name == "exp":
        mid = np.log(2) * lowest * (1 + rng.uniform(-1, 1, sizes) * 2.0 ** (2 - bits))
    elif regime == "underflow" and name == "log":
        mid = np.ldexp(rng.uniform(1, 2, sizes), lowest)
    elif regime == "underflow":
        mid = np.ldexp(rng.uniform(1, 6, sizes), lowest)
        mid = rng.uniform(1, 4, sizes) if positive else mid
    elif name == "exp":
        mid = rng.uniform(0.9 * np.log(2) * lowest, 2, sizes)
    elif name == "log":
        mid = np.exp2(rng.uniform(lowest, -lowest, sizes))
    else:
        mid = rng.uniform(1, 2, sizes)
    return mid.astype(dtype), radius.astype(dtype)


@cache
def worst(name: str, regime: str, dtype: Any, planted: bool = False) -> Fraction:
    """The largest distance from the midpoint over the radius that any computer reaches."""
    rule, known = RULES[name], precision(dtype)
    rng, dice = np.random.default_rng(len(name)), random.Random(len(name))
    operands = [
        draw(rng, name, regime, dtype, (TRIALS, *shape), place)
        for place, shape in enumerate(rule.shapes)
    ]
    result = rule.balls(*(ball(mid, radius, dtype) for mid, radius in operands))
    mids, radii = fractions(result.mid), fractions(np.broadcast_to(result.radius, result.shape))
    at = [points(rng, mid, radius) for mid, radius in operands]
    ratios = [Fraction(0)]
    with mpmath.workdps(60):
        for trial in range(TRIALS):
            flushes, reciprocal = (dice.random() < 0.5 for _ in range(2))
            lowest = exponent_range(dtype).lowest
            machine = Machine(known.bits, lowest, flushes, False, 0, dice)
            off = (Fraction(known.exp_ulps), Fraction(known.log_ulps))
            computer = Computer(machine, *off, reciprocal)
            compute = rule.wrong if planted else rule.points
            values = compute(computer, *(operand[trial] for operand in at))
            distances = np.ravel(np.abs(values - mids[trial]))
            for distance, radius in zip(distances, np.ravel(radii[trial]), strict=True):
                ratios.append(distance / radius if radius else Fraction(bool(distance)) * 2)
    return max(ratios)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize(("name", "regime"), CHECKS + LOOSE)
def test_no_correct_implementation_leaves_the_ball(name, regime, dtype):
    assert worst(name, regime, dtype) <= 1


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize(("name", "regime"), CHECKS)
def test_a_ball_of_half_the_radius_would_be_left(name, regime, dtype):
    assert worst(name, regime, dtype) > Fraction(1, 2)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("name", RULES)
def test_an_implementation_that_is_wrong_by_little_leaves_the_ball(name, dtype):
    regime = "ends" if name in (*EXACT, "divided by a power of two") else "rounding"

    assert worst(name, regime, dtype, planted=True) > 1
