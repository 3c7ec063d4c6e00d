"""The certified regime's cases: any floats whose every intermediate stays a normal number.

The range of exponents is found as the lattice's radii are: the formulas run on `Extent`s. A
floating-point number of exponent e is a multiple of 2^(e - bits + 1), so the lowest step over all
intermediates bounds from below whatever is not zero, even after total cancellation; the largest
magnitude bounds from above. Scales are moved towards 1 until both fit, so nothing is rejected.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from harness.case import Array, Case, Layer, Shape
from harness.extent import Extent
from harness.formats import carrier, exponent_range, precision
from harness.lattice import fits, needs

# The chance that a neuron's z lands within a few units in the last place of 0.
NEAR_KINK = 0.125


class Scales(NamedTuple):
    """The exponents around which each array is drawn, and how far an entry may be from them."""

    inputs: float
    weights: float
    upstream: float
    learning_rate: float
    spread: float


def float_stack(rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any], count: int) -> Case:
    """`count` cases of one shape with entries of full precision over the range of exponents.

    Cancellation is drawn on purpose: biases that meet the weighted sum to within a few units in
    the last place, and, in a quarter of the stacks each, pairs of samples or of neurons whose
    contributions to the gradients' sums all but annihilate. Learning rates are representable in
    float32, for some optimizers round them to it.
    """
    scales = _scales(rng, shape, dtype)
    batch, *widths = shape
    centre = Scales(*map(round, scales))
    cancel_samples, cancel_neurons = rng.random(2) < 0.25

    def floats(exponent: int, *sizes: int) -> Array:
        spread = int(centre.spread)
        powers = exponent + rng.integers(-spread, spread, (count, *sizes), endpoint=True)
        powers = np.maximum(powers, exponent_range(dtype).lowest)
        mantissas = rng.uniform(1, 2, (count, *sizes)) * rng.choice([-1.0, 1.0], (count, *sizes))
        drawn: Array = np.ldexp(mantissas.astype(dtype), powers.astype(np.intc))
        return drawn

    inputs = floats(int(centre.inputs), batch, widths[0])
    upstream = floats(int(centre.upstream), batch, widths[-1])
    if cancel_samples and batch > 1:
        inputs[:, 1] = np.nextafter(inputs[:, 0], dtype.type(0))
        upstream[:, 1] = -np.nextafter(upstream[:, 0], dtype.type(0))
    layers: list[Layer] = []
    hidden, exponent = inputs, int(centre.inputs)
    for n_inputs, n_neurons in pairwise(widths):
        exponent += int(centre.weights)
        weights = floats(int(centre.weights), n_inputs, n_neurons)
        biases = floats(exponent, 1, n_neurons)
        last = n_neurons == widths[-1] and len(layers) == len(widths) - 2
        if cancel_neurons and last and n_neurons > 1:
            weights[..., 1] = np.nextafter(weights[..., 0], dtype.type(0))
            biases[..., 1] = biases[..., 0]
            upstream[..., 1] = -upstream[..., 0]
        products = _product(hidden, weights)
        if batch:
            row = slice(*(int(rng.integers(batch)) + np.array([0, 1])))
            terms = _product(np.abs(hidden), np.abs(weights))[:, row]
            spacing = np.where(terms > 0, np.spacing(terms), dtype.type(0))
            units = spacing * rng.integers(-1, 2, biases.shape)
            near = rng.random(biases.shape) < NEAR_KINK
            biases = np.where(near, units.astype(dtype) - products[:, row], biases)
        hidden = np.maximum(dtype.type(0), products + biases)
        layers.append(Layer(weights, biases))
    rate = np.ldexp(np.float32(rng.uniform(1, 2)), int(centre.learning_rate))
    return Case(inputs, tuple(layers), upstream, dtype.type(rate))


def _product(a: Array, b: Array) -> Array:
    """a @ b, rounded to their dtype."""
    carried = carrier(a.dtype)
    product: Array = (a.astype(carried) @ b.astype(carried)).astype(a.dtype)
    return product


def _scales(rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any]) -> Scales:
    """Exponents drawn over the whole range, and moved towards 0 until all intermediates fit.

    At 0 the bounds on several layers are still too large for float16: weights are made smaller.
    """
    bits = precision(dtype).bits
    farthest = exponent_range(dtype).beyond // 2
    inputs, weights, upstream, learning_rate = rng.uniform(-farthest, farthest, 4)
    if rng.random() < 0.5:
        # The step is then of the size of the weights, so that both terms of the update matter.
        learning_rate = weights - inputs - upstream
    # A rate that rounds to float32 must be a normal number there.
    learning_rate = float(np.clip(learning_rate, -100, 100))
    scales = Scales(inputs, weights, upstream, learning_rate, rng.choice([0, 2, bits // 2, bits]))
    while True:
        # Magnitudes past float64's own range become infinite, which is past any format's.
        with np.errstate(all="ignore"):
            needed = needs(_extremes(shape, bits, Scales(*map(round, scales))))
        if fits(needed, dtype):
            return scales
        scales = Scales(*(each * 0.9 for each in scales))
        if max(map(abs, scales)) < 0.5:
            if weights < exponent_range(dtype).lowest:
                raise ValueError(f"no floats of {dtype} keep a case of shape {shape} normal")
            weights = min(weights, 0) - 1
            scales = scales._replace(weights=weights)


def _extremes(shape: Shape, bits: int, scales: Scales) -> Case:
    """A case of Extents: the largest magnitudes and the smallest steps that `scales` can give."""
    batch, *widths = shape
    spread = int(scales.spread)

    def extent(exponent: float, *sizes: int) -> Any:
        # One bit for the neighbours that cancellation draws.
        step = int(exponent) - spread - bits
        return Extent(np.full(sizes, np.ldexp(1.0, int(exponent) + spread + 1)), step)

    inputs = hidden = extent(scales.inputs, batch, widths[0])
    layers: list[Any] = []
    exponent = scales.inputs
    for n_inputs, n_neurons in pairwise(widths):
        exponent += scales.weights
        weights = extent(scales.weights, n_inputs, n_neurons)
        drawn = extent(exponent, 1, n_neurons)
        products = hidden.dot(weights)
        at_kink = np.max(products.magnitude, axis=0, keepdims=True, initial=0.0)
        biases = Extent(np.maximum(drawn.magnitude, 2 * at_kink), min(drawn.step, products.step))
        hidden = products.plus(biases)
        layers.append((weights, biases))
    upstream = extent(scales.upstream, batch, widths[-1])
    rate_exponent = int(scales.learning_rate)
    rate = Extent(np.full((), np.ldexp(1.0, rate_exponent + 1)), rate_exponent - 23)
    return Case(inputs, tuple(Layer(*layer) for layer in layers), upstream, rate)
