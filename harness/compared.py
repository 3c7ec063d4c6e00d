"""What a derivation and a witness made of one stack of cases, quantity by quantity."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from harness.ball import Ball
from harness.binades import Sample, sample
from harness.case import Array, Trace, has_head
from harness.compare import all_inside, differs, error_over_radius, outside
from harness.walk import in_order


class Compared(NamedTuple):
    """One quantity of one layer over a stack.

    `apart` marks the elements where derivation and witness disagree; `witness_out` those where
    the witness is outside the certified radius; in the exact regime it is None, for bits alone do
    not say who is wrong. `largest` is the largest error over radius of either where both are inside
    (certified only). `sample` are its first cases beside their balls (certified only).
    """

    layer: int
    quantity: str
    formula: str
    expected: Array
    observed: Array
    apart: Array
    witness_out: Array | None
    largest: float | None
    ambiguous: int
    sample: Sample | None = None


def compare_traces(
    expected: Trace, observed: Trace, balls: Trace | None = None
) -> Iterator[Compared]:
    """Every quantity that was observed, in the order of computation: bit for bit, or in balls."""
    head = has_head(expected)
    for layer, step in in_order(len(expected) - head, head):
        for quantity in step.quantities:
            value = getattr(observed[layer], quantity)
            if value is None:
                continue
            ball = None if balls is None else getattr(balls[layer], quantity)
            theirs = getattr(expected[layer], quantity)
            yield _compare(layer, quantity, step.formula, theirs, value, ball)


def _compare(
    layer: int,
    quantity: str,
    formula: str,
    expected: Array,
    observed: Array,
    ball: Ball | None,
) -> Compared:
    if ball is None:
        apart = differs(expected, observed)
        return Compared(layer, quantity, formula, expected, observed, apart, None, None, 0)
    where = layer, quantity, formula
    ambiguous, some = int(np.count_nonzero(ball.ambiguous)), sample(ball, expected, observed)
    if (largest := all_inside(ball, expected, observed)) is not None:
        nowhere = np.zeros(expected.shape, bool)
        return Compared(*where, expected, observed, nowhere, nowhere, largest, ambiguous, some)
    theirs, ours = error_over_radius(expected, ball), error_over_radius(observed, ball)
    # Arguments that are not finite have no radius: there, only being equal is agreement.
    bounded = np.isfinite(ball.mid) & np.isfinite(ball.radius)
    witness_out = bounded & outside(theirs)
    apart = witness_out | np.where(bounded, outside(ours), differs(expected, observed))
    inside = bounded & ~ball.ambiguous & ~apart
    largest = float(np.maximum(theirs, ours).max(initial=0.0, where=inside))
    return Compared(*where, expected, observed, apart, witness_out, largest, ambiguous, some)


def joined(blocks: Sequence[Compared], expected: Trace, observed: Trace) -> Compared:
    """One quantity of a whole stack, compared in blocks of it; the traces are the stack's."""
    first = blocks[0]
    if len(blocks) == 1:
        return first
    theirs, ours = (getattr(trace[first.layer], first.quantity) for trace in (expected, observed))
    return first._replace(
        expected=theirs,
        observed=ours,
        apart=np.concatenate([block.apart for block in blocks]),
        witness_out=np.concatenate(
            [block.witness_out for block in blocks if block.witness_out is not None]
        ),
        largest=max(block.largest or 0.0 for block in blocks),
        ambiguous=sum(block.ambiguous for block in blocks),
    )
