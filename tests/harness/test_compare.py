"""The one comparison: what counts as different, what is outside a ball, what a census keeps."""

import numpy as np
import pytest

from harness.ball import Ball
from harness.compare import Census, differs, error_over_radius, is_bit_for_bit, outside
from harness.formats import precision

DTYPES = [np.dtype(np.float32), np.dtype(np.float64)]
INF, NAN = float("inf"), float("nan")


def test_each_regime_compares_by_bits_or_by_the_radius():
    assert all(map(is_bit_for_bit, ("exact", "exhaustive")))
    assert not any(map(is_bit_for_bit, ("certified", "document")))
    for unknown in ("", "Exact", "exactly"):
        with pytest.raises(ValueError, match="exact, exhaustive, certified, document, not"):
            is_bit_for_bit(unknown)


def after(value, dtype, towards=INF):
    """The next number of the dtype."""
    return np.nextafter(dtype.type(value), dtype.type(towards))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    ("one", "other"), [(1.5, 1.5), (0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN)]
)
def test_the_same_number_zeros_of_both_signs_and_two_nans_do_not_differ(one, other, dtype):
    arrays = np.array([one], dtype), np.array([other], dtype)

    assert differs(*arrays).tolist() == differs(*arrays[::-1]).tolist() == [False]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, lambda dtype: after(1, dtype)),
        (1.0, lambda dtype: after(1, dtype, towards=0)),
        (0.0, lambda dtype: np.finfo(dtype).smallest_subnormal),
        (INF, lambda dtype: np.finfo(dtype).max),
        (NAN, lambda dtype: 0),
        (NAN, lambda dtype: INF),
    ],
)
def test_anything_else_differs_one_unit_in_the_last_place_too(one, other, dtype):
    arrays = np.array([one], dtype), np.array([other(dtype)], dtype)

    assert differs(*arrays).tolist() == differs(*arrays[::-1]).tolist() == [True]


def test_differs_answers_for_each_element():
    expected = np.array([[1.0, NAN, 3.0], [NAN, 5.0, 0.0]])
    observed = np.array([[1.0, 2.0, 3.5], [NAN, 5.0, -0.0]])

    assert differs(expected, observed).tolist() == [[False, True, True], [False, False, False]]


@pytest.mark.parametrize("shape", [(0,), (2, 0, 3)])
def test_empty_arrays_have_no_difference(shape):
    different = differs(np.empty(shape), np.empty(shape))

    assert (different.shape, different.dtype) == (shape, bool)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros((2, 1)), np.zeros((1, 1))),
        (np.zeros((0, 2)), np.zeros((2, 0))),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros(2, np.float32), np.zeros(2)),
        (np.zeros(2), np.zeros(2, np.int64)),
    ],
)
def test_arrays_of_another_shape_or_dtype_do_not_compare(one, other):
    with pytest.raises(TypeError, match="one shape and dtype compare") as refusal:
        differs(one, other)

    for array in one, other:
        assert f"{array.shape} {array.dtype}" in str(refusal.value)


def test_equal_dtypes_need_not_be_one_object():
    swapped_twice = np.zeros(2, np.dtype(">f8").newbyteorder())

    assert swapped_twice.dtype is not np.zeros(2).dtype
    assert differs(swapped_twice, np.zeros(2)).tolist() == [False, False]


ONE_AND_MORE = float(after(1, DTYPES[0]))


@pytest.mark.parametrize(
    ("mid", "radius", "observed", "ratio", "is_outside"),
    [
        (3.0, 2.0, 4.0, 0.5, False),
        (3.0, 2.0, 2.0, 0.5, False),
        (0.0, 1.0, 1.0, 1.0, False),
        (0.0, 1.0, -1.0, 1.0, False),
        (0.0, 1.0, ONE_AND_MORE, ONE_AND_MORE, True),
        (0.0, 1.0, -ONE_AND_MORE, ONE_AND_MORE, True),
        (1.0, 0.0, 1.0, 0.0, False),
        (1.0, 0.0, ONE_AND_MORE, INF, True),
        (0.0, 0.0, -0.0, 0.0, False),
        (1.0, 1.0, INF, INF, True),
        (0.0, 1e-300, 1e30, INF, True),
        (1.0, 0.0, NAN, NAN, True),
        (INF, NAN, INF, NAN, True),
        # Midpoint and radius that the dtype of `observed` does not resolve.
        (1 + 2.0**-40, 2.0**-42, 1.0, 4.0, True),
        (1 + 2.0**-40, 2.0**-39, 1.0, 0.5, False),
    ],
)
def test_error_over_radius_tells_what_is_outside(mid, radius, observed, ratio, is_outside):
    # A real ball's radius is inflated a little, so that no value lies exactly on its edge.
    ball = Ball(precision(DTYPES[1]), *np.array([[[mid]], [[radius]], [[abs(mid)]]]))

    found = error_over_radius(np.array([[observed]], np.float32), ball)

    np.testing.assert_array_equal(found, [[ratio]])
    assert outside(found).tolist() == [[is_outside]]


