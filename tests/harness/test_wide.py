"""The wide dtype's products and halves: nothing of a midpoint is lost on the way."""

import numpy as np
import pytest

from harness.wide import NOTHING, halves, matmul


@pytest.mark.parametrize("dtype", [np.longdouble, np.float64])
@pytest.mark.parametrize(
    "shapes", [((3, 4), (4, 2)), ((5, 3, 1), (5, 1, 2)), ((2, 3, 0), (2, 0, 1))]
)
def test_products_of_integers_are_exact_in_the_dtype_given(dtype, shapes):
    rng = np.random.default_rng(0)
    one, other = (rng.integers(-(2**24), 2**24, shape) for shape in shapes)

    product = matmul(one.astype(dtype), other.astype(dtype))

    assert product.dtype == dtype
    assert np.array_equal(product, (one.astype(object) @ other.astype(object)).astype(dtype))


def test_a_product_keeps_what_float64_would_round_away():
    """Of a longdouble that is wider; elsewhere it is float64 itself, and eps is its own."""
    least = np.finfo(np.longdouble).eps
    one = np.array([[1, 1]], np.longdouble) + least

    assert matmul(one, np.ones((2, 1), np.longdouble))[0, 0] == 2 + 2 * least


def test_halves_add_up_to_the_number():
    numbers = np.array([1, -1, 0, 3], np.longdouble) / np.longdouble(3)

    near, rest = halves(numbers)

    assert near.dtype == rest.dtype == np.float64
    assert np.array_equal(near, numbers.astype(np.float64))
    assert np.array_equal(near + rest.astype(np.longdouble), numbers)


def test_a_float64_is_its_own_nearest():
    near, rest = halves(np.array([1 / 3]))

    assert near[0] == 1 / 3
    assert rest is NOTHING
