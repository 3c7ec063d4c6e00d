"""Equal calls are made once; of a stack, only the cases with other arguments are computed again."""

import numpy as np
import pytest

from harness.ball import Ball
from harness.calling import one_by_one
from harness.checking import Kept, compare_all
from harness.derivation import REFERENCE, STEPS
from harness.floats import float_stack
from harness.formats import FORMATS, precision
from harness.once import once, patched
from harness.walk import reference_on, walk

STEP = STEPS[0]
ONES, RATE = np.ones((5, 2, 2)), np.float64(1)


def counted(calls):
    """A call that adds its arguments, and notes how many cases it got."""

    def call(step, layer, arguments):
        calls.append(len(arguments[0]))
        return [arguments[0] + arguments[1]]

    return call


def with_others(places, change=2.0):
    array = ONES.copy()
    array[places] = change
    return array


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        (ONES, [5]),
        (ONES.copy(), [5]),
        (with_others([1, 3]), [5, 2]),
        (with_others([0, 1, 2]), [5, 5]),
        (with_others(slice(None)), [5, 5]),
        (ONES.astype(np.float32), [5, 5]),
    ],
)
def test_only_cases_with_other_arguments_are_computed_again(second, asked):
    calls = []
    call = once(counted(calls), {}, patched)

    (first,) = call(STEP, 0, [ONES, RATE])
    (result,) = call(STEP, 0, [second, RATE])

    assert calls == asked
    assert np.array_equal(result, second + 1)
    assert np.array_equal(first, ONES + 1), "the first witness's results must stay its own"


@pytest.mark.parametrize("other", [-0.0, np.nan])
def test_bits_decide_what_is_the_same(other):
    calls = []
    call = once(counted(calls), {}, patched)
    zeros = np.zeros((3, 1, 1))
    second = zeros.copy()
    second[1] = other

    call(STEP, 0, [zeros, RATE])
    call(STEP, 0, [second, RATE])
    call(STEP, 0, [zeros.copy(), RATE])

    assert calls == [3, 1]


def test_another_step_layer_or_number_for_all_is_another_call():
    calls = []
    call = once(counted(calls), {}, patched)

    call(STEP, 0, [ONES, RATE])
    call(STEP, 1, [ONES, RATE])
    call(STEPS[1], 0, [ONES, RATE])
    call(STEP, 0, [ONES, np.float64(1)])

    assert calls == [5, 5, 5, 5]


def test_what_ended_in_a_fault_is_called_again_and_in_full():
    calls = []

    def call(step, layer, arguments):
        calls.append(len(arguments[0]))
        return [None if (arguments[0] == 2).any() else arguments[0]]

    call = once(call, {}, patched)

    assert call(STEP, 0, [with_others([0])]) == [None]
    assert call(STEP, 0, [with_others([0])]) == [None]
    call(STEP, 0, [ONES])
    assert call(STEP, 0, [with_others([3])]) == [None]
    assert calls == [5, 5, 5, 1, 5]


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("cancelling", [False, True])
def test_patched_balls_are_those_that_the_whole_stack_would_have_had(dtype, cancelling):
    """Subnormal arguments, in the first stack alone or in the part alone."""
    tested = precision(dtype)
    case = float_stack(np.random.default_rng(3), (3, 4, 3), dtype, 12)
    (trace,) = walk(one_by_one(REFERENCE, case.shape, []), case)
    outputs = trace.layer_outputs.copy()
    outputs[[2, 5]] = np.asarray(tested.smallest_normal / 2, dtype)
    other = (trace._replace(layer_outputs=outputs, deriv_relu_wrt_z=outputs),)
    first, second = ((trace,), other) if cancelling else (other, (trace,))

    on_balls = reference_on(lambda value: Ball.exact(value, tested))
    call = once(on_balls, {}, Ball.patched)
    walk(call, case, first)
    for layer, whole in zip(walk(call, case, second), walk(on_balls, case, second), strict=True):
        for found, expected in zip(layer, whole, strict=True):
            for part in ("mid", "radius", "mass", "ambiguous"):
                mine, theirs = (getattr(each, part) for each in (found, expected))
                assert np.array_equal(*np.broadcast_arrays(mine, theirs)), part
            for mine, theirs in zip(found.halves, expected.halves, strict=True):
                assert np.array_equal(*np.broadcast_arrays(mine, theirs))
            assert (found.products, found.plain) == (expected.products, expected.plain)


@pytest.mark.parametrize("exact", [True, False])
def test_a_second_witness_is_compared_as_if_it_were_the_first(exact):
    """A wrong case of a witness in a thousand is found beside another that is right there."""
    case = float_stack(np.random.default_rng(1), (3, 4, 3), FORMATS[0], 20)
    right = walk(one_by_one(REFERENCE, case.shape, []), case)
    z = right[0].deriv_relu_wrt_z.copy()
    z[7] *= 2
    wrong = (right[0]._replace(deriv_relu_wrt_z=z),)
    kept = Kept.nothing()

    before, _ = compare_all(REFERENCE, case, right, exact, kept=kept)
    after, _ = compare_all(REFERENCE, case, wrong, exact, kept=kept)
    alone, _ = compare_all(REFERENCE, case, wrong, exact)

    assert not any(each.apart.any() for each in before)
    apart = {each.quantity for each in after if each.apart.any()}
    assert apart >= {"deriv_relu_wrt_z", "deriv_relu_wrt_inputs", "deriv_relu_wrt_weights"}
    for one, other in zip(after, alone, strict=True):
        assert np.array_equal(one.observed, other.observed)
        assert np.array_equal(one.apart, other.apart)
        assert one.largest == other.largest
