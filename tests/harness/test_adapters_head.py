"""Softmax and cross-entropy by the witnesses: right by hand, in stacks, and after layers."""

import numpy as np
import pytest

import adapters
from harness import head
from harness.case import HEAD_QUANTITIES, pick
from harness.witness import WitnessError, has_head, trace_of

NAMES = ["jax", "torch"]


@pytest.fixture(params=NAMES)
def witness(request):
    return adapters.load(request.param)


def stack(shape=(2, 3), dtype=head.DTYPES[0], count=3):
    return head.head_stack(np.random.default_rng(5), shape, dtype, count)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=str)
def test_a_witness_is_right_about_logits_worked_by_hand(witness, dtype):
    """Equal logits give 1/2 each; the losses are log 2, and the gradients no more than halves."""
    logits, upstream = np.full((1, 2, 2), 3, dtype), np.array([[[4, 8], [-2, 6]]], dtype)
    case = head.of_logits(logits, np.array([[0, 1]]), upstream)

    (found,) = trace_of(witness, case)

    assert found.softmax_outputs.tolist() == [[[0.5, 0.5], [0.5, 0.5]]]
    assert found.deriv_softmax_wrt_z.tolist() == [[[-1, 1], [-2, 2]]]
    assert found.deriv_loss_wrt_softmax_outputs.tolist() == [[[-1, 0], [0, -1]]]
    assert found.deriv_loss_wrt_z.tolist() == [[[-0.25, 0.25], [0.25, -0.25]]]
    # In the digits of float16, which no unit in the last place reaches.
    assert found.loss.astype(np.float16).tolist() == [np.float16(np.log(2))]


@pytest.mark.parametrize("dtype", head.DTYPES, ids=str)
def test_each_case_of_a_stack_has_a_mean_and_gradients_of_its_own(witness, dtype):
    case = stack(dtype=dtype)

    (whole,) = trace_of(witness, case)

    for place in range(3):
        (alone,) = trace_of(witness, pick(case, place))
        for quantity in HEAD_QUANTITIES:
            array = getattr(whole, quantity)
            assert array.dtype == dtype
            assert np.array_equal(getattr(alone, quantity)[0], array[place])


def test_the_losss_gradient_goes_back_through_the_layers(witness):
    """In a batch of one, the biases' gradient is deriv_relu_wrt_z itself."""
    case = head.deep_stack(np.random.default_rng(0), (1, 3, 4, 2), head.DTYPES[0], 5)

    first, last, of_head = trace_of(witness, case)

    assert np.array_equal(last.deriv_relu_wrt_biases, of_head.deriv_loss_wrt_z)
    assert np.array_equal(first.deriv_relu_wrt_z != 0, first.layer_outputs > 0)
    assert (last.layer_outputs < 0).any()
    outputs = head.of_logits(last.layer_outputs, case.targets, case.upstream)
    for quantity, array in zip(HEAD_QUANTITIES, trace_of(witness, outputs)[0], strict=True):
        assert np.array_equal(getattr(of_head, quantity), array)


def test_a_layer_without_a_relu_passes_everything_on_and_back(witness):
    """Here the middle one."""
    case = head.deep_stack(np.random.default_rng(0), (1, 3, 4, 5, 2), head.DTYPES[0], 5)

    masked = trace_of(witness, case)[1]
    linear = trace_of(witness, case._replace(linear=(1, 2)))[1]

    assert np.array_equal(masked.layer_outputs, linear.layer_outputs)
    assert (masked.deriv_relu_wrt_z[masked.layer_outputs < 0] == 0).all()
    assert (linear.deriv_relu_wrt_z[linear.layer_outputs < 0] != 0).all()


@pytest.mark.parametrize("name", ["torch:func", "jax:grad"])
def test_a_variant_has_no_head(name):
    assert not has_head(adapters.load(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_choice_at_the_kink_has_no_head(name):
    assert not has_head(adapters.load(name, kink=1))


def test_a_head_of_another_form_is_refused(witness):
    def other(case):
        (found,) = witness.trace(case)
        return (found._replace(loss=found.loss[:, None]),)

    with pytest.raises(WitnessError, match=r"loss of layer 0 has shape \(3, 1\) float64, expected"):
        trace_of(witness._replace(trace=other), stack())
