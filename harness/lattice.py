"""The exact regime: inputs for which floating point makes no rounding error at all.

Let every input be a multiple of some power of two, its step. Then every product is a multiple of
the product of the steps, and every partial sum a multiple of the smallest step among its terms.
Such a number is representable in a format of `bits` significant bits as long as its magnitude is
below 2^bits steps. So where that holds for every intermediate, each operation returns its exact
result, in any order of summation, with or without fused multiply-add, on any hardware: two
correct implementations are equal bit for bit (zero's sign apart).

The condition needs no analysis of the formulas: they run unchanged on `Extent`s, which bound the
magnitude of every partial sum by the sum of the absolute values, with every unit active.
"""

from bisect import bisect_left
from functools import cache, partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from harness import head
from harness.case import Array, Case, Layer, Shape, Trace
from harness.derivation import REFERENCE, Derivation
from harness.extent import Extent
from harness.formats import exponent_range, precision
from harness.padding import padded_shape
from harness.walk import reference_on, walk


class Needs(NamedTuple):
    """What a case asks of a format over all its intermediates."""

    widest: float  # the largest magnitude, in steps
    largest: float  # the largest magnitude
    lowest: int  # the exponent of the smallest step


def needs(case: Case, reference: Derivation = REFERENCE) -> Needs:
    """The needs of a whole case, each layer fed by the layer before it."""
    call = reference_on(_extent, reference)
    inputs, upstream, rate = map(_extent, (case.inputs, case.upstream, case.learning_rate))
    layers = tuple(Layer(*map(_extent, layer)) for layer in case.layers)
    with np.errstate(all="ignore"):
        trace: Trace = walk(call, Case(inputs, layers, upstream, rate, case.linear))
    extents: list[Extent] = [extent for layer in trace for extent in layer if extent is not None]
    return Needs(
        max(extent.widest for extent in extents),
        max(extent.largest for extent in extents),
        min(extent.lowest for extent in extents),
    )


def _extent(value: Any) -> Any:
    return value if isinstance(value, Extent) else Extent.of(value)


def is_exact(case: Case, reference: Derivation = REFERENCE) -> bool:
    """Whether every correct implementation must compute this case without rounding.

    No case with a head, whose exponentials round.
    """
    return (
        case.targets is None and needs(case, reference).widest < 2.0 ** precision(case.dtype).bits
    )


def is_normal(case: Case) -> bool:
    """Whether no intermediate of this case can overflow or leave the normal numbers."""
    if case.targets is not None and not head.fits(case):
        return False
    layers = case._replace(targets=None)
    return not case.layers or fits(needs(layers), case.dtype)


def fits(needed: Needs, dtype: np.dtype[Any]) -> bool:
    """Whether magnitudes stay below a quarter of the range, and steps are normal.

    The bound is on multiples of a step, so it holds after any cancellation; intermediates that
    are rounded lie on coarser steps. float16 has fewer exponents than a product of three of its
    numbers has bits: there, small results may be subnormal, for which the radius accounts.
    """
    lowest, beyond = exponent_range(dtype)
    small = dtype != np.float16 and needed.lowest < lowest
    return needed.largest < 2.0 ** (beyond - 2) and not small


class Rung(NamedTuple):
    """A rung of the ladder of magnitudes: entries go up to 2^bits, as far as the format allows."""

    name: str
    bits: int


# Tiny integers meet kinks all the time; past 11 bits a float16 intermediate shows; products and
# sums past 24 bits show a float32 one; the last goes up to what the condition allows.
LADDER: Final = (
    Rung("tiny", 2),
    Rung("past 11 bits", 12),
    Rung("past 24 bits", 15),
    Rung("limit", 53),
)


# The exponent of the smallest learning rate that is drawn.
FINEST_RATE: Final = -3


class Radii(NamedTuple):
    """The largest integer drawn for each array; the biases of each layer in their own entry.

    `rate` is the exponent of the learning rate.
    """

    inputs: int
    weights: int
    biases: tuple[int, ...]
    upstream: int
    rate: int