def taken(census, expected, observed, layer=0, dtype=DTYPES[1]):
    """The census with one stack of two cases, flat lists of elements."""
    expected, observed = (
        np.array(values, dtype).reshape(2, 1, -1) for values in (expected, observed)
    )
    return census.with_elements(expected, observed, differs(expected, observed), layer)


def test_a_census_counts_over_stacks_and_layers():
    census = taken(Census(), [1, 2, 3, 4], [1, 2, 3, 5])
    census = taken(census, [1, 2, 3, 4], [2, 1, 4, 4], layer=1)

    assert census.differing == 4


def test_where_nothing_differs_a_census_stays_as_it_is():
    nothing = (0, 0, 0, 0, (), (INF, -INF))

    assert taken(Census(), [1, NAN, 0, 4], [1, NAN, -0.0, 4]) == Census() == nothing


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    ("expected", "observed", "units"),
    [
        (1, lambda last: 1 + last.eps, lambda last: 1),
        (-1024, lambda last: -1024 * (1 + 5 * last.eps), lambda last: 5),
        (0, lambda last: 3 * last.smallest_subnormal, lambda last: 3),
        # The unit is that of the larger of both.
        (4, lambda last: 0, lambda last: 1 / last.eps),
        (0, lambda last: -4, lambda last: 1 / last.eps),
        (4, lambda last: 4 - 2 * last.eps, lambda last: 0.5),
    ],
)
def test_the_worst_is_in_units_in_the_last_place_of_the_dtype(expected, observed, units, dtype):
    last = np.finfo(dtype)

    census = taken(Census(), [1, expected], [1, observed(last)], dtype=dtype)

    assert census.worst == units(last)


@pytest.mark.parametrize(("expected", "observed"), [(1, NAN), (NAN, 1), (1, INF), (-INF, INF)])
def test_what_is_not_finite_is_infinitely_far(expected, observed):
    census = taken(Census(), [1, expected], [9, observed])

    assert census.worst == INF
    np.testing.assert_array_equal([census.expected, census.observed], [expected, observed])


def test_the_worst_comes_with_its_values_and_its_place_in_layer_and_case():
    expected = np.arange(24.0).reshape(2, 3, 4)
    observed = expected.copy()
    observed[0, 1, 1] += 1
    observed[1, 2, 3] += 9

    census = Census().with_elements(expected, observed, differs(expected, observed), layer=5)

    assert (census.expected, census.observed, census.place) == (23, 32, (5, 2, 3))


def test_a_census_keeps_the_worst_of_all_and_the_first_of_equals():
    first = taken(Census(), [1, 4], [1, 5], layer=1)
    less = taken(first, [4, 4.5], [4, 4], layer=2)
    equal = taken(less, [5, 4], [4, 4], layer=2)
    more = taken(equal, [4, 7], [4, 4], layer=2)

    assert first[1:5] == less[1:5] == equal[1:5] == (first.worst, 4, 5, (1, 0, 0))
    assert more[1:5] == (3 * first.worst, 7, 4, (2, 0, 0))


@pytest.mark.parametrize(
    ("stacks", "ratios"),
    [
        ([([1, 2, 3, 4], [2, 4, 6, 8])], (2, 2)),
        ([([1, 2], [-1, -2]), ([3, 4], [-3, -4])], (-1, -1)),
        ([([1, 2], [3, 6]), ([3, 4], [6, 4]), ([1, 1], [1, 4])], (2, 4)),
        ([([1, 2], [2, 4]), ([3, 4], [3, 4])], (2, 2)),
        ([([2, -4], [1, -2])], (0.5, 0.5)),
        ([([1, -1], [2, -3])], (2, 3)),
        ([([0, 2], [7, 4])], (2, 2)),
        ([([0, 0], [7, 4])], (INF, -INF)),
        ([([1, 2], [2, NAN])], (-INF, INF)),
        ([([1, 2], [INF, INF])], (-INF, INF)),
        ([([INF, 2], [-INF, -2]), ([1, 1], [-1, -1])], (-INF, INF)),
        ([([2.0**-1000, 1], [2.0**1000, 1])], (-INF, INF)),
    ],
)
def test_a_constant_ratio_shows_as_two_equal_bounds(stacks, ratios):
    census = Census()
    for expected, observed in stacks:
        census = taken(census, expected, observed)

    assert census.ratios == ratios
