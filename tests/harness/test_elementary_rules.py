"""The rules of exp, log, quotients and rows in single numbers: no bound, ambiguity, the hull."""

from fractions import Fraction

import numpy as np
import pytest
from test_ball_rules import ball, exactly, singles, terms

from harness.ball import Ball
from harness.formats import FORMATS, precision
from harness.rounding import unit_in_last_place
from harness.together import hull, patched, spanning

AMBIGUOUS = [[True, False], [False, False]]


def radius(number):
    return np.broadcast_to(number.radius, number.shape).tolist()


@pytest.fixture(autouse=True)
def no_warnings():
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_a_unit_in_the_last_place_is_that_of_the_binade(dtype):
    p = precision(dtype)
    least = p.smallest_normal
    given = np.array([1, 1.5, 2, 1 - 2.0**-60, 4 * least, least, least / 2, 0])

    units = unit_in_last_place(p, given) * 2.0 ** (p.bits - 1)

    assert units.tolist() == [1, 1, 2, 0.5 if given[3] < 1 else 1, 4 * least, least, least, least]


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_a_divisor_that_may_be_zero_has_no_bound(dtype):
    p = precision(dtype)
    divisors = ball([[0, 1, -1, 1, 2, -2]], [0, 1, 1, 2, 1, 1], tested=p)

    assert np.isinf((ball([[1]], tested=p) / divisors).radius).tolist() == [
        [True] * 4 + [False] * 2
    ]
    assert (ball([[1]], tested=p) / divisors).mid.tolist() == [[1, 1, 1, 1, 0.5, -0.5]]
    assert np.isinf((ball([[0]], tested=p) / divisors).radius)[0, :4].all()


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_the_logarithm_of_what_may_be_zero_has_no_bound(dtype):
    p = precision(dtype)
    numbers = ball([[0, 1, -1, -3, 2]], [0, 1, 0, 1, 1], tested=p)
    subnormal = Ball.exact(np.array([[p.smallest_normal / 2]]), p)

    assert np.isinf(np.log(numbers).radius).tolist() == [[True] * 4 + [False]]
    assert np.isinf(np.log(subnormal).radius).all()
    assert np.isfinite(np.log(numbers).mid).all()


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_an_exponential_close_to_an_overflow_has_no_bound_and_none_is_needed_far_below(dtype):
    p = precision(dtype)
    largest = -np.log(p.smallest_normal)
    numbers = ball([[largest * 0.99, largest * 1.01, 3e4, -3e4, 0, -3e4]], [0, 0, 0, 0, 1e5, 1e5])
    numbers.tested = p

    found = np.exp(numbers)

    assert np.isinf(found.radius).tolist() == [[False, True, True, False, True, True]]
    assert found.radius[0, 3] <= 2 * p.smallest_normal


def test_zero_over_anything_and_powers_of_two_are_exact():
    assert radius(ball([[0, 0]]) / ball([[3.0, 5]], 1)) == [[0, 0]]
    assert radius(ball([[3.0, 5, 7]]) / np.array([[4, 0.5, -1]])) == [[0, 0, 0]]
    assert (ball([[3.0]]) / ball([[4.0]], 2.0**-80)).radius > 0
    assert (ball([[3.0]]) / 3).radius > 0


def test_products_with_0_1_and_minus_1_are_exact_and_others_are_not():
    numbers = ball([[3.0, 5, 7]], [1, 2, 4])

    assert singles((numbers * np.array([[0, 1, -1]])).radius) == [[0, 2, 4]]
    assert (numbers * np.array([[0, 1, -1]])).mid.tolist() == [[0, 5, -7]]
    assert singles((np.array([[0, 1, -1]], np.int8) * numbers).radius) == [[0, 2, 4]]
    assert terms(numbers * np.array([[0, 1, -1]])) == (0, 1)
    assert terms(numbers * np.array([[0, 1, 2]])) == (1, 0)
    assert terms(numbers * np.array([[0.0, 1, -1]])) == (1, 0)


def test_a_row_has_as_many_terms_as_are_not_exactly_zero():
    rows = ball([[0, 1, 0, 2], [0, 0, 0, 3]])

    def sum_of_rows(numbers):
        return np.sum(numbers, axis=1, keepdims=True)

    assert terms(sum_of_rows(rows)) == (0, 2)
    assert terms(sum_of_rows(rows[1:])) == (0, 1)
    assert terms(sum_of_rows(ball([[0, 1, 0, 2]], [[1, 0, 0, 0]]))) == (0, 3)
    assert terms(sum_of_rows(rows + rows * 3.0)) == (2, 2)
    assert terms(sum_of_rows(ball(np.zeros((2, 3))))) == (0, 0)


def test_a_place_from_a_longer_sum_makes_the_whole_as_long():
    short, long = ball([[[1.0, 0]]]).row_sum(), ball([[[1.0, 1]]]).row_sum()

    assert terms(patched(short, np.array([True]), long)) == (0, 2)
    assert terms(patched(long, np.array([True]), short)) == (0, 2)


def test_the_sum_of_two_numbers_is_rounded_once_and_so_by_what_it_is():
    large, near = ball([[2.0**20]]), ball([[2.0**20 - 1]])

    assert (large - near).radius < 2.0**-23
    assert (large - near + ball([[1.0]])).radius > 2.0**-4


