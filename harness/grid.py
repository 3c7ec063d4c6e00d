"""Every case in which the arguments of one formula take all values of a few: stacks, one by one.

The formula's arguments are arrays of a case, or are made of them by formulas that only pass them
on. With the inputs the identity, layer_outputs are the weights (and the biases 0, for ReLU's
sake), and deriv_relu_wrt_weights is deriv_relu_wrt_z; with biases that keep every unit on,
deriv_relu_wrt_z is the upstream gradient; and with a batch of one, deriv_relu_wrt_biases is, too.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Case, Layer, Shape
from harness.derivation import TRAIN_STEP

# batch, n_inputs, n_neurons
SHAPES: Final[tuple[Shape, ...]] = tuple(product((1, 2), repeat=3))
# The most cases of one stack, so that it stays in the processor's cache.
STACK: Final = 4096
RATE: Final = "learning_rate"
# What takes all values, by formula: one way a parameter of `sgd_step`.
FREE: Final = {
    "dense_forward": (("inputs", "weights", "biases"),),
    "relu_forward": (("weights",),),
    "relu_backward": (("weights", "upstream"),),
    "dense_backward": (("inputs", "weights", "upstream"),),
    "sgd_step": (("weights", "upstream", RATE), ("biases", "upstream", RATE)),
    TRAIN_STEP: (("inputs", "weights", "biases", "upstream", RATE),),
}


class Grid(NamedTuple):
    """All cases of one shape in which what is `free` takes all whole numbers up to `radius`.

    A learning rate takes as many, from 0 on, for PyTorch's optimizer refuses a negative one.
    `shape` is the case's (batch, n_inputs, n_neurons).
    """

    formula: str
    free: tuple[str, ...]
    shape: Shape
    radius: int
    dtype: np.dtype[Any]

    @property
    def values(self) -> tuple[int, ...]:
        """What an entry may be."""
        return tuple(range(-self.radius, self.radius + 1))

    @property
    def rates(self) -> tuple[int, ...]:
        """What the learning rate may be."""
        return tuple(range(len(self.values))) if RATE in self.free else (1,)

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """The shape of each array of the case."""
        batch, n_inputs, n_neurons = self.shape
        return {
            "inputs": (batch, n_inputs),
            "weights": (n_inputs, n_neurons),
            "biases": (1, n_neurons),
            "upstream": (batch, n_neurons),
        }

    @property
    def entries(self) -> int:
        """How many numbers of the arrays are free."""
        return sum(prod(size) for name, size in self.sizes.items() if name in self.free)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.rates) * int(len(self.values) ** self.entries)

    def stacks(self) -> Iterator[Case]:
        """Every case once, in stacks of one length."""
        base = len(self.values)
        count = base**self.entries
        length = max(base**n for n in range(self.entries + 1) if base**n <= STACK)
        for rate in self.rates:
            for start in range(0, count, length):
                yield self._stack(np.arange(start, start + length), rate)

    def _stack(self, numbers: Any, rate: int) -> Case:
        """The cases whose free entries are the digits of these numbers."""
        base = len(self.values)
        digits = numbers[:, None] // base ** np.arange(self.entries) % base
        entries = (digits - self.radius).astype(self.dtype)
        arrays, used = {}, 0
        for name, size in self.sizes.items():
            if name in self.free:
                taken = entries[:, used : used + prod(size)]
                used += prod(size)
                arrays[name] = np.ascontiguousarray(taken).reshape(-1, *size)
            else:
                fixed = np.broadcast_to(self._fixed(name), (len(numbers), *size))
                arrays[name] = fixed.astype(self.dtype, order="C")
        layer = Layer(arrays["weights"], arrays["biases"])
        return Case(arrays["inputs"], (layer,), arrays["upstream"], self.dtype.type(rate))

    def _fixed(self, name: str) -> Any:
        """What an array is that is not free: see the module's docstring."""
        if name == "inputs":
            return np.eye(self.shape[0])
        if name == "upstream" or self.formula.startswith("relu"):
            return 0
        return self.shape[1] * self.radius**2 + 1


def grids(formula: str, radius: int, dtype: np.dtype[Any]) -> list[Grid]:
    """All grids of a formula up to the shape 2x2->2."""
    return [
        Grid(formula, free, shape, radius, dtype)
        for free in FREE[formula]
        for shape in SHAPES
        if "inputs" in free or shape[:2] in (((1, 1), (2, 2)) if "weights" in free else ((1, 1),))
    ]
