"""Cases of the head, softmax and cross-entropy: logits, the right classes, an upstream gradient.

A case without layers gives the head its inputs; `with_head` puts it on the layers of another.

Exponentials round, so the exact regime does not reach these formulas, but for two kinds of cases.
Where all logits of a sample are equal and there are 2^k classes, the largest is taken from each,
exp(0) is 1, and every output is 2^-k without rounding; so is the Jacobian, and what integers make
of it. Where one logit is larger than all others by more than exp can tell from nothing, outputs
are 1 and 0.
"""

from typing import Any, Final

import numpy as np

from harness.case import Array, Case
from harness.formats import exponent_range, precision

# (batch, classes), with one class alone, and one past a power of two.
SHAPES: Final = tuple((batch, classes) for batch in (1, 2, 3, 4) for classes in (1, 2, 3, 4, 7, 10))
DTYPES: Final = (np.dtype(np.float64), np.dtype(np.float32))
# The formulas whose results are exact where all logits are equal, and where one outdoes all others.
EQUAL: Final = ("softmax_forward", "softmax_backward", "cross_entropy_backward")
ALONE: Final = ("softmax_forward", "softmax_cross_entropy_backward")


def farthest(dtype: np.dtype[Any]) -> float:
    """How far below the largest a logit may be, that exp of it is a normal number by far."""
    lowest, _ = exponent_range(dtype)
    return float(-lowest - 4) * float(np.log(2))


def fits(case: Case) -> bool:
    """Whether no output of softmax can leave the normal numbers, nor anything else overflow."""
    logits = case.inputs
    if not np.isfinite(logits).all() or case.layers:
        return False
    spread = logits.max(axis=-1, keepdims=True).astype(np.float64) - logits
    beyond = 2.0 ** (exponent_range(case.dtype).beyond // 4)
    return bool(spread.max(initial=0.0) < farthest(case.dtype)) and bool(
        np.abs(case.upstream).max(initial=0.0) < beyond
    )


def head_stack(
    rng: np.random.Generator, shape: tuple[int, int], dtype: np.dtype[Any], count: int
) -> Case:
    """`count` cases of logits of any magnitude that `fits` allows, far from 0 or near it."""
    sizes = count, *shape
    spread = farthest(dtype) / 2
    scale = np.exp2(rng.uniform(-precision(dtype).bits, np.log2(spread), (count, 1, 1)))
    drawn = rng.uniform(-1, 1, sizes) * scale
    # What is taken from all logits of a sample: it cancels, but for its rounding.
    centre = rng.choice([0, 1, spread], (count, shape[0], 1)) * rng.uniform(-1, 1)
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


def with_head(rng: np.random.Generator, case: Case, linear: bool = False) -> Case:
    """The same cases, with a head on the last layer; `linear` leaves out every ReLU."""
    depth, (batch, *_, classes) = len(case.layers), case.shape
    targets = rng.integers(classes, size=(len(case.inputs), batch))
    return case._replace(
        linear=tuple(range(depth)) if linear else (depth - 1,), targets=targets.astype(np.int64)
    )
