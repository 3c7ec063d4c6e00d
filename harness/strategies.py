"""Where cases come from: the shapes of a run, and Hypothesis's elementwise draws.

Stacks of many cases are drawn by `lattice.py` and `floats.py`; single cases are drawn here one
element at a time, so that Hypothesis can shrink them towards few rows and small integers.
"""

from itertools import pairwise, product
from typing import Any, Final

import numpy as np
from hypothesis import event
from hypothesis import strategies as st

from harness.case import Array, Case, Layer, Shape
from harness.labels import labels
from harness.lattice import radii_for

# Every shape up to 8x8->8, from the smallest on: (batch, n_inputs, n_neurons).
GRID: Final[tuple[Shape, ...]] = tuple(sorted(product(range(1, 9), repeat=3), key=sum))
# Those that cases are drawn at one element at a time.
SMALL: Final = tuple(shape for shape in GRID if max(shape) <= 4)
# The edges: an empty batch, wide layers, sizes past 24 and past a power of two.
EDGES: Final[tuple[Shape, ...]] = (
    (0, 1, 1),
    (0, 3, 2),
    (1, 9, 1),
    (1, 1, 9),
    (9, 1, 1),
    (25, 2, 3),
    (2, 25, 3),
    (3, 2, 25),
    (33, 3, 2),
    (2, 33, 3),
    (3, 2, 33),
    (2, 65, 1),
)
# Several layers: Scenario C.
DEEP: Final[tuple[Shape, ...]] = (
    (1, 1, 1, 1),
    (2, 2, 2, 2),
    (3, 4, 3, 2),
    (1, 3, 1, 4),
    (2, 1, 3, 1),
    (4, 2, 5, 3),
    (2, 3, 2, 3, 2),
)


def integers(radius: int, count: int, *sizes: int) -> st.SearchStrategy[Array]:
    """Arrays of the given sizes with integer entries within the radius, drawn one by one."""
    entries = st.lists(st.integers(-radius, radius), min_size=count, max_size=count)
    return entries.map(lambda drawn: np.array(drawn, np.float64).reshape(1, *sizes))


@st.composite
def lattice_cases(draw: Any, shapes: tuple[Shape, ...], dtype: np.dtype[Any], bits: int) -> Case:
    """Single cases of the exact regime, with entries of up to `bits` bits."""
    batch, *widths = draw(st.sampled_from(shapes), label="shape")
    within = radii_for((batch, *widths), dtype, (bits, bits, bits))
    rate = draw(st.integers(within.rate, 0), label="exponent of the learning rate")
    inputs = draw(integers(within.inputs, batch * widths[0], batch, widths[0]), label="inputs")
    layers = []
    for (n_inputs, n_neurons), bias in zip(pairwise(widths), within.biases, strict=True):
        weights = draw(
            integers(within.weights, n_inputs * n_neurons, n_inputs, n_neurons), label="weights"
        )
        biases = draw(integers(bias, n_neurons, 1, n_neurons), label="biases")
        layers.append(Layer(weights.astype(dtype), biases.astype(dtype)))
    size = batch * widths[-1]
    upstream = draw(integers(within.upstream, size, batch, widths[-1]), label="upstream")
    rate = dtype.type(2.0**rate)
    return _labelled(Case(inputs.astype(dtype), tuple(layers), upstream.astype(dtype), rate))


@st.composite
def float_cases(draw: Any, shapes: tuple[Shape, ...], dtype: np.dtype[Any]) -> Case:
    """Single cases of the certified regime: Hypothesis's own floats, nasty ones among them.

    Within 2^-12 and 2^12 no intermediate of the shapes here leaves the normal numbers; in float16
    the range is narrower, and small ones do.
    """
    batch, *widths = draw(st.sampled_from(shapes), label="shape")
    farthest = 2.0 if dtype == np.float16 else 2.0**12
    magnitudes = st.floats(1 / farthest, farthest, width=64 if dtype == np.float64 else 32)
    entry = st.one_of(st.just(0.0), magnitudes, magnitudes.map(lambda value: -value))

    def floats(label: str, *sizes: int) -> Array:
        count = sizes[0] * sizes[1]
        drawn = draw(st.lists(entry, min_size=count, max_size=count), label=label)
        return np.array(drawn, dtype).reshape(1, *sizes)

    inputs = floats("inputs", batch, widths[0])
    layers = tuple(
        Layer(floats("weights", n_inputs, n_neurons), floats("biases", 1, n_neurons))
        for n_inputs, n_neurons in pairwise(widths)
    )
    upstream = floats("upstream", batch, widths[-1])
    rate = draw(st.floats(2.0**-12, 1, width=32), label="learning rate")
    return _labelled(Case(inputs, layers, upstream, dtype.type(rate)))


def _labelled(case: Case) -> Case:
    """The case, its labels told to Hypothesis: see --hypothesis-show-statistics."""
    for label in labels(case):
        event(label)
    return case
