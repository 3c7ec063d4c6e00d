"""The sequence of tasks: every small shape first, all of it decided by the seed and a number."""

import numpy as np
import pytest
from toys import load

from harness.campaign.plan import FEW, LARGEST, ONE_BY_ONE, STACK, TURN, WIDEST, stacks, task
from harness.case import numbers, pick, quantity_shapes
from harness.derivation import REFERENCE
from harness.formats import FORMATS
from harness.lattice import is_exact, is_normal
from harness.strategies import GRID
from harness.verification import Verification

FRAMEWORKS = "torch", "jax"
VARIANTS = "torch:func", "jax:grad", "jax:jvp"
LATER = range(2 * len(GRID), 2 * len(GRID) + 60)


def tasks(count, seed=0, variants=(), first=0):
    return [task(seed, number, FRAMEWORKS, variants) for number in range(first, first + count)]


def same(one, other):
    return all(map(np.array_equal, one.case.layers[0], other.case.layers[0]))


def test_every_small_shape_comes_first_and_once():
    assert [each.shape for each in tasks(len(GRID))] == list(GRID)


def test_then_come_larger_and_deeper_ones_in_turn_with_the_small_ones_again():
    after = tasks(200, first=len(GRID))

    assert [each.shape for each in after[1::2]] == list(GRID[:100])
    larger = [each.shape for each in after[::2]]
    assert {len(shape) for shape in larger} == {3, 4, 5}
    assert len(set(larger)) > 95
    assert sum(max(shape) > 100 for shape in larger) > 20


def test_no_task_takes_more_memory_than_is_stated():
    for each in tasks(3000):
        assert numbers(each.shape) <= LARGEST
        assert 1 <= each.stack <= STACK
        assert each.stack * numbers(each.shape) <= WIDEST


def test_numbers_are_those_of_all_arrays_of_a_case_and_its_trace():
    shape = (2, 3, 4, 5)
    ours = next(stacks(0, task(0, 0, FRAMEWORKS, ())._replace(shape=shape, stack=1))).case

    arrays = [ours.inputs, ours.upstream, *(array for layer in ours.layers for array in layer)]
    trace = sum(int(np.prod(sizes)) for layer in quantity_shapes(shape) for sizes in layer)
    assert numbers(shape) == sum(array[0].size for array in arrays) + trace


def test_a_task_is_decided_by_the_seed_and_its_number_alone():
    (one,) = tasks(1, first=700)
    again = tasks(701)[700]
    (other,) = tasks(1, first=700, seed=1)

    assert one == again
    assert all(map(same, stacks(0, one), stacks(0, again)))
    assert other.shape != one.shape


def test_another_seed_and_another_number_bring_other_cases():
    first, other = tasks(1)[0], tasks(1, first=2 * len(GRID) // 2 + 1)[0]
    assert first.shape == other.shape

    drawn = [next(stacks(seed, each)) for seed, each in ((0, first), (0, other), (1, first))]

    assert not any(same(drawn[0], each) for each in drawn[1:])


def test_a_task_takes_its_shape_in_every_dtype_and_regime():
    met = {(each.regime, each.case.dtype) for each in stacks(0, tasks(1, first=40)[0])}

    assert met == {(regime, dtype) for regime in ("exact", "certified") for dtype in FORMATS}


@pytest.mark.parametrize("number", [3, *range(LATER[0], LATER[0] + 8)])
def test_every_case_is_of_its_regime(number):
    for planned in stacks(3, task(3, number, FRAMEWORKS, ())._replace(stack=4)):
        for place in range(len(planned.case.inputs)):
            case = pick(planned.case, place)
            assert is_exact(case) if planned.regime == "exact" else is_normal(case)


def test_shapes_that_a_format_is_too_narrow_for_have_no_stack_of_that_regime():
    wide = task(0, 0, FRAMEWORKS, ())._replace(shape=(2, 400, 2), stack=4)

    met = {regime: [] for regime in ("exact", "certified")}
    for each in stacks(0, wide):
        met[each.regime].append(each.case.dtype.name)

    others = ["float64", "float32", "float16"]
    assert list(dict.fromkeys(met["exact"])) == met["certified"] == others


@pytest.mark.parametrize("shape", [(127, 2, 2), (2, 127, 2), (2, 2, 127), (2, 127, 2, 2)])
def test_the_longest_sums_of_bfloat16_have_a_radius(shape):
    """One more input, and the sum with its bias has none."""
    longest = tuple(min(size, 126) for size in shape)
    verification = Verification(REFERENCE, [load("toy")])

    certified = {
        of: [
            each.case.dtype.name
            for each in stacks(0, task(0, 0, FRAMEWORKS, ())._replace(shape=of, stack=2))
            if each.regime == "certified" and not verification.check(**each._asdict())
        ]
        for of in (shape, longest)
    }

    assert "bfloat16" not in certified[shape]
    assert "bfloat16" in certified[longest]


def test_variants_are_asked_by_turns_at_true_shapes_and_no_small_shape_is_lost_to_them():
    many = tasks(TURN * len(VARIANTS) * 12, variants=VARIANTS)
    turns = many[TURN - 1 :: TURN]
    others = [each for each in many if each not in turns]

    assert [each.frameworks[2:] for each in turns[:4]] == [(v,) for v in (*VARIANTS, VARIANTS[0])]
    assert all(each.at_true_shape and each.stack <= FEW for each in turns)
    assert {each.frameworks for each in others} == {FRAMEWORKS}
    assert [each.shape for each in others[: len(GRID)]] == list(GRID)


def test_formulas_called_one_by_one_get_smaller_stacks():
    assert task(0, 0, FRAMEWORKS, (), ONE_BY_ONE).stack == ONE_BY_ONE < STACK


def test_layers_are_chained_where_there_are_several():
    deep = task(0, 0, FRAMEWORKS, ())._replace(shape=(2, 2, 2, 2), stack=2)

    assert all(planned.chained for planned in stacks(0, deep))
    assert not any(planned.chained for planned in stacks(0, tasks(1)[0]._replace(stack=2)))
