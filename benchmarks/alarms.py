"""How often each checker refuses what is right, on small integers, where kinks are met.

A pre-activation of 0 is no accident: integer data, zero biases and dead inputs make it. There a
finite difference measures the mean of two slopes, and every framework returns one of them.
"""

from typing import Any

import numpy as np

from benchmarks import ours
from benchmarks.names import OWN, named
from benchmarks.peers import PEERS
from benchmarks.planted import arguments_of
from harness.case import Case, Layer, Shape, pick
from harness.derivation import REFERENCE

SHAPE: Shape = (2, 2, 2)
CASES = 10_000
LARGEST = 3


def integers(count: int) -> Case:
    """A stack of cases whose every entry is an integer, drawn uniformly."""
    rng = np.random.default_rng(0)
    batch, n_inputs, n_neurons = SHAPE

    def drawn(*sizes: int) -> Any:
        return rng.integers(-LARGEST, LARGEST, (count, *sizes), endpoint=True).astype(np.float64)

    layer = Layer(drawn(n_inputs, n_neurons), drawn(1, n_neurons))
    return Case(drawn(batch, n_inputs), (layer,), drawn(batch, n_neurons), np.float64(0.5))


def measure() -> dict[str, Any]:
    """By tool: the right cases that it refuses, all and those of them that meet a kink."""
    case = integers(CASES)
    ((weights, biases),) = case.layers
    kinks = (case.inputs @ weights + biases == 0).any(axis=(1, 2))
    alarms: dict[str, dict[str, int]] = {}
    for peer in PEERS:
        refused = np.array(
            [peer.refuses(peer.layer, arguments_of(pick(case, place))) for place in range(CASES)]
        )
        alarms[peer.name] = {
            "cases": CASES,
            "refused": int(np.count_nonzero(refused)),
            "at a kink": int(np.count_nonzero(refused & kinks)),
        }
    # Either of these raises at the first case that is refused.
    ours.check(REFERENCE, [case], "exact")
    ours.check(REFERENCE, [ours.stack(SHAPE, "certified", CASES)], "certified")
    alarms[OWN] = {"cases": 2 * CASES, "refused": 0, "at a kink": 0}
    return {
        "shape": named(SHAPE),
        "cases with a kink": int(np.count_nonzero(kinks)),
        "tools": alarms,
    }
