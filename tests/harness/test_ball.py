"""Ball's contract by brute force: correct implementations never leave the ball, nor half of it.

A `Machine` is one correct implementation, emulated in exact fractions. Each rule of Ball is run
on argument balls, and by many machines on points of these balls. The largest |value - mid| over
radius must be at most 1 (sound) and more than 1/2: a radius half as wide would be caught, in each
of the regimes that bring out one part of it (rounding, the arguments' own radii, underflow).
"""

import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from harness.ball import Ball
from harness.formats import FORMATS, carrier, exponent_range, precision

TRIALS = 400


class Product(NamedTuple):
    """Two factors that a machine has not multiplied yet, so that it may fuse them into a sum."""

    left: Fraction
    right: Fraction


class Machine(NamedTuple):
    """A format, whether it flushes and fuses, the bits of its partial results, and its orders."""

    bits: int
    lowest: int  # the exponent of the smallest normal number
    flushes: bool
    fuses: bool
    wide: int
    dice: random.Random

    def rounded(self, value: Fraction) -> Fraction:
        """To nearest, ties to even, in the format; a subnormal result is flushed, or kept."""
        result = nearest(value, self.bits, self.lowest)
        return Fraction(0) if self.flushes and abs(result) < Fraction(2) ** self.lowest else result

    def partial(self, value: Fraction) -> Fraction:
        """In the wider format, if the machine keeps partial results in one."""
        return nearest(value, self.wide, -(2**14)) if self.wide else self.rounded(value)

    def sum(self, *terms: Any) -> Fraction:
        """Terms and products added in an order that the dice choose, fused if the machine may."""
        left = list(terms)
        while len(left) > 1:
            first, second = (left.pop(self.dice.randrange(len(left))) for _ in range(2))
            if isinstance(first, Product) and not self.fuses:
                first = self.value(first)
            exact = first.left * first.right if isinstance(first, Product) else first
            left.append(self.partial(exact + self.value(second)))
        return self.rounded(self.value(left[0])) if terms != tuple(left) else self.alone(left[0])

    def alone(self, term: Any) -> Fraction:
        """A single term: a product is one operation, anything else none."""
        return self.rounded(self.value(term)) if isinstance(term, Product) else term

    def value(self, term: Any) -> Fraction:
        """What stands for the term in an addition."""
        return self.partial(term.left * term.right) if isinstance(term, Product) else term


def nearest(value: Fraction, bits: int, lowest: int) -> Fraction:
    """The nearest number of so many bits whose exponent is at least `lowest`, ties to even."""
    exponent = abs(value.numerator).bit_length() - value.denominator.bit_length()
    exponent -= abs(value) < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, lowest) - bits + 1)
    return round(value / unit) * unit


def dot(machine: Machine, x: Any, w: Any, *more: Fraction) -> Fraction:
    """A row times a column, plus further terms of the same sum."""
    return machine.sum(*map(Product, x[0], w[:, 0]), *more)


def masked(gradient: Any, z: Any) -> Any:
    """The document's masked assignment, on balls."""
    result = gradient.copy()
    result[z <= 0] = 0
    return result


class Rule(NamedTuple):
    """An operation on balls, the same on points, its operands' shapes; the first are factors."""

    balls: Callable[..., Ball]
    points: Callable[..., Any]
    shapes: tuple[tuple[int, int], ...]
    factors: int = 0


ONE = (1, 1)
ROUNDED = {
    "plus": Rule(lambda a, b: a + b, lambda m, a, b: m.sum(a[0, 0], b[0, 0]), (ONE, ONE)),
    "minus": Rule(lambda a, b: a - b, lambda m, a, b: m.sum(a[0, 0], -b[0, 0]), (ONE, ONE)),
    "plus, of two sums": Rule(
        lambda a, b, c, d: (a + b) + (c - d),
        lambda m, a, b, c, d: m.sum(a[0, 0], b[0, 0], c[0, 0], -d[0, 0]),
        (ONE,) * 4,
    ),
    "times": Rule(lambda a, b: a * b, dot, (ONE, ONE), 2),
    "dot of 1": Rule(np.dot, dot, (ONE, ONE), 2),
    "dot of 2": Rule(np.dot, dot, ((1, 2), (2, 1)), 2),
    "dot of 3": Rule(np.matmul, dot, ((1, 3), (3, 1)), 2),
    "dot of 2, plus bias": Rule(
        lambda x, w, b: np.dot(x, w) + b,
        lambda m, x, w, b: dot(m, x, w, b[0, 0]),
        ((1, 2), (2, 1), ONE),
        2,
    ),
    "column_sum of 2": Rule(
        lambda a: np.sum(a, axis=0, keepdims=True), lambda m, a: m.sum(*a[:, 0]), ((2, 1),)
    ),
}
OPEN = {
    "column_sum of 3": Rule(Ball.column_sum, lambda m, a: m.sum(*a[:, 0]), ((3, 1),)),
    "column_sum of sums": Rule(
        lambda a, b: (a + b).column_sum(), lambda m, a, b: m.sum(*a[:, 0], *b[:, 0]), ((2, 1),) * 2
    ),
}
EXACT = {
    "negated": Rule(lambda a: -a, lambda m, a: -a, ((2, 3),)),
    "copy": Rule(np.copy, lambda m, a: a, ((2, 3),)),
    "transposed": Rule(lambda a: a.T, lambda m, a: a.T, ((2, 3),)),
    "maximum": Rule(np.maximum, lambda m, a, b: np.maximum(a, b), (ONE, ONE)),
    "relu": Rule(lambda z: np.maximum(0, z), lambda m, z: np.maximum(0, z), (ONE,)),
    "masked assignment": Rule(masked, lambda m, d, z: np.where(z <= 0, 0, d), (ONE, ONE)),
}
RULES = ROUNDED | OPEN | EXACT
CHECKS = [
    *((name, regime) for name in ROUNDED for regime in ("rounding", "ends", "underflow")),
    *((name, regime) for name in OPEN for regime in ("rounding", "ends")),
    *((name, "ends") for name in EXACT),
]


