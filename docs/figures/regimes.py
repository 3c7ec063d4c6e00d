"""The figures of `docs/how-it-checks.md`, from cases and balls that the harness makes."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from typing import Any, Final, NamedTuple

import numpy as np

from docs.figures.svg import arrow, box, figure, line, text
from harness.ball import Ball
from harness.calling import one_by_one
from harness.case import pick
from harness.compare import differs, error_over_radius
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import precision
from harness.lattice import LADDER, Rung, lattice_stack, needs
from harness.mistakes import CATALOGUE, planted
from harness.walk import walk
from reference import dense_forward

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
SHAPE: Final = (3, 4, 3)
STACKS, CASES = 20, 50
# Of so many cases a neuron whose sums are spread far over its ball.
DRAWN, CASE, PLACE = 64, 2, (1, 1)
# What all rungs show, and what the lowest hides.
MISTAKES: Final = ("mask_ge", "gradient_in_float16", "outputs_in_float32")


class Climbed(NamedTuple):
    """What a rung does: the largest number met, in bits, and how many cases show each mistake."""

    bits: float
    shows: dict[str, int]


def climb(rung: Rung) -> Climbed:
    """A thousand cases of the document's shape at one rung of the ladder, compared bit for bit."""
    rng, shows, widest = np.random.default_rng(0), Counter[str](), 0.0
    for _ in range(STACKS):
        case = lattice_stack(rng, SHAPE, FLOAT64, rung, CASES)
        truth = walk(one_by_one(REFERENCE, SHAPE, []), case)
        widest = max(widest, needs(case).widest)
        for mistake in (each for each in CATALOGUE if each.name in MISTAKES):
            wrong = walk(one_by_one(planted(mistake), SHAPE, []), case, truth)
            right, observed = (getattr(trace[0], mistake.quantities[0]) for trace in (truth, wrong))
            shows[mistake.name] += int(differs(right, observed).any(axis=(1, 2)).sum())
    return Climbed(float(np.log2(widest)), {name: shows[name] for name in MISTAKES})


def exact() -> str:
    """The ladder of magnitudes: how far each rung reaches, and which mistakes it shows."""
    left, unit, top, row = 130, 7.0, 78, 34
    end = top + row * len(LADDER) - 6
    parts = [
        text(left, 20, "the largest sum met, in bits", "quiet", "start"),
        text(700, 20, "cases of 1,000 that show a mistake", "quiet"),
    ]
    for name in ("float16", "float32", "float64"):
        bits = precision(np.dtype(name)).bits
        x = left + unit * bits
        parts += [line(x, top - 10, x, end, dash="3 3"), text(x, top - 33, name, "quiet")]
        parts.append(text(x, top - 17, str(bits), "quiet"))
    columns = {name: 590 + 110 * place for place, name in enumerate(MISTAKES)}
    for name, x in columns.items():
        what, _, where = name.partition("_in_")
        parts += [
            text(x, top - 33, what, "quiet"),
            text(x, top - 17, f"in {where}" * bool(where), "quiet"),
        ]
    for place, rung in enumerate(LADDER):
        y, climbed = top + row * place, climb(rung)
        parts += [
            text(left - 12, y + 15, rung.name, "ink", "end"),
            box(left, y + 2, unit * climbed.bits, 18, "band", 3),
            text(left + 8, y + 15, f"{climbed.bits:.1f}", "ink", "start"),
        ]
        for name, shown in climbed.shows.items():
            parts.append(text(columns[name], y + 15, str(shown), "back" if shown else "quiet"))
    return figure(870, end + 14, "The rungs of the ladder, and what each of them shows", parts)


def rounded(exact: Fraction) -> Fraction:
    """The nearest float32, ties to even."""
    near = np.float32(float(exact))
    around = (np.nextafter(near, np.float32(-np.inf)), near, np.nextafter(near, np.float32(np.inf)))
    # float() has rounded once already, so the nearest is looked for among three.
    best = min(around, key=lambda each: (abs(Fraction(float(each)) - exact), _is_odd(each)))
    return Fraction(float(best))


def _is_odd(value: Any) -> int:
    return int(value.view(np.uint32)) & 1


def sums(products: Sequence[Fraction], plain: Fraction) -> Counter[Fraction]:
    """All that float32 may make of a sum: in any order, a product fused into an addition or not.

    The keys are the results, each with the number of ways that lead to it.
    """

    @cache
    def ways(terms: frozenset[int]) -> Counter[Fraction]:
        first, *others = sorted(terms)
        if not others:
            return Counter({plain if first == len(products) else rounded(products[first]): 1})
        found: Counter[Fraction] = Counter()
        for size in range(len(others)):
            for chosen in combinations(others, size):
                one = frozenset({first, *chosen})
                for (a, n), (b, m) in product(ways(one).items(), ways(terms - one).items()):
                    found[rounded(a + b)] += n * m
                for alone, rest in ((one, terms - one), (terms - one, one)):
                    if len(alone) == 1 and (term := min(alone)) < len(products):
                        for b, m in ways(rest).items():
                            found[rounded(products[term] + b)] += m
        return found

    return ways(frozenset(range(len(products) + 1)))


def certified() -> str:
    """One neuron's ball, all that a correct implementation may return, and a formula outside."""
    case = pick(float_stack(np.random.default_rng(0), SHAPE, FLOAT32, DRAWN), CASE)
    inputs, weights, biases = (array[0] for array in (case.inputs, *case.layers[0]))
    tested = precision(FLOAT32)
    ball = dense_forward(*(Ball.exact(array, tested) for array in (inputs, weights, biases)))
    mid, radius = float(ball.mid[PLACE]), float(ball.radius[PLACE])
    sample, neuron = PLACE
    pairs = zip(inputs[sample].tolist(), weights[:, neuron].tolist(), strict=True)
    results = sums(
        [Fraction(x) * Fraction(w) for x, w in pairs], Fraction(biases[0, neuron].item())
    )
    wrong = dense_forward(inputs, weights.astype(np.float16).astype(np.float32), biases)
    away = float(error_over_radius(wrong, ball)[PLACE])

    middle, unit, base, high = 300.0, 230.0, 150.0, 84.0

    def at(value: float) -> float:
        return middle + unit * (value - mid) / radius

    parts = [box(middle - unit, 34, 2 * unit, base - 34, "band"), line(30, base, 570, base)]
    for value, count in results.items():
        tall = max(high * count / max(results.values()), 1.5)
        parts.append(box(at(float(value)) - 9, base - tall, 18, tall, "there"))
        parts.append(text(at(float(value)), base - tall - 6, str(count), "there"))
    tick = np.float32(mid - 1.15 * radius)
    while (tick := np.nextafter(tick, np.float32(np.inf))) < mid + 1.15 * radius:
        parts.append(line(at(float(tick)), base, at(float(tick)), base + 5))
    parts += [
        text(middle, 22, f"{sum(results.values()):,} ways to add 4 products and a bias", "there"),
        text(middle, base + 22, f"{mid:.8f}", "ink"),
        text(middle - unit, base + 22, f"- {radius:.2g}", "ink"),
        text(middle + unit, base + 22, f"+ {radius:.2g}", "ink"),
        text(middle, base + 42, "float32 numbers (ticks) around the midpoint", "quiet"),
        text(middle - unit + 8, 50, "inside the ball", "quiet", "start"),
        text(664, base - 74, "weights in float16", "back"),
        text(664, base - 55, f"{away:,.0f} radii away", "back"),
        *arrow(594, base - 32, 734, "back"),
    ]
    return figure(
        760, base + 56, "The ball of one neuron's z, and what falls inside and outside", parts
    )
