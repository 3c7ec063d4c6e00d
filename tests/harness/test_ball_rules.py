"""Ball's rules in single numbers, for what brute force in `test_ball.py` does not reach.

Which terms a sum has, the bound that the module's docstring states for them, in exact fractions,
where a comparison is decided, and which elements follow from one that was not.
"""

from fractions import Fraction

import numpy as np
import pytest

from harness.ball import Ball
from harness.formats import FORMATS, precision
from harness.rounding import gamma

DTYPES = [np.dtype(np.float32), np.dtype(np.float64)]
SINGLE = precision(DTYPES[0])
AMBIGUOUS = [[True, False], [False, False]]


def ball(mid, radius=0.0, ambiguous=False, tested=SINGLE):
    mid = np.array(mid, tested.wide)
    result = Ball.around(mid, np.array(radius, tested.wide), tested)
    result.ambiguous = np.broadcast_to(np.array(ambiguous), mid.shape)
    return result


def exactly(number):
    return Fraction(*number.as_integer_ratio())


def terms(number):
    return number.products, number.plain


def singles(array):
    """In the digits of float32, which do not show that a radius is inflated a little."""
    return np.asarray(array).astype(np.float32).tolist()


def test_the_precisions_are_those_of_ieee_754():
    assert precision(DTYPES[0])[:4] == (24, 2.0**-24, 2.0**-126, np.dtype(np.float64))
    assert precision(DTYPES[1])[:4] == (53, 2.0**-53, 2.0**-1022, np.dtype(np.longdouble))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_unit_roundoff_is_half_the_distance_from_1_to_the_next_number(dtype):
    p = precision(dtype)

    for kind, unit in ((dtype, p.unit_roundoff), (p.wide, p.wide_unit_roundoff)):
        assert np.nextafter(kind.type(1), kind.type(2)) - 1 == 2 * unit


@pytest.mark.parametrize(
    ("roundings", "unit", "expected"),
    [(0, 0.25, 0.0), (1, 0.25, 1 / 3), (3, 0.125, 0.6), (1, 0.375, 0.6)],
)
def test_gamma_is_highams(roundings, unit, expected):
    assert gamma(roundings, unit) == expected


@pytest.mark.parametrize(("roundings", "unit"), [(1, 0.5), (4, 0.125), (3, 0.25)])
def test_gamma_refuses_what_bounds_nothing(roundings, unit):
    with pytest.raises(ValueError, match=f"^{roundings} roundings at unit roundoff {unit} bound"):
        gamma(roundings, unit)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("size", ["one", "smallest_normal"])
@pytest.mark.parametrize(
    ("products", "plain", "roundings", "lambdas"),
    [
        (0, 1, 0, 0),
        (0, 2, 1, 1),
        (0, 3, 2, 1),
        (0, 4, 3, 2),
        (1, 0, 1, 1),
        (1, 1, 2, 1),
        (2, 0, 2, 2),
        (3, 2, 5, 4),
        (5, 1, 6, 5),
    ],
)
def test_the_radius_is_the_bound_in_the_docstring(products, plain, roundings, lambdas, size, dtype):
    p = precision(dtype)
    unit = 1.0 if size == "one" else p.smallest_normal
    for spread, mass in ((0, 7 * unit), (5 * unit, 7 * unit)):
        # The terms have one sign, so that rounding can be as much as their mass lets it.
        arrays = (np.full((1, 1), value, p.wide) for value in (mass - spread, spread, mass))
        radius = exactly(Ball(p, *arrays, products, plain).radius.item())

        u, wide = exactly(p.unit_roundoff), exactly(p.wide_unit_roundoff)
        relative = sum(
            times * roundings * each / (1 - roundings * each) for times, each in ((1, u), (2, wide))
        )
        lost = lambdas * exactly(p.smallest_normal)
        bound = exactly(spread) + lost + relative * (exactly(mass) + lost)
        # The inflation of a radius, which covers its own rounding in float64, and as much again.
        assert bound <= radius <= bound * (1 + 8 * (products + plain + 8) * Fraction(1, 2**53))


def test_a_sum_counts_its_terms():
    row, column = ball([[1, 2, 3]]), ball([[1], [2], [3]])
    dot, product = row @ column, ball([[1]]) * ball([[2]])

    assert terms(row) == terms(row.T) == terms(-row) == (0, 1)
    assert (terms(dot), terms(product)) == ((3, 0), (1, 0))
    assert terms(dot + product) == terms(product + dot) == terms(dot - product) == (4, 0)
    assert terms(dot + ball([[1]])) == terms((dot + ball([[1]])).copy()) == (3, 1)
    assert terms((row + row).column_sum()) == (0, 2)
    assert terms((column + column + column @ ball([[1]])).column_sum()) == (3, 6)
    assert terms(np.maximum(0, dot)) == (0, 1)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_product_knows_how_far_its_factors_are_and_how_large(dtype):
    product = ball([[-3.0]], 0.5, tested=precision(dtype)) * ball(
        [[5.0]], 0.25, tested=precision(dtype)
    )

    # 3.5 * 5.25 - 15: the farthest that a point of the one times a point of the other can be.
    assert (product.mid, singles(product.spread)) == (-15, [[3.375]])
    assert singles(product.mass) == [[18.375]]


