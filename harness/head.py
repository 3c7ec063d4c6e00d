"""Cases of the head, softmax and cross-entropy: logits, the right classes, an upstream gradient.

A case without layers gives the head its inputs.

Exponentials round, so the exact regime does not reach these formulas, but for two kinds of cases.
Where all logits of a sample are equal and there are 2^k classes, the largest is taken from each,
exp(0) is 1, and every output is 2^-k without rounding; so is the Jacobian, and what integers make
of it. Where one logit is larger than all others by more than exp can tell from nothing, outputs
are 1 and 0.
"""

from itertools import pairwise
from typing import Any, Final

import numpy as np

from harness.case import Array, Case, Layer, Shape
from harness.formats import exponent_range, precision

# (batch, classes): one sample, one class, and numbers that are no powers of two; few, for each is
# compiled. Of the first kind all is exact where logits are equal, of both where one outdoes all.
OF_POWERS: Final = ((1, 1), (1, 2), (2, 4), (4, 8))
OF_ANY: Final = ((3, 3), (4, 7))
SHAPES: Final = (*OF_POWERS, *OF_ANY, (3, 5), (5, 10))
DTYPES: Final = (np.dtype(np.float64), np.dtype(np.float32))
# The formulas whose results are exact where all logits are equal, and where one outdoes all others.
EQUAL: Final = ("softmax_forward", "softmax_backward", "cross_entropy_backward")
ALONE: Final = ("softmax_forward", "softmax_cross_entropy_backward")


def farthest(dtype: np.dtype[Any]) -> float:
    """How far below the largest a logit may be, that exp of it is a normal number by far."""
    lowest, _ = exponent_range(dtype)
    return float(-lowest - 4) * float(np.log(2))


def logits_of(case: Case) -> Array:
    """What the head is given, in float64, or in the case's own dtype without layers."""
    outputs = case.inputs
    for place, (weights, biases) in enumerate(case.layers):
        outputs = np.matmul(outputs, weights, dtype=np.float64) + biases
        outputs = outputs if place in case.linear else np.maximum(0, outputs)
    return outputs


def fits(case: Case) -> bool:
    """Whether no output of softmax can leave the normal numbers, nor anything else overflow."""
    logits = logits_of(case)
    if not np.isfinite(logits).all():
        return False
    spread = logits.max(axis=-1, keepdims=True).astype(np.float64) - logits
    beyond = 2.0 ** (exponent_range(case.dtype).beyond // 4)
    return bool(spread.max(initial=0.0) < farthest(case.dtype)) and bool(
        np.abs(case.upstream).max(initial=0.0) < beyond
    )


def tamed(case: Case) -> Case:
    """The case with the logits of a sample nearer to their largest by halves, until it `fits`.

    If it has no layers, and nothing else keeps it from that.
    """
    if case.layers or not np.isfinite(case.inputs).all():
        return case
    largest = case.inputs.max(axis=-1, keepdims=True)
    below = largest - case.inputs
    while below.any() and not fits(case):
        below = below / 2
        case = case._replace(inputs=largest - below)
    return case


def head_stack(
    rng: np.random.Generator, shape: tuple[int, int], dtype: np.dtype[Any], count: int
) -> Case:
    """`count` cases of logits of any magnitude that `fits` allows, far from 0 or near it."""
    sizes = count, *shape
    spread = farthest(dtype) / 2
    scale = np.exp2(rng.uniform(-precision(dtype).bits, np.log2(spread), (count, 1, 1)))
    drawn = rng.uniform(-1, 1, sizes) * scale
    # What is taken from all logits of a sample: it cancels, but for its rounding.
    centre = rng.choice([0, 1, 4 * spread], (count, shape[0], 1)) * rng.uniform(
        -1, 1, (count, 1, 1)
    )
    logits = (drawn + centre).astype(dtype)
    upstream = rng.normal(size=sizes) * np.exp2(rng.integers(-8, 9, (count, 1, 1)))
    return of_logits(logits, rng.integers(shape[1], size=sizes[:2]), upstream.astype(dtype))


def equal_logits(
    rng: np.random.Generator, batch: int, classes: int, dtype: np.dtype[Any], count: int
) -> Case:
    """`count` cases of equal logits; exact in the formulas EQUAL for powers of two."""
    sizes = count, batch, classes
    logits = np.broadcast_to(rng.normal(size=(count, batch, 1)) * 100, sizes).astype(dtype)
    upstream = rng.integers(-8, 9, sizes).astype(dtype)
    return of_logits(logits, rng.integers(classes, size=sizes[:2]), upstream)


def one_alone(
    rng: np.random.Generator, batch: int, classes: int, dtype: np.dtype[Any], count: int
) -> Case:
    """`count` cases in which one logit of each sample outdoes the others; exact in ALONE."""
    sizes = count, batch, classes
    logits = rng.uniform(-1, 1, sizes)
    winners = rng.integers(classes, size=sizes[:2])
    np.put_along_axis(logits, winners[..., None], 1e4, axis=-1)
    upstream = rng.integers(-8, 9, sizes).astype(dtype)
    return of_logits(logits.astype(dtype), rng.integers(classes, size=sizes[:2]), upstream)


def of_logits(logits: Array, targets: Array, upstream: Array) -> Case:
    """Cases of the head alone."""
    return Case(logits, (), upstream, logits.dtype.type(1), targets=targets.astype(np.int64))


def deep_stack(
    rng: np.random.Generator,
    shape: Shape,
    dtype: np.dtype[Any],
    count: int,
    linear: bool = False,
) -> Case:
    """`count` cases of layers under a head, their logits of moderate size as `fits` wants them.

    `linear` leaves out every ReLU.
    """
    batch, *widths = shape

    def normal(scale: float, *sizes: int) -> Array:
        return rng.normal(scale=scale, size=(count, *sizes)).astype(dtype)

    layers = tuple(
        Layer(normal(n_inputs**-0.5, n_inputs, n_neurons), normal(0.5, 1, n_neurons))
        for n_inputs, n_neurons in pairwise(widths)
    )
    targets = rng.integers(widths[-1], size=(count, batch))
    without = tuple(range(len(layers))) if linear else (len(layers) - 1,)
    inputs, upstream = normal(2, batch, widths[0]), normal(1, batch, widths[-1])
    return Case(inputs, layers, upstream, dtype.type(rng.uniform(0.01, 1)), without, targets)
