"""The exact regime in single numbers: what an Extent keeps, where its limits are, what is drawn."""

import numpy as np
import pytest

from harness.case import Case, Layer
from harness.extent import Extent
from harness.formats import FORMATS
from harness.lattice import LADDER, Radii, Rung, is_normal, lattice_stack, needs, radii

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
FIELDS = ("step", "lowest", "largest", "widest")


def kept(extent):
    return tuple(getattr(extent, field) for field in FIELDS)


def one_layer(x, w, b, upstream, rate, dtype):
    x, w, b, upstream = (np.full((1, 1, 1), value, dtype) for value in (x, w, b, upstream))
    return Case(x, (Layer(w, b),), upstream, dtype.type(rate))


def test_each_rule_bounds_the_magnitude_and_multiplies_or_adds_the_steps():
    half, six = Extent.of([[-0.5, 1.5]]), Extent.of([[6.0, -2.0]])

    for rule, magnitude, numbers in [
        (lambda: half + six, [[6.5, 3.5]], (-1, -1, 6.5, 13)),
        (lambda: six - half, [[6.5, 3.5]], (-1, -1, 6.5, 13)),
        (lambda: half * six, [[3, 3]], (0, -1, 6, 3)),
        (lambda: half @ six.T, [[6]], (0, -1, 6, 6)),
        (lambda: np.maximum(half, six), [[6, 2]], (-1, -1, 6, 12)),
        (lambda: -half, [[0.5, 1.5]], (-1, -1, 1.5, 3)),
        (lambda: half.T.column_sum(), [[2]], (-1, -1, 2, 4)),
        (lambda: half.copy(), [[0.5, 1.5]], (-1, -1, 1.5, 3)),
    ]:
        result = rule()
        assert result.magnitude.tolist() == magnitude
        assert kept(result) == numbers


def test_what_was_widest_is_remembered_by_all_that_follows():
    wide, one = Extent.of([[4097.0, 1024.0]]), Extent.of([[1.0, 0.0]])
    past = Extent(np.array([[1.0, 1.0]]), 0, [wide, Extent.of([[2.0**-9]])])

    assert kept(past) == (0, -9, 4097, 4097)
    for later in (past + one, one + past, past * one, past.copy(), np.maximum(one, past)):
        assert kept(later) == (0, -9, 4097, 4097)
    assert kept(past @ one.T) == (0, -9, 4097, 4097)
    assert kept(past.column_sum()) == (0, -9, 4097, 4097)


@pytest.mark.parametrize("empty", [np.zeros((0, 2)), np.zeros((2, 2))])
def test_nothing_and_zeros_have_no_width_and_the_step_of_1(empty):
    assert kept(Extent.of(empty)) == (0, 0, 0, 0)


def test_every_element_counts_for_the_step():
    assert kept(Extent.of([[2.0**20, 12.0, 0.0], [2.5, 7.0, 2.0**52 + 1]])) == (
        -1,
        -1,
        2.0**52 + 1,
        2.0**53 + 2,
    )


def test_no_mask_hides_a_magnitude():
    extent = Extent.of([[3.0]])

    extent[extent <= 0] = 0

    assert kept(extent) == (0, 0, 3, 3)


def test_the_needs_of_a_case_are_the_extremes_over_all_its_quantities():
    case = one_layer(3, 0.5, 1, 1025, 0.25, DTYPES[0])

    # deriv_relu_wrt_weights is 3075, and the new weight 0.5 + 0.25 * 3075 a multiple of 0.25.
    assert needs(case) == (3077, 3075, -2)
    assert needs(case._replace(learning_rate=np.float64(8.0))) == (49201, 24600.5, -1)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_normal_is_from_the_smallest_normal_number_to_a_quarter_of_the_range(dtype):
    last = np.finfo(dtype)

    assert is_normal(one_layer(2.0 ** (last.maxexp - 3), 1, 0, 0, 1, dtype))
    assert is_normal(one_layer(0.9375 * 2.0 ** (last.maxexp - 2), 1, 0, 0, 1, dtype))
    assert not is_normal(one_layer(2.0 ** (last.maxexp - 2), 1, 0, 0, 1, dtype))
    assert is_normal(one_layer(last.smallest_normal, 1, 0, 0, 1, dtype))
    assert not is_normal(one_layer(last.smallest_normal / 2, 1, 0, 0, 1, dtype))
    assert not is_normal(one_layer(1, 1, 0, last.smallest_normal, 0.5, dtype))


