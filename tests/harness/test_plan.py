"""What a run checks by default: every shape, every rung, and the same cases for the same seed."""

from collections import Counter
from itertools import chain, islice

import numpy as np
import pytest

from harness.lattice import LADDER, is_exact, is_normal
from harness.plan import (
    DTYPES,
    LAYERS_STACK,
    STACK,
    exact_stacks,
    float_stacks,
    layers_stacks,
    shapes,
)
from harness.strategies import DEEP


def numbers(case):
    layers = chain.from_iterable(case.layers)
    return np.concatenate([array.ravel() for array in (case.inputs, *layers, case.upstream)])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("stacks", [exact_stacks, float_stacks])
def test_a_draw_takes_every_shape_once_in_an_order_of_its_own(stacks, dtype):
    first, second = ([case.shape for case in stacks(seed, dtype)] for seed in (1, 2))

    assert sorted(first) == sorted(second) == sorted(shapes(dtype))
    assert first != second


def test_a_half_format_takes_every_other_shape():
    assert [len(shapes(dtype)) for dtype in DTYPES] == [84, 84, 42, 42]
    assert shapes(DTYPES[0])[::2] == shapes(DTYPES[2])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_stacks_keep_to_their_regime_and_dtype(dtype):
    for case in islice(exact_stacks(3, dtype), 20):
        assert is_exact(case)
        assert (len(case.inputs), case.dtype) == (STACK, dtype)
    for case in islice(float_stacks(3, dtype), 20):
        assert is_normal(case)
        assert (len(case.inputs), case.dtype) == (STACK, dtype)


def test_scenario_c_takes_every_shape_of_several_layers_at_every_rung_and_with_floats():
    stacks = list(layers_stacks(4, DTYPES[1]))

    met = Counter((regime, case.shape) for regime, case in stacks)
    exact = {("exact", shape): len(LADDER) for shape in DEEP}
    assert met == exact | {("certified", shape): 1 for shape in DEEP}
    assert {(len(case.inputs), case.dtype) for _, case in stacks} == {(LAYERS_STACK, DTYPES[1])}


def test_a_seed_decides_every_number():
    one, same, other = (numbers(next(exact_stacks(seed, DTYPES[0]))) for seed in (5, 5, 6))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
