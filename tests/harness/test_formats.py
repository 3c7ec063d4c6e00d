"""The formats under test: what IEEE 754 and bfloat16 are, and how NumPy code computes with them."""

import numpy as np
import pytest

from harness.calling import one_by_one
from harness.case import QUANTITIES
from harness.derivation import REFERENCE
from harness.formats import BFLOAT16, FORMATS, carrier, exponent_range, precision
from harness.lattice import LADDER, lattice_stack
from harness.walk import walk
from harness.whole_step import step_by_step

# Bits of the significand, exponents of the smallest normal number and beyond the largest one.
KNOWN = {
    "float64": (53, -1022, 1024),
    "float32": (24, -126, 128),
    "float16": (11, -14, 16),
    "bfloat16": (8, -126, 128),
}


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_a_format_is_what_its_standard_says(dtype):
    bits, lowest, beyond = KNOWN[dtype.name]
    known = precision(dtype)

    assert (known.bits, float(known.unit_roundoff)) == (bits, 2.0**-bits)
    assert known.smallest_normal == 2.0**lowest
    assert exponent_range(dtype) == (lowest, beyond)
    assert known.wide_unit_roundoff < known.unit_roundoff / 2 or dtype == np.float64


@pytest.mark.parametrize("dtype", [np.int64, np.complex128, np.longdouble, np.bool_])
def test_what_is_not_under_test_is_refused_in_one_line(dtype):
    expected = (
        f"expected a case of dtype float64, float32, float16, bfloat16, not {np.dtype(dtype)}"
    )

    with pytest.raises(TypeError) as refusal:
        precision(np.dtype(dtype))

    assert str(refusal.value) == expected


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_only_bfloat16_is_carried_by_another_format(dtype):
    assert carrier(dtype) == (np.float32 if dtype == BFLOAT16 else dtype)


def bfloat16_case():
    return lattice_stack(np.random.default_rng(1), (2, 3, 2), BFLOAT16, LADDER[0], 5)


def test_a_formula_gets_bfloat16_as_float32_and_its_results_are_rounded_to_it():
    """Code that NumPy refuses in bfloat16 (einsum), and code that leaves it (dot), both run."""
    met = set()

    def dense_forward(inputs, weights, biases):
        met.update(array.dtype.name for array in (inputs, weights, biases))
        return np.einsum("bi,in->bn", inputs, weights) + biases + np.float32(2.0**-20)

    faults = []
    case = bfloat16_case()
    call = one_by_one(REFERENCE._replace(dense_forward=dense_forward), case.shape, faults)
    (layer,) = walk(call, case)

    (truth,) = walk(one_by_one(REFERENCE, case.shape, []), case)
    assert (met, faults) == ({"float32"}, [])
    for quantity in QUANTITIES:
        assert getattr(layer, quantity).dtype == BFLOAT16
    nonzero = truth.layer_outputs != 0
    assert np.array_equal(layer.layer_outputs[nonzero], truth.layer_outputs[nonzero])


def test_a_whole_step_gets_bfloat16_as_float32_too():
    met = set()

    def train_step(inputs, layers, upstream, learning_rate):
        met.update(each.dtype.name for each in (inputs, *layers[0], upstream, learning_rate))
        return [{"layer_outputs": inputs @ layers[0][0] + layers[0][1]}]

    faults = []
    case = bfloat16_case()
    (layer,) = step_by_step(train_step, case, faults)

    (truth,) = walk(one_by_one(REFERENCE, case.shape, []), case)
    assert (met, faults) == ({"float32"}, [])
    assert layer.layer_outputs.dtype == BFLOAT16
    assert np.array_equal(layer.layer_outputs, truth.layer_outputs)
    assert layer.new_weights is None
