"""What kind of case a case is, in a few words: for Hypothesis's statistics.

Branches tell little here, for formulas have hardly any. What decides whether a mistake shows is
the shape, which units are live, how many are at the kink, and how large the numbers are.
"""

from collections.abc import Iterator

import numpy as np

from harness.case import Case
from harness.derivation import REFERENCE


def labels(case: Case) -> Iterator[str]:
    """One label of each kind for a single case: shape class, live pattern, kinks, magnitude."""
    yield f"shape: {_shape_class(case)}"
    inputs, units = case.inputs.astype(np.float64), []
    for layer in case.layers:
        weights, biases = (array.astype(np.float64) for array in layer)
        units.append(inputs @ weights + biases)
        inputs = REFERENCE.relu_forward(units[-1])
    z = np.concatenate([np.ravel(each) for each in units])
    live = int(np.count_nonzero(z > 0))
    yield f"live units: {_how_many(live, z.size)}"
    yield f"units at the kink: {_how_many(int(np.count_nonzero(z == 0)), z.size)}"
    largest = float(np.max(np.abs(case.inputs), initial=0))
    # Coarse enough to count: 8 powers of two are one.
    power = 8 * -(-int(np.frexp(largest)[1]) // 8)
    yield f"inputs: {f'below 2^{power}' if largest else 'all 0'}"


def _shape_class(case: Case) -> str:
    batch, *widths = case.shape
    if len(widths) > 2:
        return f"{len(widths) - 1} layers"
    sizes = batch, *widths
    if not batch:
        return "empty batch"
    if max(sizes) == 1:
        return "one of each"
    if len(set(sizes)) == 1:
        return "all sizes equal"
    named = zip(("sample", "input", "neuron"), sizes, strict=True)
    ones = [name for name, size in named if size == 1]
    return f"one {' and one '.join(ones)}" if ones else "several of each"


def _how_many(some: int, of: int) -> str:
    return "none" if not some else "all" if some == of else "some"
