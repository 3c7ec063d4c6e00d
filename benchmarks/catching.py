"""Which mistakes in a layer each checker refuses, and how soon.

Each mistake is planted as a hand-written gradient in a checker's own manner. A checker gets what
its user would give it: one Gaussian draw at a usual shape. What passes there gets further chances
at the small shapes of a user who takes care: samples, inputs and neurons different, all equal, a
batch of one, one neuron. Mistakes in a whole step stand in two layers. crossgrad walks the exact
cases of its default run.
"""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.gaussian import accepted
from benchmarks.names import OWN, named
from benchmarks.peers import PEERS, Peer
from benchmarks.planted import exact_cases, expressible, function_of
from harness.case import Shape
from harness.derivation import HEAD_FORMULAS, TRAIN_STEP
from harness.mistakes import CATALOGUE, Mistake, planted
from harness.verification import Verification

# Those in a layer and its update: the other checkers are shown layers.
KNOWN = [mistake for mistake in CATALOGUE if mistake.formula not in HEAD_FORMULAS]
USUAL: Shape = (32, 24, 24)
FURTHER: tuple[Shape, ...] = ((3, 4, 3), (4, 4, 4), (1, 4, 3), (4, 3, 1))


def measure() -> dict[str, Any]:
    """By tool: the mistakes that it refuses, at which shapes, and how soon.

    "caught" of the others, in seconds: at the usual shape and, "with care", at the further ones.
    """
    shown = [mistake for mistake in KNOWN if expressible(mistake)]
    names = [mistake.name for mistake in shown]
    tools = {peer.name: _by_peer(peer, shown) for peer in PEERS}
    tools[OWN] = {m.name: seconds for m in KNOWN if (seconds := _by_us(m)) is not None}, {}
    at_once = set().union(*(tools[peer.name][0] for peer in PEERS))
    with_care = at_once.union(*(tools[peer.name][1] for peer in PEERS))
    return {
        "catalogue": len(KNOWN),
        "expressible": len(shown),
        "not expressible": [mistake.name for mistake in KNOWN if mistake not in shown],
        "usual shape": named(USUAL),
        "further shapes": [named(shape) for shape in FURTHER],
        "tools": {
            tool: {
                "caught": len(first),
                "caught with care": len(first | further),
                "passed": [name for name in names if name not in first | further],
                "median seconds": median(first.values()),
            }
            for tool, (first, further) in tools.items()
        },
        "passed by all others": {
            "at the usual shape": [name for name in names if name not in at_once],
            "with care": [name for name in names if name not in with_care],
        },
    }


def _by_peer(peer: Peer, mistakes: list[Mistake]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds to each refusal: at the usual shape; and at a further one of what passed there."""
    first: dict[str, float] = {}
    further: dict[str, float] = {}
    for mistake in mistakes:
        function = peer.planted(function_of(planted(mistake)))
        start = time.perf_counter()
        for shape in _shapes(mistake):
            if peer.refuses(function, accepted(shape)):
                found = first if shape[: len(USUAL)] == USUAL else further
                found[mistake.name] = time.perf_counter() - start
                break
    return first, further


def _shapes(mistake: Mistake) -> Iterator[Shape]:
    """The shapes in their order; for a whole step with a second layer as wide as the first."""
    deeper = mistake.formula == TRAIN_STEP
    for shape in (USUAL, *FURTHER):
        yield (*shape, shape[-1]) if deeper else shape


def _by_us(mistake: Mistake) -> float | None:
    """Seconds to the first finding, its smallest example included; None if a run misses it."""
    verification = Verification(planted(mistake), ours.witnesses())
    seconds = 0.0
    for case in exact_cases():
        start = time.perf_counter()
        findings = verification.check(case, "exact")
        seconds += time.perf_counter() - start
        if findings:
            return seconds
    return None
