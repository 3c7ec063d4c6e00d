"""What errors have in common: each pattern is found where it holds, and nowhere else."""

from itertools import product

import numpy as np
import pytest

from harness.lattice import LADDER, lattice_stack
from harness.pattern import Sample, describe

SIZES = list(product((1, 2, 4), repeat=3))
DTYPE = np.dtype(np.float64)


def samples(wrong, layers=1, rung=LADDER[0]):
    """The weighted sums of layers of every size, and what `wrong(sums, sizes)` makes of them."""
    rng = np.random.default_rng(3)
    for sizes in SIZES:
        case = lattice_stack(rng, sizes, DTYPE, rung, 8)
        sums = case.inputs @ case.layers[0].weights + case.layers[0].biases
        observed = np.array(wrong(sums.copy(), sizes))
        yield Sample(sizes, layers, rung is LADDER[0], sums, observed, sums)


def pattern(wrong):
    return describe(list(samples(wrong)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda z, sizes: 3 * z, "3 times the truth"),
        (lambda z, sizes: 0.1 * z, "0.1 times the truth"),
        (lambda z, sizes: z / 3, "0.333333 times the truth"),
        (lambda z, sizes: -z, "the negative of the truth"),
        (lambda z, sizes: -0.5 * z, "-0.5 times the truth"),
        (lambda z, sizes: 0 * z, "0 everywhere"),
        (lambda z, sizes: z / sizes[0], "the truth divided by batch"),
        (lambda z, sizes: -z / sizes[1], "the negative of the truth divided by n_inputs"),
        (lambda z, sizes: 2 * z / sizes[2], "2 times the truth divided by n_neurons"),
        (lambda z, sizes: z * sizes[0], "the truth times batch"),
        (lambda z, sizes: z * sizes[1], "the truth times n_inputs"),
        (lambda z, sizes: z * sizes[2], "the truth times n_neurons"),
        (
            lambda z, sizes: z.swapaxes(1, 2) if sizes[0] == sizes[2] else z,
            "the transpose of the truth, where that is square",
        ),
        (
            lambda z, sizes: z.swapaxes(1, 2) if sizes[0] == sizes[2] else z + 1,
            "the transpose of the truth, where that is square",
        ),
    ],
)
def test_the_truth_scaled_or_turned_round_is_recognised(wrong, says):
    assert pattern(wrong) == says


ROW = np.arange(4)[:, None]
COLUMN = np.arange(4)[None]


def only(where):
    """Wrong, by no constant, where `where(row, column, z, sizes)` holds."""

    def wrong(z, sizes):
        batch, _, n_neurons = sizes
        held = where(ROW[:batch], COLUMN[:, :n_neurons], z, sizes)
        return np.where(held, z * z + 1, z)

    return wrong


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (lambda row, column, z, sizes: row == 0, "in the first row"),
        (lambda row, column, z, sizes: row > 0, "in the rows after the first"),
        (lambda row, column, z, sizes: row == sizes[0] - 1, "in the last row"),
        (lambda row, column, z, sizes: row < sizes[0] - 1, "in the rows before the last"),
        (lambda row, column, z, sizes: column == 0, "in the first column"),
        (lambda row, column, z, sizes: column > 0, "in the columns after the first"),
        (lambda row, column, z, sizes: column == sizes[2] - 1, "in the last column"),
        (lambda row, column, z, sizes: column < sizes[2] - 1, "in the columns before the last"),
        (lambda row, column, z, sizes: row == column, "on the diagonal"),
        (lambda row, column, z, sizes: row != column, "off the diagonal"),
        (lambda row, column, z, sizes: sizes[0] == 1, "where batch is 1"),
        (lambda row, column, z, sizes: sizes[0] > 1, "where batch is more than 1"),
        (lambda row, column, z, sizes: sizes[1] == 1, "where n_inputs is 1"),
        (lambda row, column, z, sizes: sizes[1] > 1, "where n_inputs is more than 1"),
        (lambda row, column, z, sizes: sizes[2] == 1, "where n_neurons is 1"),
        (lambda row, column, z, sizes: sizes[2] > 1, "where n_neurons is more than 1"),
        (lambda row, column, z, sizes: sizes[0] == sizes[1], "where batch equals n_inputs"),
        (lambda row, column, z, sizes: sizes[0] == sizes[2], "where batch equals n_neurons"),
        (lambda row, column, z, sizes: sizes[1] == sizes[2], "where n_inputs equals n_neurons"),
        (lambda row, column, z, sizes: z > 0, "where z is above 0"),
        (lambda row, column, z, sizes: z < 0, "where z is below 0"),
        (lambda row, column, z, sizes: z == 0, "where z is 0"),
        (lambda row, column, z, sizes: z <= 0, "where z is 0 or below"),
    ],
)
def test_the_narrowest_place_that_holds_every_error_is_named(where, says):
    assert pattern(only(where)) == f"right except {says}"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda z, sizes: z,
        lambda z, sizes: z + 1,
        lambda z, sizes: z * z,
        lambda z, sizes: np.where(z == 2, np.nan, 3 * z),
        lambda z, sizes: np.where((z == 7) & (sizes == (4, 4, 2)), 0, 3 * z),
        lambda z, sizes: np.full_like(z, np.nan),
        lambda z, sizes: z * np.nextafter(3, 4) if sizes == (2, 2, 2) else z * 3,
    ],
)
def test_where_no_pattern_holds_none_is_made_up(wrong):
    assert pattern(wrong) is None


def test_z_names_no_place_in_a_quantity_that_has_none_for_it():
    wrong = (sample._replace(z=None) for sample in samples(only(lambda r, c, z, sizes: z > 0)))

    assert describe(list(wrong)) is None


def test_an_error_in_wider_numbers_alone_is_told_so():
    right, wrong = (lambda z, sizes: z), (lambda z, sizes: z + 1)
    both = [*samples(right), *samples(wrong, rung=LADDER[1])]

    assert describe(both) == "right where all numbers are small integers"


def test_an_error_with_several_layers_alone_is_told_so():
    right, wrong = (lambda z, sizes: z), (lambda z, sizes: z + 1)
    both = [*samples(right), *samples(wrong, layers=2)]

    assert describe(both) == "right where there is one layer"


def test_without_samples_there_is_no_pattern():
    assert describe([]) is None