def test_what_follows_from_an_ambiguous_element_is_ambiguous():
    doubtful, sure = ball([[1, 2], [3, 4]], 0, AMBIGUOUS), ball([[5, 6], [7, 8]])
    either = [[True, False], [False, True]]
    other = ball([[5, 6], [7, 8]], 0, [[False, False], [False, True]])

    assert doubtful.copy().ambiguous.tolist() == (-doubtful).ambiguous.tolist() == AMBIGUOUS
    assert ball([[1, 2]], 0, [[True, False]]).T.ambiguous.tolist() == [[True], [False]]
    for rule in (np.add, np.subtract, np.multiply, np.maximum):
        assert rule(doubtful, sure).ambiguous.tolist() == AMBIGUOUS
        assert rule(sure, doubtful).ambiguous.tolist() == AMBIGUOUS
        assert rule(doubtful, other).ambiguous.tolist() == either
        assert rule(doubtful, doubtful).ambiguous.tolist() == AMBIGUOUS
    assert (doubtful @ sure).ambiguous.tolist() == [[True, True], [False, False]]
    assert (sure @ doubtful).ambiguous.tolist() == [[True, False], [True, False]]
    assert (doubtful @ doubtful).ambiguous.tolist() == [[True, True], [True, False]]
    assert doubtful.column_sum().ambiguous.tolist() == [[True, False]]
    assert doubtful.column_sum().mid.tolist() == [[4, 6]]
    assert not (sure @ sure).ambiguous.any()


def test_a_comparison_is_sure_where_even_the_farthest_points_compare_so():
    left, right = ball([[-3, -1.5, 1.5, 3, 0]], [1, 1, 1, 1, 0]), ball([[0.0] * 5], [1, 1, 1, 1, 0])

    mask = left <= right

    assert mask.surely.tolist() == [[True, False, False, False, True]]
    assert mask.undecided.tolist() == [[False, True, True, False, False]]


def test_a_comparison_at_the_very_end_of_a_ball():
    one = ball([[0.0]], 1)
    end = Ball.exact(one.radius, SINGLE)

    assert (one <= end, one <= -end) == ((True, False), (False, True))


def test_the_larger_of_two_has_the_radius_of_a_sure_winner_and_else_the_larger_radius():
    left = ball([[0.0, 9.0, 0.0, 1.0, 0.0, 1.0]], [3, 2, 3, 1, 1.5, 1])
    right = ball([[9.0, 0.0, 1.0, 0.0, 1.0, 0.0]], [2, 3, 1, 3, 1, 1.5])

    assert np.maximum(left, right).mid.tolist() == [[9, 9, 1, 1, 1, 1]]
    assert singles(np.maximum(left, right).radius) == [[2, 2, 3, 3, 1.5, 1.5]]


def test_a_sure_winner_wins_also_where_the_balls_touch():
    one = ball([[0.0]], 1)
    end = Ball.exact(one.radius, SINGLE)

    assert np.maximum(one, end).radius == np.maximum(end, one).radius == 0


@pytest.mark.parametrize(
    ("old", "new", "middle", "radius"),
    [
        ((5, 1), (0, 0), 3, 3),
        ((-5, 1), (0, 0), -3, 3),
        ((0, 1), (8, 2), 4.5, 5.5),
        ((8, 2), (0, 1), 4.5, 5.5),
        ((1, 4), (2, 1), 1, 4),
        ((2, 1), (1, 4), 1, 4),
    ],
)
def test_an_undecided_element_becomes_the_hull_of_both_answers(old, new, middle, radius):
    number, value = ball([[old[0]] * 4], old[1]), ball([[new[0]]], new[1])
    assert singles(number.radius) == [[old[1]] * 4]  # known before, and no longer true after
    z = ball([[1.0, 0.0, 0.0, -9.0]], [0, 1, 1, 1])
    number.ambiguous = np.array([[False, False, True, True]])

    number[z <= 0] = value

    assert singles(number.mid) == [[old[0], middle, middle, new[0]]]
    assert singles(number.radius) == [[old[1], radius, radius, new[1]]]
    assert number.ambiguous.tolist() == [[False, True, True, True]]
    low, high = number.mid - number.radius, number.mid + number.radius
    assert low[0, 1] <= min(old[0] - old[1], new[0] - new[1])
    assert high[0, 1] >= max(old[0] + old[1], new[0] + new[1])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("scale", [2.0**-20, 1.0, 2.0**20])
def test_a_hull_holds_two_answers_that_have_no_number_between_them(scale, dtype):
    p = precision(dtype)
    low = p.wide.type(scale)
    high = np.nextafter(low, p.wide.type(np.inf))
    number = ball([[low]], tested=p)

    number[ball([[0.0]], 1, tested=p) <= 0] = Ball.exact(high, p)

    mid, radius = exactly(number.mid.item()), exactly(number.radius.item())
    assert mid - radius <= exactly(low) < exactly(high) <= mid + radius
    # Half of what tells them apart, and a few roundings of them.
    assert radius < 16 * (exactly(high) - exactly(low))


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_an_argument_below_the_normal_numbers_may_be_taken_for_zero(dtype):
    tested = precision(dtype)
    smallest = tested.smallest_normal
    given = np.array([[smallest, -smallest, smallest / 2, -smallest / 4, 0.0, 1.0]])

    exact = Ball.exact(given, tested)

    assert exact.mid.tolist() == given.tolist()
    assert exact.spread.astype(float).tolist() == [[0, 0, smallest / 2, smallest / 4, 0, 0]]
