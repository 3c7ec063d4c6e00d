"""The lines of softmax and cross-entropy by themselves, on numbers that can be worked by hand."""

import numpy as np
import pytest

from harness import head
from harness.derivation import REFERENCE

# exp of these is 1, 2, 3 and so on; of the third sample it would overflow, and its e^-1000 is 0.
LOG2, LOG3 = np.log([2, 3])
LOGITS = np.array([[0, LOG2, 0], [5, 5 - LOG2, 5 - LOG2], [1000, 0, 1000.0], [LOG3, LOG3, LOG2]])
OUTPUTS = np.array(
    [[1 / 4, 1 / 2, 1 / 4], [1 / 2, 1 / 4, 1 / 4], [1 / 2, 0, 1 / 2], [3 / 8, 3 / 8, 1 / 4]]
)
CLASSES = np.array([1, 2, 0, 0])
ONE_HOT = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0.0]])
BOTH = pytest.mark.parametrize("targets", [CLASSES, ONE_HOT], ids=["classes", "one-hot"])
DTYPES = pytest.mark.parametrize("dtype", head.DTYPES, ids=str)


def test_softmax_is_each_exp_over_their_sum_and_far_logits_do_not_overflow():
    np.testing.assert_allclose(REFERENCE.softmax_forward(LOGITS), OUTPUTS, rtol=1e-15)


def test_softmax_s_gradient_is_the_upstream_times_the_jacobian_of_each_sample():
    """Written out: s * upstream, less s times the mean of the upstream that s weighs."""
    upstream = np.array([[4, 8, 0], [0, 4, 8], [2, 9, 6], [8, 0, 4.0]])

    gradient = REFERENCE.softmax_backward(upstream, OUTPUTS)

    assert gradient.tolist() == [
        [-0.25, 1.5, -1.25],
        [-1.5, 0.25, 1.25],
        [-1, 0, 1],
        [1.5, -1.5, 0],
    ]
    assert upstream[0].tolist() == [4, 8, 0]


@BOTH
def test_the_loss_is_the_mean_of_minus_log(targets):
    """(log 2 + log 4 + log 2 + log 8/3) / 4."""
    loss = REFERENCE.cross_entropy_forward(OUTPUTS, targets)

    assert loss.shape == ()
    np.testing.assert_allclose(loss, (7 * LOG2 - LOG3) / 4, rtol=1e-15)


@BOTH
def test_the_loss_s_gradient_is_minus_1_over_the_right_output_and_the_batch(targets):
    gradient = REFERENCE.cross_entropy_backward(OUTPUTS, targets)

    assert (gradient * 4).tolist() == [[0, -2, 0], [0, 0, -4], [-2, 0, 0], [-8 / 3, 0, 0]]


@BOTH
def test_the_combined_gradient_is_outputs_less_one_hot_over_the_batch(targets):
    gradient = REFERENCE.softmax_cross_entropy_backward(OUTPUTS[:2], targets[:2])

    assert gradient.tolist() == [[1 / 8, -1 / 4, 1 / 8], [1 / 4, 1 / 8, -3 / 8]]


@DTYPES
@BOTH
def test_every_result_has_the_dtype_of_its_arguments(targets, dtype):
    outputs = OUTPUTS.astype(dtype)
    targets = targets if targets.ndim == 1 else targets.astype(dtype)
    for formula in ("cross_entropy_forward", "cross_entropy_backward",
                    "softmax_cross_entropy_backward"):  # fmt: skip
        assert getattr(REFERENCE, formula)(outputs, targets).dtype == dtype
    assert REFERENCE.softmax_forward(LOGITS.astype(dtype)).dtype == dtype
    assert REFERENCE.softmax_backward(outputs, outputs).dtype == dtype