def test_the_largest_of_a_row_has_the_radius_of_whatever_may_be_it():
    rows = ball(
        [[0, 9.0, 0], [0, 1, 0], [5, 5, 5], [-7, 1, 0]],
        [[3, 2, 3], [3, 1, 2], [1, 2, 3], [9, 0, 1]],
    )

    largest = np.max(rows, axis=1, keepdims=True)

    assert largest.mid.tolist() == [[9], [1], [5], [1]]
    assert singles(largest.radius) == [[2], [3], [3], [9]]
    assert radius(np.max(ball([[1.0, 2]]), axis=1, keepdims=True)) == [[0]]


def test_what_follows_from_an_ambiguous_element_is_ambiguous():
    doubtful, sure = ball([[1, 2], [3, 4]], 0, AMBIGUOUS), ball([[5, 6], [7, 8]])
    row = [[True], [False]]

    for number in (np.exp(doubtful), np.log(doubtful), doubtful / sure, sure / doubtful):
        assert number.ambiguous.tolist() == AMBIGUOUS
    for number in (hull(doubtful, sure), hull(sure, doubtful)):
        assert number.ambiguous.tolist() == AMBIGUOUS
    assert np.sum(doubtful, axis=1, keepdims=True).ambiguous.tolist() == row
    assert np.max(doubtful, axis=1, keepdims=True).ambiguous.tolist() == row
    assert np.mean(doubtful).ambiguous.tolist() is True
    assert not np.mean(sure).ambiguous
    assert (doubtful * np.array([[0, 1], [1, 1]])).ambiguous.tolist() == [[False] * 2] * 2
    assert (doubtful * np.array([[1, 0], [1, 1]])).ambiguous.tolist() == AMBIGUOUS
    assert doubtful[0:1].ambiguous.tolist() == AMBIGUOUS[:1]
    assert np.diagflat(doubtful[0:1]).ambiguous.tolist() == AMBIGUOUS
    # One row's mark for all rows is each row's.
    several = sure + ball([[1, 2]], 0, [[True, False]])
    assert several[1:2].ambiguous.tolist() == [[True, False]]


def test_an_assigned_row_brings_its_ambiguity_and_takes_the_old_with_it():
    number, new = ball([[1, 2], [3, 4]], 1, AMBIGUOUS), ball([[5, 6]], 2, [[False, True]])
    assert singles(number.radius) == [[1, 1], [1, 1]]

    number[0:1] = new
    assert number.mid.tolist() == [[5, 6], [3, 4]]
    assert singles(number.radius) == [[2, 2], [1, 1]]
    assert number.ambiguous.tolist() == [[False, True], [False, False]]

    number[0:2] = ball([[7, 8], [9, 9.5]])
    assert (number.mid.tolist(), radius(number)) == ([[7, 8], [9, 9.5]], [[0, 0], [0, 0]])
    sure = ball([[1, 2], [3, 4]])
    sure[1:2] = ball([[0, 0]])
    assert not sure.ambiguous.any()


def test_rows_of_stacks_are_those_of_each_matrix():
    stack = ball(np.arange(12.0).reshape(2, 3, 2))

    assert (len(stack), stack.ndim, stack.shape) == (3, 3, (2, 3, 2))
    assert stack[1:2].mid.tolist() == [[[2, 3]], [[8, 9]]]
    assert np.diagflat(stack[1:2]).mid.tolist() == [[[2, 0], [0, 3]], [[8, 0], [0, 9]]]
    assert np.mean(stack).mid.tolist() == [2.5, 8.5]
    stack[0:1] = stack[2:3]
    assert stack.mid.tolist() == [[[4, 5], [2, 3], [4, 5]], [[10, 11], [8, 9], [10, 11]]]


def test_an_infinite_radius_stays_one_and_never_becomes_no_number():
    boundless = ball([[1.0, 2]], [np.inf, 1])

    for number in (
        np.exp(boundless),
        np.log(boundless),
        boundless / ball([[3.0, 3]]),
        boundless * np.array([[1, 0]]),
        np.max(boundless, axis=1, keepdims=True),
        hull(boundless, boundless),
        hull(ball([[1.0, 2]]), boundless),
    ):
        assert np.isinf(number.radius).any()
        assert not np.isnan(number.radius).any()
        assert not np.isnan(number.mid).any()
    mid, reach = spanning(boundless, ball([[0.0, 0]]))
    assert (mid.tolist(), reach.tolist()[0][0]) == ([[1, 1.5]], np.inf)
    assert radius(boundless * np.array([[0, 0]])) == [[0, 0]]


@pytest.mark.parametrize("dtype", FORMATS[:2], ids=str)
def test_the_hull_of_two_ways_to_one_value_holds_both(dtype):
    p = precision(dtype)
    one, other = ball([[1.0, 1]], [[0.25, 2]], tested=p), ball([[1.5, 1.5]], [[1, 0.5]], tested=p)

    both = hull(one, other)

    assert both.mid.tolist() == [[1, 1]]
    for mid, reach, far in zip(both.mid[0], both.radius[0], (2.5, 3.0), strict=True):
        assert far <= exactly(mid) + exactly(reach) <= far + Fraction(1, 2**40)