def draw(rng: Any, regime: str, dtype: Any, sizes: Any, place: int, factors: int) -> Any:
    """Midpoints and radii of one operand's balls, in the dtype, adversarial in their regime."""
    bits, lowest = precision(dtype).bits, exponent_range(dtype).lowest
    if regime == "ends":
        return rng.integers(-24, 25, sizes) / dtype.type(8), rng.integers(
            0, 17, sizes
        ) / dtype.type(8)
    # A product of two numbers just above 1 is just above 1, with any digits after the last bit.
    above = 1 + rng.integers(0, 2 ** (bits // 2 + 1), sizes) * np.ldexp(1.0, 1 - bits)
    if regime == "rounding":
        exponents = rng.choice([0, -bits, -bits - 1], sizes)
    else:
        above = np.where(rng.random(sizes) < 0.5, above, 3 - above)
        split = (lowest // 2, lowest - lowest // 2 - 1)
        exponents = np.full(sizes, split[place] if place < factors else lowest)
    signs = rng.choice([-1, 1], sizes, p=[0.25, 0.75])
    return np.ldexp(signs * above, exponents).astype(dtype), np.zeros(sizes, dtype)


def points(rng: Any, mid: Any, radius: Any) -> Any:
    """Numbers of the dtype in the balls, most of them at an end."""
    reach = rng.choice([-1, -1, -1, 1, 1, 1, 0, 0.375], mid.shape).astype(mid.dtype)
    return fractions(mid + reach * radius)


def fractions(array: Any) -> Any:
    """The same numbers, exactly."""
    carried = array.astype(carrier(array.dtype))
    exact = [Fraction(*value.as_integer_ratio()) for value in carried.ravel()]
    return np.array([*exact, None], object)[:-1].reshape(array.shape)


def ball(mid: Any, radius: Any, dtype: Any) -> Ball:
    """The ball around each element of mid with the radius given."""
    wide = precision(dtype).wide
    mid, radius = mid.astype(wide), radius.astype(wide)
    return Ball.around(mid, radius, precision(dtype))


@cache
def worst(name: str, regime: str, dtype: Any) -> Fraction:
    """The largest distance from the midpoint over the radius that any machine reaches."""
    rule, seed = RULES[name], 20 + len(name)
    rng, dice, bits = np.random.default_rng(seed), random.Random(seed), precision(dtype).bits
    operands = [
        draw(rng, regime, dtype, (TRIALS, *shape), place, rule.factors)
        for place, shape in enumerate(rule.shapes)
    ]
    result = rule.balls(*(ball(mid, radius, dtype) for mid, radius in operands))
    mids, radii = fractions(result.mid), fractions(result.radius)
    at = [points(rng, mid, radius) for mid, radius in operands]
    ratios = [Fraction(0)]
    for trial in range(TRIALS):
        modes = (
            dice.random() < 0.5,
            dice.random() < 0.5,
            dice.choice([0, 0, max(24, 2 * bits + 2), 64]),
        )
        machine = Machine(bits, exponent_range(dtype).lowest, *modes, dice)
        values = rule.points(machine, *(operand[trial] for operand in at))
        distances = np.abs(values - mids[trial]).ravel()
        for distance, radius in zip(distances, radii[trial].ravel(), strict=True):
            ratios.append(distance / radius if radius else Fraction(bool(distance)) * 2)
    return max(ratios)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize(("name", "regime"), CHECKS)
def test_no_correct_implementation_leaves_the_ball(name, regime, dtype):
    assert worst(name, regime, dtype) <= 1


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize(("name", "regime"), CHECKS)
def test_a_ball_of_half_the_radius_would_be_left(name, regime, dtype):
    assert worst(name, regime, dtype) > Fraction(1, 2)
