"""How many cases a second: every checker, and crossgrad, in interleaved rounds of one run.

All check one derivation, the reference: crossgrad against both frameworks, the others as a gradient
written by hand, against finite differences. These are also given the layer in their framework's own
operations, which is not the derivation, but the fastest that they can be given.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from benchmarks import ours
from benchmarks.gaussian import accepted
from benchmarks.names import A_FILE, OWN, named, on_own_layer
from benchmarks.peers import PEERS, Peer
from benchmarks.planted import function_of
from harness.case import Shape
from harness.derivation import REFERENCE, Derivation
from harness.isolation import Isolated

SHAPES = ((3, 4, 3), (8, 8, 8), (16, 32, 16))
ROUNDS = 5
# Cases a round: of a checker that takes one at a time.
ONE_BY_ONE = {"gradcheck": 3}
OF_THE_OTHERS = 20
# And in each stack of our own, by shape. On twice as many, of the larger ones, up to a quarter of
# the time goes into memory that the system gives, takes back and gives again.
STACK = (8_192, 2_048, 512)


class Timed(NamedTuple):
    """So many cases of one shape, checked by calling `run`."""

    tool: str
    shape: Shape
    cases: int
    run: Callable[[], None]


def measure() -> dict[str, Any]:
    """By shape: each tool's cases a second, and each of crossgrad's rows over each checker.

    Either is the median of the rounds; a ratio is one of two rates of the same round.
    """
    isolated = Isolated(ours.FILE, ours.FOLDER)
    try:
        timed = [*_of_others(), *_of_ours(isolated.derivation)]
        for each in timed:
            each.run()  # imports, compiles, allocates
        rounds = [{each[:2]: _rate(each) for each in timed} for _ in range(ROUNDS)]
    finally:
        isolated.close()
    checkers = [name for peer in PEERS for name in (peer.name, on_own_layer(peer.name))]
    return {
        named(shape): {
            "rates": {
                tool: median(rates[tool, shape] for rates in rounds)
                for tool, of in rounds[0]
                if of == shape
            },
            "ratios": {
                tool: {
                    checker: median(rates[tool, shape] / rates[checker, shape] for rates in rounds)
                    for checker in checkers
                }
                for tool, of in rounds[0]
                if of == shape and tool not in checkers
            },
        }
        for shape in SHAPES
    }


def _rate(timed: Timed) -> float:
    start = time.perf_counter()
    timed.run()
    return timed.cases / (time.perf_counter() - start)


def _of_others() -> list[Timed]:
    right = function_of(REFERENCE)
    return [
        Timed(name, shape, cases, partial(_repeatedly, peer, function, shape, cases))
        for peer in PEERS
        for name, function in (
            (peer.name, peer.planted(right)),
            (on_own_layer(peer.name), peer.layer),
        )
        for shape in SHAPES
        for cases in [ONE_BY_ONE.get(peer.name, OF_THE_OTHERS)]
    ]


def _repeatedly(peer: Peer, function: Any, shape: Shape, times: int) -> None:
    """One case over and over: what a check costs does not depend on the numbers."""
    for _ in range(times):
        peer.check(function, accepted(shape))


def _of_ours(candidate: Derivation) -> list[Timed]:
    return [
        Timed(f"{tool}, {regime}", shape, number, partial(ours.check, derivation, cases, regime))
        for shape, count in zip(SHAPES, STACK, strict=True)
        for regime in ours.REGIMES
        for cases in [ours.stacks(shape, regime, count)]
        for number in [count * len(cases)]
        for tool, derivation in ((OWN, REFERENCE), (A_FILE, candidate))
    ]
