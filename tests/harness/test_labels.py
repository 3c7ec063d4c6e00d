"""The labels of a case: what Hypothesis's statistics count."""

from itertools import pairwise

import numpy as np
import pytest

from harness.case import Case, Layer
from harness.formats import FORMATS
from harness.labels import labels


def case(shape, inputs=1.0, weights=1.0, biases=0.0, dtype=FORMATS[0]):
    batch, *widths = shape

    def filled(value, *sizes):
        return np.full((1, *sizes), value, dtype)

    layers = tuple(
        Layer(filled(weights, n_inputs, n_neurons), filled(biases, 1, n_neurons))
        for n_inputs, n_neurons in pairwise(widths)
    )
    upstream = filled(1, batch, widths[-1])
    return Case(filled(inputs, batch, widths[0]), layers, upstream, dtype.type(1))


@pytest.mark.parametrize(
    ("shape", "label"),
    [
        ((1, 1, 1), "one of each"),
        ((0, 2, 2), "empty batch"),
        ((3, 3, 3), "all sizes equal"),
        ((1, 2, 3), "one sample"),
        ((2, 1, 1), "one input and one neuron"),
        ((2, 3, 4), "several of each"),
        ((1, 2, 3, 4), "2 layers"),
    ],
)
def test_a_shape_has_its_class(shape, label):
    assert next(labels(case(shape))) == f"shape: {label}"


@pytest.mark.parametrize(
    ("biases", "live", "kinks"),
    [(1.0, "all", "none"), (-9.0, "none", "none"), (-1.0, "none", "all")],
)
def test_units_are_live_or_at_the_kink(biases, live, kinks):
    _, *told, _ = labels(case((2, 1, 2), biases=biases))

    assert told == [f"live units: {live}", f"units at the kink: {kinks}"]


def test_some_units_are_told_from_all():
    mixed = case((2, 1, 2))
    mixed.layers[0].biases[0, 0, 0] = -1

    _, *told, _ = labels(mixed)

    assert told == ["live units: some", "units at the kink: some"]


@pytest.mark.parametrize(
    ("inputs", "label"),
    [(0.0, "all 0"), (1.0, "below 2^8"), (-300.0, "below 2^16"), (2.0**-10, "below 2^-8")],
)
@pytest.mark.parametrize("dtype", FORMATS, ids=[dtype.name for dtype in FORMATS])
def test_magnitudes_are_counted_by_eight_powers_of_two(inputs, label, dtype):
    *_, told = labels(case((2, 2, 2), inputs=inputs, dtype=dtype))

    assert told == f"inputs: {label}"