@cache
def radii(shape: Shape, dtype: np.dtype[Any], bits: tuple[int, int, int], rate: int) -> Radii:
    """The largest radii below 2^bits (of inputs, weights, upstream) that keep every case exact.

    One common cap on the three is the highest under which the condition holds, as it then does
    under every lower one; nothing is ever rejected.
    The biases reach as far as the weighted sums, so that they can meet every kink. `rate` is the
    exponent of the learning rate, raised where a format is too narrow for it.
    """
    exact_below = 2.0 ** precision(dtype).bits
    caps = range(1, min(max(bits), precision(dtype).bits) + 1)

    def capped(exponent: int, cap: int) -> Radii:
        inputs, weights, upstream = ((1 << min(each, cap)) - 1 for each in bits)
        hidden, biases = inputs, []
        for n_inputs in shape[1:-1]:
            biases.append(n_inputs * hidden * weights)
            hidden = 2 * biases[-1]
        return Radii(inputs, weights, tuple(biases), upstream, exponent)

    def widest(exponent: int, cap: int) -> float:
        return needs(_largest(shape, capped(exponent, cap))).widest

    for exponent in range(rate, 1):
        if cap := bisect_left(caps, exact_below, key=partial(widest, exponent)):
            return capped(exponent, cap)
    raise ValueError(f"no integers are exact at shape {shape} in {dtype}")


def has_exact(shape: Shape, dtype: np.dtype[Any]) -> bool:
    """Whether there are integers at all that keep every case of this shape exact."""
    try:
        radii_for(shape, dtype, (1, 1, 1))
    except ValueError:
        return False
    return True


def radii_for(shape: Shape, dtype: np.dtype[Any], bits: tuple[int, int, int]) -> Radii:
    """The radii that serve a shape at any learning rate that is drawn, from their exponent on.

    One layer's cases are exact where those of the cube are that holds them, so few are computed.
    """
    cube = padded_shape(shape) if len(shape) == 3 else shape
    return radii(cube, dtype, bits, FINEST_RATE)


def _largest(shape: Shape, radii: Radii) -> Case:
    """The case whose every entry is its radius. Radii are odd, so its steps are those of 1."""
    batch, *widths = shape

    def filled(radius: int, *sizes: int) -> Array:
        return np.full((1, *sizes), radius, np.float64)

    layers = tuple(
        Layer(filled(radii.weights, n_inputs, n_neurons), filled(bias, 1, n_neurons))
        for (n_inputs, n_neurons), bias in zip(pairwise(widths), radii.biases, strict=True)
    )
    inputs = filled(radii.inputs, batch, widths[0])
    upstream = filled(radii.upstream, batch, widths[-1])
    return Case(inputs, layers, upstream, np.float64(2.0**radii.rate))


def lattice_stack(
    rng: np.random.Generator, shape: Shape, dtype: np.dtype[Any], rung: Rung, count: int
) -> Case:
    """`count` cases of one shape with integer entries, on which the exact regime holds.

    Each array keeps to its rung or, at random, to tiny integers, so that large sums also meet
    kinks; besides, biases are set so that whole columns have a z of exactly 0.
    """
    batch, *widths = shape
    tiny = LADDER[0].bits
    full = [int(bits) for bits in rng.choice([rung.bits, rung.bits, tiny], 3)]
    rate = int(rng.integers(FINEST_RATE, 1))
    within = radii_for(shape, dtype, (full[0], full[1], full[2]))
    rate = max(rate, within.rate)

    def integers(radius: int, *sizes: int) -> Array:
        return rng.integers(-radius, radius, (count, *sizes), endpoint=True).astype(np.float64)

    inputs = hidden = integers(within.inputs, batch, widths[0])
    layers = []
    for n_inputs, n_neurons in pairwise(widths):
        weights = integers(within.weights, n_inputs, n_neurons)
        products = hidden @ weights
        biases = integers(within.inputs, 1, n_neurons)
        if batch:
            row = int(rng.integers(batch))
            at_kink = rng.random((count, 1, n_neurons)) < 0.25
            biases = np.where(at_kink, -products[:, row : row + 1, :], biases)
        hidden = np.maximum(0, products + biases)
        layers.append(Layer(weights.astype(dtype), biases.astype(dtype)))
    upstream = integers(within.upstream, batch, widths[-1])
    learning_rate = dtype.type(2.0**rate)
    return Case(inputs.astype(dtype), tuple(layers), upstream.astype(dtype), learning_rate)
