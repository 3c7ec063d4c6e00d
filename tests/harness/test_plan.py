"""What a run checks by default: every shape, every rung, and the same cases for the same seed."""

from collections import Counter
from itertools import chain, islice

import numpy as np
import pytest

from harness.derivation import REFERENCE
from harness.lattice import LADDER, is_exact, is_normal
from harness.plan import (
    CERTIFIED,
    DTYPES,
    EXACT,
    ONE_BY_ONE,
    STACK,
    UNPADDED,
    at_true_shape,
    layers_stacks,
    shapes,
    size,
    stacks,
)
from harness.strategies import DEEP, EDGES, GRID

FEW = 2


def numbers(planned):
    case = planned.case
    layers = chain.from_iterable(case.layers)
    return np.concatenate([array.ravel() for array in (case.inputs, *layers, case.upstream)])


def test_every_shape_up_to_8_is_met_exactly_in_float64_and_many_in_the_rest():
    assert len(GRID) == 512
    assert set(GRID) <= set(shapes(EXACT, DTYPES[0]))
    with_floats = {shape for dtype in DTYPES for shape in shapes(CERTIFIED, dtype)}
    assert len(with_floats & set(GRID)) >= 160
    assert {size for shape in with_floats & set(GRID) for size in shape} == set(range(1, 9))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_dtype_meets_its_part_of_the_grid_edges_and_several_layers_in_both_regimes(dtype):
    parts = {regime: shapes(regime, dtype) for regime in (EXACT, CERTIFIED)}

    for met in parts.values():
        assert set(DEEP) < set(met)
        assert {max(shape) > 8 for shape in met} == {True, False}
        assert min(min(shape) for shape in met) == 0
        assert len(set(met)) == len(met) >= 26


@pytest.mark.parametrize("dtype", DTYPES[1:], ids=str)
@pytest.mark.parametrize("regime", [EXACT, CERTIFIED])
def test_a_seed_takes_every_shape_once_in_an_order_of_its_own(regime, dtype):
    first, second = (
        [planned.case.shape for planned in stacks(regime, seed, dtype, FEW)] for seed in (1, 2)
    )

    assert sorted(first) == sorted(second) == sorted(shapes(regime, dtype))
    assert first != second


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("regime", [EXACT, CERTIFIED])
def test_edges_and_over_the_seeds_every_shape_are_shown_at_their_true_shape(regime, dtype):
    of_seeds = [at_true_shape(regime, seed, dtype) for seed in range(UNPADDED)]

    assert all(set(EDGES) <= shown for shown in of_seeds)
    assert max(len(shown - set(EDGES)) for shown in of_seeds) <= 5
    assert set(shapes(regime, dtype)) <= set().union(*of_seeds)


def test_a_stack_says_whether_it_is_shown_so():
    planned = list(stacks(CERTIFIED, 7, DTYPES[2], FEW))

    shown = {each.case.shape for each in planned if each.at_true_shape}
    assert shown == at_true_shape(CERTIFIED, 7, DTYPES[2]) & set(shapes(CERTIFIED, DTYPES[2]))
    assert 0 < len(shown) < len(planned)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_stacks_keep_to_their_regime_and_dtype(dtype):
    for regime, holds in ((EXACT, is_exact), (CERTIFIED, is_normal)):
        for planned in islice(stacks(regime, 3, dtype, ONE_BY_ONE), 20):
            assert holds(planned.case)
            assert (planned.regime, planned.case.dtype) == (regime, dtype)
            assert len(planned.case.inputs) == ONE_BY_ONE


def test_scenario_c_takes_every_shape_of_several_layers_at_every_rung_and_with_floats():
    planned = list(layers_stacks(4, DTYPES[1], FEW))

    met = Counter((each.regime, each.case.shape) for each in planned)
    exact = {(EXACT, shape): len(LADDER) for shape in DEEP}
    assert met == exact | {(CERTIFIED, shape): 1 for shape in DEEP}
    assert all(each.chained and each.case.dtype == DTYPES[1] for each in planned)


def test_ours_are_checked_on_larger_stacks_than_what_is_called_case_by_case():
    assert size(REFERENCE) == STACK > ONE_BY_ONE
    assert size(REFERENCE._replace(name="mine.py")) == ONE_BY_ONE


def test_a_seed_decides_every_number_whatever_else_is_drawn():
    one, same, other = (numbers(next(stacks(EXACT, seed, DTYPES[1], FEW))) for seed in (5, 5, 6))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
