"""The smallest case that still shows a disagreement.

Greedy, to a fixed point: delete samples, inputs and neurons; make whole arrays zeros or ones;
replace what is left by simpler numbers. At the end no single deletion and no single zero still
shows it.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any, Final

import numpy as np

from harness.case import Array, Case, Layer

# Tried in this order for every number: the simplest, then the first integers past 11 and 24 bits.
SIMPLE: Final = (0.0, 1.0, 2.0, -1.0, -2.0, 0.5, -0.5, 3.0, -3.0, 2049.0, -2049.0, 2.0**24 + 1)
# Significant bits that a number is rounded to when none of these shows the disagreement.
FEWER_BITS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 25, 32)


def shrink(case: Case, shows: Callable[[Case], bool]) -> Case:
    """The smallest case found on which `shows` holds. `case` is a stack of one; it must show it."""
    while True:
        smaller = _first(_deletions(case), shows)
        if smaller is None:
            smaller = _first(_fewer_layers(case), shows)
        if smaller is None:
            smaller = _first(_learning_rates(case), shows)
        if smaller is None:
            smaller = _first(_constants(case), shows)
        if smaller is None:
            smaller = _simplified(case, shows)
        if smaller is None:
            return case
        case = smaller


def _first(cases: Iterator[Case], shows: Callable[[Case], bool]) -> Case | None:
    return next((case for case in cases if shows(case)), None)


def _arrays(case: Case) -> list[tuple[Array, int, int]]:
    """The case's arrays with the two dimensions of each; -1 is the batch, -2 none.

    Dimension k >= 0 is the k-th width: the inputs are 0, the first layer's neurons 1, and so on.
    """
    arrays = [(case.inputs, -1, 0)]
    for layer, (weights, biases) in enumerate(case.layers):
        arrays += [(weights, layer, layer + 1), (biases, -2, layer + 1)]
    return [*arrays, (case.upstream, -1, len(case.layers))]


def _rebuilt(case: Case, arrays: list[Array]) -> Case:
    inputs, *parameters, upstream = arrays
    layers = tuple(
        Layer(weights, biases)
        for weights, biases in zip(parameters[::2], parameters[1::2], strict=True)
    )
    return case._replace(inputs=inputs, layers=layers, upstream=upstream)


def _deletions(case: Case) -> Iterator[Case]:
    """The case without one sample, input or neuron, or without one of each of two dimensions.

    First without half of them. Two at once, for a mistake may need a square.
    """
    sizes = dict(enumerate(case.shape, start=-1))
    for dimension, size in sizes.items():
        halves = [np.arange(size // 2), np.arange(size // 2, size)] if size > 3 else []
        for gone in (*halves, *range(size)):
            if size > 1:
                yield _without(case, {dimension: gone})
    for one, other in combinations([each for each, size in sizes.items() if size > 1], 2):
        for places in product(range(sizes[one]), range(sizes[other])):
            yield _without(case, dict(zip((one, other), places, strict=True)))


def _without(case: Case, gone: dict[int, Any]) -> Case:
    """The case without the given places of some dimensions.

    What had a class as its target that is gone has the first.
    """
    arrays = []
    for array, rows, columns in _arrays(case):
        if rows in gone:
            array = np.delete(array, gone[rows], axis=1)
        if columns in gone:
            array = np.delete(array, gone[columns], axis=2)
        arrays.append(array)
    smaller = _rebuilt(case, arrays)
    if case.targets is None:
        return smaller
    targets = np.delete(case.targets, gone.get(-1, []), axis=1)
    if (classes := len(case.layers)) in gone:
        kept = np.delete(np.arange(case.shape[-1]), gone[classes])
        targets = np.argmax(kept == targets[..., None], axis=-1)
    return smaller._replace(targets=targets)


def _fewer_layers(case: Case) -> Iterator[Case]:
    """The case without one of several layers, where the others fit together without it."""
    for place, (weights, _) in enumerate(case.layers):
        if len(case.layers) > 1 and weights.shape[1] == weights.shape[2] and not case.linear:
            yield case._replace(layers=case.layers[:place] + case.layers[place + 1 :])


def _learning_rates(case: Case) -> Iterator[Case]:
    """And, as simple a replacement, targets that are all the first class."""
    if case.targets is not None and case.targets.any():
        yield case._replace(targets=np.zeros_like(case.targets))
    for rate in (1.0, 0.5):
        if case.learning_rate == rate:
            return
        yield case._replace(learning_rate=case.dtype.type(rate))


def _constants(case: Case) -> Iterator[Case]:
    """The one-layer case with several arrays made zeros or ones at once, the simplest first.

    One number at a time misses these: a z of exactly 0 is kept by no change of one number alone.
    """
    arrays = [array for array, _, _ in _arrays(case)]
    if len(case.layers) > 1:
        return
    for values in product((0.0, 1.0, None), repeat=len(arrays)):
        constant = [
            array if value is None else np.full_like(array, value)
            for array, value in zip(arrays, values, strict=True)
        ]
        if _size(constant) < _size(arrays):
            yield _rebuilt(case, constant)


def _size(arrays: list[Array]) -> tuple[int, int]:
    """How many numbers are neither 0 nor 1, and how many are 1."""
    ones = sum(int(np.count_nonzero(array == 1)) for array in arrays)
    return sum(int(np.count_nonzero(array)) for array in arrays) - ones, ones


def _simplified(case: Case, shows: Callable[[Case], bool]) -> Case | None:
    """The case with every number as simple as it can be alone, or None if that changes nothing."""
    changed = False
    for which, (array, _, _) in enumerate(_arrays(case)):
        for index in np.ndindex(array.shape):
            for value in _simpler(array[index]):
                if array.dtype.type(value) == array[index]:
                    continue
                arrays = [each.copy() for each, _, _ in _arrays(case)]
                arrays[which][index] = value
                smaller = _rebuilt(case, arrays)
                if shows(smaller):
                    case, changed = smaller, True
                    break
    return case if changed else None


def _simpler(value: Any) -> Iterator[Any]:
    """Simpler numbers than `value`, the simplest first."""
    if value in SIMPLE:
        yield from SIMPLE[: SIMPLE.index(value)]
        return
    yield from SIMPLE
    mantissa, exponent = np.frexp(float(value))
    if exponent > 24 or exponent < -2:
        yield np.ldexp(mantissa, 12)
        yield np.ldexp(mantissa, 1)
    for bits in FEWER_BITS:
        rounded = type(value)(np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits))
        if rounded == value:
            return
        yield rounded