def test_float16_alone_may_leave_the_normal_numbers():
    """Its exponents are too few for products of its numbers."""
    float64, _, float16, bfloat16 = FORMATS

    assert is_normal(one_layer(2.0**-10, 2.0**-10, 0, 0, 1, float16))
    assert not is_normal(one_layer(2.0**-100, 2.0**-100, 0, 0, 1, bfloat16))
    assert not is_normal(one_layer(2.0**-600, 2.0**-600, 0, 0, 1, float64))


def test_an_overflow_on_the_way_is_not_normal():
    assert not is_normal(one_layer(2.0**1000, 2.0**1000, 0, 0, 1, DTYPES[0]))


def test_the_ladder_goes_past_the_bits_of_every_narrower_format():
    assert [rung.bits for rung in LADDER] == [2, 12, 15, 53]


@pytest.mark.parametrize(
    ("shape", "bits", "found"),
    [
        ((3, 4, 2), (2, 2, 2), Radii(3, 3, (36,), 3, 0)),
        ((1, 1, 1), (2, 12, 15), Radii(3, 4095, (3 * 4095,), 32767, 0)),
        ((2, 2, 3, 1), (2, 3, 2), Radii(3, 7, (42, 3 * 84 * 7), 3, 0)),
        ((1, 1, 1, 1, 1), (1, 1, 1), Radii(1, 1, (1, 2, 4), 1, 0)),
    ],
)
def test_small_radii_are_as_asked_and_biases_reach_as_far_as_the_sums(shape, bits, found):
    assert radii(shape, DTYPES[0], bits, 0) == found


def test_radii_keep_every_sum_below_2_to_the_bits():
    ones = (1, 1, 1)  # each layer doubles the sum of the layer before it

    assert radii((1,) * 25, DTYPES[1], ones, 0).biases[-1] == 2**22
    with pytest.raises(ValueError, match="no integers are exact"):
        radii((1,) * 26, DTYPES[1], ones, 0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_stack_stays_within_its_radii_and_reaches_them(dtype):
    shape, count = (2, 3, 2), 300
    case = lattice_stack(np.random.default_rng(1), shape, dtype, LADDER[0], count)
    (layer,) = case.layers

    for array in (case.inputs, layer.weights, case.upstream):
        assert set(array.ravel()) == {-3, -2, -1, 0, 1, 2, 3}
    assert len(case.inputs) == len(layer.weights) == len(layer.biases) == count
    assert np.abs(layer.biases).max() > 3


def drawn(rung, seeds, shape=(2, 3, 2)):
    return [
        lattice_stack(np.random.default_rng(seed), shape, DTYPES[0], rung, 20) for seed in seeds
    ]


def test_learning_rates_are_the_first_powers_of_a_half():
    rates = {float(case.learning_rate) for case in drawn(LADDER[0], range(40))}

    assert rates == {1, 0.5, 0.25, 0.125}


def test_each_array_keeps_to_its_rung_or_to_tiny_integers():
    rung = Rung("of 8 bits", 8)
    arrays = [
        (case.inputs, case.layers[0].weights, case.upstream) for case in drawn(rung, range(99))
    ]

    largest = np.array([[np.abs(array).max() for array in case] for case in arrays])

    tiny = largest <= 3
    assert (tiny | ((largest > 200) & (largest <= 255))).all()
    assert (tiny.mean(axis=0) < 0.5).all()
    assert len({tuple(case) for case in tiny}) == 2**3  # each for itself


@pytest.mark.parametrize("shape", [(3, 2, 4), (2, 2, 3, 2)])
def test_a_quarter_of_the_columns_has_a_z_of_0_in_a_row_that_varies(shape):
    rung, columns, rows = LADDER[-1], [], []
    for case in drawn(rung, range(60), shape):
        hidden = case.inputs
        for layer in case.layers:
            z = hidden @ layer.weights + layer.biases
            columns.append((z == 0).any(axis=1).mean())
            rows += list(np.argwhere((z == 0).mean(axis=(0, 2)) > 0.1).ravel())
            hidden = np.maximum(0, z)

    assert 0.2 < np.mean(columns) < 0.45
    assert set(rows) == set(range(shape[0]))


def test_a_batch_of_nothing_is_drawn_too():
    case = lattice_stack(np.random.default_rng(0), (0, 2, 3), DTYPES[0], LADDER[0], 5)

    assert (case.shape, len(case.inputs)) == ((0, 2, 3), 5)
    assert np.abs(case.layers[0].biases).max() == 3
