"""Grids: every case once and no other, exact in every dtype, and all of it reaches the formula."""

from itertools import chain, product

import numpy as np
import pytest

from harness.calling import one_by_one
from harness.derivation import REFERENCE, STEPS, TRAIN_STEP, reference_at
from harness.formats import FORMATS
from harness.grid import FREE, RATE, STACK, grids
from harness.lattice import is_exact
from harness.walk import walk

FLOAT64 = FORMATS[0]
ALL = [grid for formula in FREE for grid in grids(formula, 1, FLOAT64)]
# A whole step has all its arguments from the case itself.
PASSED_ON = [grid for grid in ALL if grid.formula != TRAIN_STEP and grid.cases < 3**9]
ENOUGH = 3**8


def named(grid):
    return f"{grid.formula}-{grid.shape}-{'-'.join(grid.free)}"


def entries(grid, case):
    """What is free in each case of a stack, as a row of numbers."""
    (layer,) = case.layers
    arrays = {"inputs": case.inputs, **layer._asdict(), "upstream": case.upstream}
    count = len(case.inputs)
    rows = [arrays[name].reshape(count, -1) for name in grid.free if name != RATE]
    rate = [np.full((count, 1), case.learning_rate)] if RATE in grid.free else []
    return np.hstack([*rows, *rate])


def distinct(grid, rows):
    """How many different cases these rows are; 0 if any is none of the grid's."""
    base = len(grid.values)
    lowest = np.full(rows.shape[1], -grid.radius)
    lowest[-1] = 0 if RATE in grid.free else -grid.radius
    digits = rows - lowest
    if not np.isin(digits, range(base)).all():
        return 0
    return len(np.unique(digits @ base ** np.arange(rows.shape[1])))


@pytest.mark.parametrize("grid", ALL[:-1], ids=named)  # the last has 14 million
def test_the_stacks_are_every_case_once_and_no_longer_than_they_should_be(grid):
    stacks = list(grid.stacks())
    rows = np.vstack([entries(grid, case) for case in stacks])

    assert distinct(grid, rows) == len(rows) == grid.cases == 3 ** rows.shape[1]
    (length,) = {len(case.inputs) for case in stacks}
    assert min(grid.cases / len(grid.rates), STACK / 3) <= length <= STACK
    assert {case.shape for case in stacks} == {grid.shape}
    arrays = chain(stacks[0][:1], *stacks[0].layers, stacks[0][2:3])
    assert all(array.flags.c_contiguous for array in arrays)


def test_a_case_that_comes_twice_or_not_at_all_is_noticed():
    grid = grids("dense_backward", 1, FLOAT64)[1]
    rows = np.vstack([entries(grid, case) for case in grid.stacks()])

    assert distinct(grid, rows) == grid.cases
    assert distinct(grid, rows[:-1]) < grid.cases
    assert distinct(grid, np.vstack([rows[:-1], rows[:1]])) < grid.cases
    assert distinct(grid, rows * 2) == 0


@pytest.mark.parametrize(
    ("formula", "radius", "largest"),
    [
        ("dense_forward", 1, 3 ** (4 + 4 + 2)),
        ("relu_forward", 1, 3**4),
        ("relu_backward", 1, 3 ** (4 + 4)),
        ("dense_backward", 1, 3 ** (4 + 4 + 4)),
        ("sgd_step", 1, 3 ** (4 + 4 + 1)),
        (TRAIN_STEP, 1, 3 ** (4 + 4 + 2 + 4 + 1)),
        ("dense_backward", 2, 5 ** (4 + 4 + 4)),
    ],
)
def test_the_largest_grid_is_2x2_to_2(formula, radius, largest):
    by_size = {grid.cases: grid.shape for grid in grids(formula, radius, FLOAT64)}

    assert (max(by_size), by_size[max(by_size)]) == (largest, (2, 2, 2))


def test_every_shape_up_to_2x2_to_2_has_its_grid():
    shapes = {formula: {grid.shape for grid in grids(formula, 1, FLOAT64)} for formula in FREE}

    for formula in ("dense_forward", "dense_backward", TRAIN_STEP):
        assert shapes.pop(formula) == set(product((1, 2), repeat=3))
    # For them it is the shape of one matrix.
    assert set(map(frozenset, shapes.values())) == {
        frozenset({(1, 1, 1), (1, 1, 2), (2, 2, 1), (2, 2, 2)})
    }


@pytest.mark.parametrize("radius", [1, 2])
@pytest.mark.parametrize("grid", PASSED_ON, ids=named)
def test_the_formula_itself_gets_every_case_once(grid, radius):
    """In the reference's walk: no argument becomes another on its way. Of radius 2 the first."""
    grid = grid._replace(radius=radius)
    step = [each for each in STEPS if each.formula == grid.formula][grid.free[0] == "biases"]
    met = []

    def watched(at, layer, arguments):
        if at == step:
            met.append(np.hstack([as_rows(argument) for argument in arguments]))
        return by_reference(at, layer, arguments)

    for case in grid.stacks():
        count = len(case.inputs)

        def as_rows(argument, count=count):
            return np.broadcast_to(argument, (count, *np.shape(argument)[1:])).reshape(count, -1)

        if sum(map(len, met)) < ENOUGH:
            by_reference = one_by_one(REFERENCE, case.shape, [])
            walk(watched, case)
    rows = np.vstack(met)

    assert distinct(grid, rows) == len(rows)
    assert len(rows) >= min(grid.cases, ENOUGH)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("radius", [1, 2])
@pytest.mark.parametrize("formula", FREE)
def test_no_case_rounds_in_any_dtype_and_at_any_kink(formula, radius, dtype):
    for grid in grids(formula, radius, dtype):
        case = next(grid.stacks())  # what is the same in all of a stack is as large as it may be
        assert case.dtype == dtype
        largest = case._replace(learning_rate=dtype.type(grid.rates[-1]))
        for kink in (0, 0.5, 1):
            assert is_exact(largest, reference_at(kink))
