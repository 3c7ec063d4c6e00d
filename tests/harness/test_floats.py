"""The certified regime's cases: over the whole range of exponents, and never out of it."""

import numpy as np
import pytest

from harness.calling import one_by_one
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS, HALF, precision
from harness.lattice import is_normal
from harness.strategies import DEEP, EDGES, SMALL
from harness.walk import walk

DTYPES = FORMATS[:2]
SHAPES = [*SMALL[::9], *EDGES, *DEEP]


def stack(shape, dtype, seed, count=30):
    return float_stack(np.random.default_rng(seed), shape, dtype, count)


def traced(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


def sums(case):
    """(terms, their sum) of every sum that the last layer's formulas make, terms on axis 1."""
    trace = traced(case)
    inputs = trace[-2].relu_outputs if len(trace) > 1 else case.inputs
    layer, last = case.layers[-1], trace[-1]
    biases = np.broadcast_to(layer.biases[:, None], (len(inputs), 1, *last.layer_outputs.shape[1:]))
    products = inputs.swapaxes(1, 2)[..., None] * layer.weights[:, :, None]
    z = last.deriv_relu_wrt_z
    yield "layer_outputs", np.concatenate([products, biases], 1), last.layer_outputs
    wrt_inputs = z.swapaxes(1, 2)[..., None] * layer.weights.swapaxes(1, 2)[:, :, None]
    yield "deriv_relu_wrt_inputs", wrt_inputs, last.deriv_relu_wrt_inputs
    yield "deriv_relu_wrt_weights", inputs[..., None] * z[:, :, None], last.deriv_relu_wrt_weights
    yield "deriv_relu_wrt_biases", z[:, :, None], last.deriv_relu_wrt_biases


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_overflows_or_leaves_the_normal_numbers(shape, dtype):
    smallest = np.finfo(dtype).smallest_normal
    for seed in range(10):
        case = stack(shape, dtype, seed, 5)
        arrays = [array for layer in traced(case) for array in layer]
        arrays += [terms for _, terms, _ in sums(case)]

        for array in arrays:
            assert array.dtype == dtype
            assert np.isfinite(array).all()
            assert (np.abs(array[array != 0]) >= smallest).all()
        assert is_normal(case)


@pytest.mark.parametrize("dtype", HALF, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_half_formats_do_not_overflow_and_start_from_normal_numbers(shape, dtype):
    """float16 is too narrow for its products to stay normal."""
    smallest = precision(dtype).smallest_normal
    for seed in range(10):
        case = stack(shape, dtype, seed, 5)
        given = [case.inputs, case.upstream, *(layer.weights for layer in case.layers)]

        assert is_normal(case)
        for array in given:
            assert array.dtype == dtype
            assert (np.abs(array[array != 0].astype(float)) >= smallest / 2).all()
        for layer in traced(case):
            assert all(np.isfinite(array.astype(float)).all() for array in layer)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_learning_rates_vary_and_are_numbers_of_float32(dtype):
    rates = {stack((2, 2, 2), dtype, seed, 1).learning_rate for seed in range(50)}

    assert len(rates) == 50
    assert all(type(rate) is dtype.type and np.float32(rate) == rate for rate in rates)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_exponents_reach_over_most_of_what_products_leave(dtype):
    """A gradient is a product of three numbers that may vary freely."""
    cases = [stack((2, 2, 2), dtype, seed) for seed in range(100)]
    exponents = np.concatenate([np.frexp(case.inputs[case.inputs != 0])[1] for case in cases])
    farthest = int(np.finfo(dtype).maxexp)

    assert exponents.min() < -farthest // 4
    assert exponents.max() > farthest // 4
    mixed = [np.ptp(np.frexp(case.inputs[case.inputs != 0])[1]) for case in cases]
    assert min(mixed) == 0
    assert max(mixed) > np.finfo(dtype).nmant


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sums_far_smaller_than_their_terms_are_drawn_for_every_sum(dtype):
    cancelled = set()
    for seed in range(60):
        for quantity, terms, total in sums(stack((2, 3, 2), dtype, seed)):
            largest = np.abs(terms).max(axis=1)
            small = np.abs(total.reshape(largest.shape)) < largest / 2.0**18
            if (small & (largest > 0) & (total.reshape(largest.shape) != 0)).any():
                cancelled.add(quantity)

    assert cancelled == {
        "layer_outputs",
        "deriv_relu_wrt_inputs",
        "deriv_relu_wrt_weights",
        "deriv_relu_wrt_biases",
    }


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 4, 3), (2, 2, 3, 2)])
def test_z_comes_within_a_few_units_in_the_last_place_of_zero(shape, dtype):
    near = 0
    for seed in range(20):
        _, terms, z = next(sums(stack(shape, dtype, seed)))
        unit = np.spacing(np.abs(terms).max(axis=1))
        near += np.count_nonzero((z != 0) & (np.abs(z) <= 4 * unit))

    assert near > 0


def test_the_same_seed_draws_the_same_bits_and_another_seed_others():
    first, again, other = (stack((3, 2, 2), DTYPES[0], seed) for seed in (1, 1, 2))

    assert first.inputs.tobytes() == again.inputs.tobytes() != other.inputs.tobytes()
    assert first.upstream.tobytes() == again.upstream.tobytes()
    assert first.learning_rate == again.learning_rate
