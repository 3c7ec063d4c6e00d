"""The data that a user of a gradient checker makes: Gaussian, at whatever shape is at hand.

Near a kink a finite difference is wrong, and a checker refuses the right gradient. Whoever refuses
what is right catches nothing by refusing what is wrong. So the checkers get the first draw on
which each of them accepts the right gradient, and which has units that are on and units that are
off, for a dead layer shows nothing.
"""

from functools import cache
from itertools import count, pairwise

import numpy as np

from benchmarks.peers import PEERS
from benchmarks.planted import function_of
from harness.case import Array, Shape
from harness.derivation import REFERENCE


def gaussian(shape: Shape, seed: int) -> list[Array]:
    """The arguments of a network of this shape: inputs, then weights and biases of each layer."""
    rng = np.random.default_rng(seed)
    batch, *widths = shape
    arguments = [rng.standard_normal((batch, widths[0]))]
    for n_inputs, n_neurons in pairwise(widths):
        arguments.append(rng.standard_normal((n_inputs, n_neurons)))
        arguments.append(rng.standard_normal((1, n_neurons)))
    return arguments


@cache
def accepted(shape: Shape) -> list[Array]:
    """The first draw that is alive and on which every checker accepts the right gradient."""
    right = function_of(REFERENCE)
    functions = [(peer, peer.planted(right)) for peer in PEERS]
    for seed in count():
        arguments = gaussian(shape, seed)
        outputs = right.forward(*arguments)
        alive = 0 < np.count_nonzero(outputs) < outputs.size
        if alive and not any(peer.refuses(function, arguments) for peer, function in functions):
            return arguments
    raise AssertionError("there are always more draws")
