"""The exact regime: on its cases nothing rounds, and its magnitudes show what they should."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.derivation import REFERENCE
from harness.extent import Extent
from harness.formats import FORMATS
from harness.lattice import LADDER, is_exact, lattice_stack, needs, radii
from harness.strategies import DEEP, EDGES
from harness.walk import walk

DTYPES = FORMATS
BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
SHAPES = [(1, 1, 1), (2, 2, 2), (3, 4, 3), *EDGES[:4], *EDGES[6:8], *DEEP]
STACKS = list(product(SHAPES, LADDER, DTYPES))


def stack(shape, rung, dtype, count=8, seed=5):
    return lattice_stack(np.random.default_rng(seed), shape, dtype, rung, count)


def one_layer(x, w, b, upstream, rate, dtype):
    x, w, b, upstream = (np.full((1, 1, 1), value, dtype) for value in (x, w, b, upstream))
    return Case(x, (Layer(w, b),), upstream, dtype.type(rate))


def in_fractions(case):
    """The trace of a stack of one in rational numbers, which never round."""

    def exact(array):
        flat = [Fraction(float(value)) for value in np.ravel(array)]
        return np.array([*flat, None], object)[:-1].reshape(np.shape(array))

    def call(step, layer, arguments):
        result = getattr(REFERENCE, step.formula)(*(a[0] if np.ndim(a) else a for a in arguments))
        results = result if isinstance(result, tuple) else (result,)
        return [each[None] for each in results]

    layers = tuple(Layer(*map(exact, layer)) for layer in case.layers)
    rate = Fraction(float(case.learning_rate))
    return walk(call, Case(exact(case.inputs), layers, exact(case.upstream), rate))


def in_dtype(case, order):
    """The trace of a stack of one in its dtype, every sum in one of many orders."""
    rng = np.random.default_rng(order)

    def dot(left, right):
        places = rng.permutation(left.shape[1])
        total = np.zeros((len(left), right.shape[1]), left.dtype)
        for place in places:
            total = total + left[:, place : place + 1] * right[place : place + 1]
        return total

    def dense_backward(upstream, inputs, weights):
        ones = np.ones((1, len(upstream)), upstream.dtype)
        return dot(upstream, weights.T), dot(inputs.T, upstream), dot(ones, upstream)

    formulas = REFERENCE._replace(
        dense_forward=lambda inputs, weights, biases: dot(inputs, weights) + biases,
        dense_backward=dense_backward,
    )

    def call(step, layer, arguments):
        result = getattr(formulas, step.formula)(*(a[0] if np.ndim(a) else a for a in arguments))
        results = result if isinstance(result, tuple) else (result,)
        return [each[None] for each in results]

    return walk(call, case)


@pytest.mark.parametrize(("shape", "rung", "dtype"), STACKS)
def test_every_rung_is_exact_at_every_shape(shape, rung, dtype):
    case = stack(shape, rung, dtype)

    assert case.dtype == dtype
    assert case.shape == shape
    assert is_exact(case)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rung", LADDER, ids=[rung.name for rung in LADDER])
@pytest.mark.parametrize("shape", [(2, 3, 2), (3, 5, 1), (2, 2, 3, 2), (2, 3, 2, 3, 2)])
def test_no_order_of_summation_rounds(shape, rung, dtype):
    for seed in range(5):
        case = stack(shape, rung, dtype, 1, seed)
        observed, exact = in_dtype(case, seed), in_fractions(case)
        for ours, truth in zip(observed, exact, strict=True):
            for computed, rational in zip(ours, truth, strict=True):
                assert [Fraction(float(v)) for v in computed.ravel()] == list(rational.ravel())


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_condition_is_met_up_to_the_last_bit_and_no_further(dtype):
    limit = 2 ** BITS[dtype.name]

    # z = x w + b, and new_biases = b - rate * upstream: the sum of magnitudes is what counts.
    assert is_exact(one_layer(limit - 2, 1, 1, 0, 1, dtype))
    assert not is_exact(one_layer(limit - 1, 1, 1, 0, 1, dtype))
    assert is_exact(one_layer(0, 0, limit // 2 - 1, 2, 0.5, dtype))
    assert not is_exact(one_layer(0, 0, limit // 2, 1, 0.5, dtype))
    assert not is_exact(one_layer(limit // 2, 2, 0, 0, 1, dtype))


def test_what_the_condition_refuses_can_round():
    dtype = DTYPES[1]
    case = one_layer(2**24, 1, 1, 0, 1, dtype)

    assert not is_exact(case)
    assert case.inputs * case.layers[0].weights + case.layers[0].biases == 2**24


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_radii_are_as_large_as_the_condition_allows(shape, dtype):
    cap = radii(shape, dtype, (53, 53, 53), -2)
    bits = max(int(radius).bit_length() for radius in (cap.inputs, cap.weights, cap.upstream))

    def filled(bits):
        value = (1 << bits) - 1
        batch, *widths = shape
        layers = tuple(
            Layer(np.full((1, i, o), value, float), np.full((1, 1, o), bias, float))
            for i, o, bias in zip(widths, widths[1:], biases(value), strict=False)
        )
        inputs, upstream = np.full((1, batch, widths[0]), value), np.full((1, batch, widths[-1]), 1)
        return Case(inputs, layers, upstream * float(value), np.float64(2.0**cap.rate))

    def biases(value):
        hidden = value
        for n_inputs in shape[1:-1]:
            yield n_inputs * hidden * value
            hidden = 2 * n_inputs * hidden * value

    assert cap.inputs == cap.weights == cap.upstream == (1 << bits) - 1
    assert needs(filled(bits)).widest < 2 ** BITS[dtype.name] <= needs(filled(bits + 1)).widest


def test_where_no_integers_are_exact_it_says_so():
    with pytest.raises(ValueError, match=r"no integers are exact at shape \(1, 2, 2"):
        radii((1,) + (2,) * 26, DTYPES[1], (2, 2, 2), 0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rung", LADDER, ids=[rung.name for rung in LADDER])
def test_kinks_are_met_on_every_rung(rung, dtype):
    case = stack((3, 4, 3), rung, dtype, 200)
    (trace,) = walk(one_by_one(REFERENCE, case.shape, []), case)

    assert 0.02 < np.mean(trace.layer_outputs == 0) < 0.5


@pytest.mark.parametrize("narrow", [np.float16, np.float32])
def test_a_narrow_intermediate_shows_on_every_rung_but_the_tiny_one(narrow):
    seen = set()
    for rung in LADDER:
        for seed in range(8):
            case = stack((3, 4, 3), rung, DTYPES[0], 50, seed)
            with np.errstate(over="ignore", invalid="ignore"):
                products = case.inputs.astype(narrow) @ case.layers[0].weights.astype(narrow)
            if (products.astype(np.float64) != case.inputs @ case.layers[0].weights).any():
                seen.add(rung.name)

    assert seen == {rung.name for rung in LADDER} - {"tiny"}


@pytest.mark.parametrize(
    ("value", "step"), [(1, 0), (0, 0), (6, 1), (0.375, -3), (2.0**-1074, -1074), (3 * 2.0**80, 80)]
)
def test_an_extent_knows_the_lowest_set_bit(value, step):
    assert Extent.of([[value, -value]]).step == step


def test_an_extent_remembers_the_widest_of_what_it_was_made_from():
    large = Extent.of(np.array([[2.0**30]]))
    small = Extent.of(np.array([[2.0**-20]]))
    total = large.plus(small)

    assert (total.step, total.lowest, total.largest) == (-20, -20, 2.0**30 + 2.0**-20)
    assert total.widest == 2.0**50 + 1
    assert total.dot(Extent.of(np.zeros((1, 1)))).widest == total.widest
