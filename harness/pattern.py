"""What a wrong quantity's errors have in common, when no known mistake explains them.

Samples are cases of the exact regime, so that a pattern holds bit for bit or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Array
from harness.compare import differs


class Sample(NamedTuple):
    """One layer's quantity over a stack: what it should be, and what it was.

    `sizes` are the batch, n_inputs and n_neurons of the layer, which is one of `layers`; `small`
    says that the case has tiny integers only. z are the layer's layer_outputs, if the quantity has
    a value for each of them.
    """

    sizes: tuple[int, int, int]
    layers: int
    small: bool
    expected: Array
    observed: Array
    z: Array | None


# What the truth may be scaled by, besides a constant.
_SCALES: Final[dict[str, Callable[[int, int, int], float]]] = {
    "": lambda batch, n_inputs, n_neurons: 1.0,
    " divided by batch": lambda batch, n_inputs, n_neurons: 1 / batch,
    " divided by n_inputs": lambda batch, n_inputs, n_neurons: 1 / n_inputs,
    " divided by n_neurons": lambda batch, n_inputs, n_neurons: 1 / n_neurons,
    " times batch": lambda batch, n_inputs, n_neurons: batch,
    " times n_inputs": lambda batch, n_inputs, n_neurons: n_inputs,
    " times n_neurons": lambda batch, n_inputs, n_neurons: n_neurons,
}


def describe(samples: Sequence[Sample]) -> str | None:
    """The first pattern that holds for all samples, in words that follow 'it is', or None."""
    if not any(_wrong(sample).any() for sample in samples):
        return None
    single = [sample for sample in samples if sample.layers == 1]
    small = [sample for sample in single if sample.small]
    if any(_wrong(sample).any() for sample in small):
        return _as_a_whole(small) or _in_places(small)
    if any(_wrong(sample).any() for sample in single):
        return "right where all numbers are small integers"
    return "right where there is one layer"


def _wrong(sample: Sample) -> Array:
    return differs(sample.expected, sample.observed)


def _as_a_whole(samples: Sequence[Sample]) -> str | None:
    """The quantity is the right one, scaled or turned round, or nothing."""
    if not any(sample.observed.any() for sample in samples):
        return "0 everywhere"
    for what, scale in _SCALES.items():
        factor = _factor(samples, scale)
        if factor is not None:
            times = {1.0: "", -1.0: "the negative of "}.get(factor, f"{factor:g} times ")
            return f"{times}the truth{what}"
    square = [each for each in samples if each.expected.shape[1] == each.expected.shape[2]]
    if any(_wrong(each).any() for each in square) and not any(
        differs(each.expected.swapaxes(1, 2), each.observed).any() for each in square
    ):
        return "the transpose of the truth, where that is square"
    return None


def _factor(samples: Sequence[Sample], scale: Callable[[int, int, int], float]) -> float | None:
    """The number c such that observed is c times the scaled truth in every element, or None.

    Where the truth is a power of two the quotient is c to the bit. There a division by 1 / c may
    round otherwise than a multiplication by c, so both are tried.
    """
    truth = np.concatenate([np.ravel(s.expected * scale(*s.sizes)) for s in samples])
    observed = np.concatenate([np.ravel(s.observed) for s in samples])
    powers = np.flatnonzero(np.abs(np.frexp(truth)[0]) == 0.5)
    if not powers.size:
        return None
    with np.errstate(all="ignore"):
        factor = float(observed[powers[0]] / truth[powers[0]])
        for scaled in (truth * factor, truth / np.divide(1, factor)):
            if np.isfinite(factor) and not differs(scaled, observed).any():
                return factor
    return None


def _in_places(samples: Sequence[Sample]) -> str | None:
    """The narrowest of the known places that holds every error."""
    wrong = [_wrong(sample) for sample in samples]
    places = [dict(_places(sample)) for sample in samples]
    sizes: dict[str, int] = {}
    for name in places[0]:
        held = [each[name] for each in places]
        if not any((errors & ~place).any() for errors, place in zip(wrong, held, strict=True)):
            sizes[name] = sum(int(np.count_nonzero(place)) for place in held)
    everywhere = sum(errors.size for errors in wrong)
    narrowest = min(sizes, key=lambda name: sizes[name], default=None)
    if narrowest is None or sizes[narrowest] == everywhere:
        return None
    return f"right except {narrowest}"


def _places(sample: Sample) -> Iterator[tuple[str, Any]]:
    """Names of places in a quantity, and where these are."""
    shape = sample.expected.shape
    row, column = np.arange(shape[1])[:, None], np.arange(shape[2])[None]
    batch, n_inputs, n_neurons = sample.sizes
    for what, holds in (
        ("in the first row", row == 0),
        ("in the rows after the first", row > 0),
        ("in the last row", row == shape[1] - 1),
        ("in the rows before the last", row < shape[1] - 1),
        ("in the first column", column == 0),
        ("in the columns after the first", column > 0),
        ("in the last column", column == shape[2] - 1),
        ("in the columns before the last", column < shape[2] - 1),
        ("on the diagonal", row == column),
        ("off the diagonal", row != column),
        ("where batch is 1", batch == 1),
        ("where batch is more than 1", batch > 1),
        ("where n_inputs is 1", n_inputs == 1),
        ("where n_inputs is more than 1", n_inputs > 1),
        ("where n_neurons is 1", n_neurons == 1),
        ("where n_neurons is more than 1", n_neurons > 1),
        ("where batch equals n_inputs", batch == n_inputs),
        ("where batch equals n_neurons", batch == n_neurons),
        ("where n_inputs equals n_neurons", n_inputs == n_neurons),
    ):
        yield what, np.broadcast_to(holds, shape)
    if sample.z is not None:
        yield "where z is above 0", sample.z > 0
        yield "where z is below 0", sample.z < 0
        yield "where z is 0", sample.z == 0
        yield "where z is 0 or below", sample.z <= 0
