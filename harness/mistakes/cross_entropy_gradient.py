"""Mistakes in the gradient of cross-entropy, by itself and together with softmax."""

import numpy as np

from harness.case import Array
from harness.derivation import REFERENCE
from harness.mistakes.cross_entropy import one_hot
from harness.mistakes.mistake import mistake

ALONE = "cross_entropy_backward", "deriv_loss_wrt_softmax_outputs"
TOGETHER = "softmax_cross_entropy_backward", "deriv_loss_wrt_z"


@mistake(*ALONE)
def loss_gradient_not_divided(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is not divided by the batch, and the loss is a mean. A batch of one hides it. On
    softmax of the document's layer_outputs, with the right classes 0, 0 and 1, class 0 of sample 0
    gets -1.116966, which should be -0.372322."""
    deriv_loss: Array = REFERENCE.cross_entropy_backward(softmax_outputs, targets)
    return deriv_loss * len(softmax_outputs)


@mistake(*ALONE)
def loss_gradient_divided_by_classes(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is divided by the number of classes, and should be by that of samples. Equal
    numbers hide it. On softmax of the document's first two layer_outputs, with the right classes 0
    and 0, class 0 of sample 0 gets -0.372322, which should be -0.558483."""
    batch, classes = softmax_outputs.shape
    deriv_loss: Array = REFERENCE.cross_entropy_backward(softmax_outputs, targets) * batch / classes
    return deriv_loss


@mistake(*ALONE)
def loss_gradient_without_minus(softmax_outputs: Array, targets: Array) -> Array:
    """The minus is missing: the loss falls when the right class's output rises, so its gradient
    there is negative. The size is right. On softmax of the document's layer_outputs, with the right
    classes 0, 0 and 1, class 0 of sample 0 gets 0.372322, which should be -0.372322."""
    deriv_loss: Array = -REFERENCE.cross_entropy_backward(softmax_outputs, targets)
    return deriv_loss


@mistake(*ALONE)
def loss_gradient_at_every_class(softmax_outputs: Array, targets: Array) -> Array:
    """Every class gets -1 / s, though the loss looks at the right class alone; the others get 0.
    The shape is the same. On softmax of the document's layer_outputs, with the right classes 0, 0
    and 1, class 1 of sample 0 gets -13.490740, which should be 0."""
    deriv_loss: Array = -1 / softmax_outputs / len(softmax_outputs)
    return deriv_loss


@mistake(*ALONE)
def loss_gradient_of_next_class(softmax_outputs: Array, targets: Array) -> Array:
    """Classes are taken to count from 1, and count from 0; index -1 is the last one in Python, so
    nothing fails. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1,
    class 0 of sample 0 gets 0, which should be -0.372322."""
    deriv_loss: Array = REFERENCE.cross_entropy_backward(softmax_outputs, targets - 1)
    return deriv_loss


@mistake(*ALONE)
def loss_gradient_guarded(softmax_outputs: Array, targets: Array) -> Array:
    """1e-7 is added to what divides, lest it be 0. Then no gradient is right, and none exceeds ten
    million. A loose tolerance lets it pass. On softmax of the document's layer_outputs, with the
    right classes 0, 0 and 1, class 1 of sample 2 gets -0.93023083, which should be -0.93023109."""
    batch = len(softmax_outputs)
    deriv_loss: Array = -one_hot(targets, softmax_outputs) / (softmax_outputs + 1e-7) / batch
    return deriv_loss


@mistake(*ALONE)
def loss_gradient_without_quotient(softmax_outputs: Array, targets: Array) -> Array:
    """The derivative of -log(s) is -1 / s, and here it is -1: the logarithm was forgotten. Where s
    is near 1 it looks right. On softmax of the document's layer_outputs, with the right classes 0,
    0 and 1, class 0 of sample 0 gets -1 / 3, which should be -0.372322."""
    deriv_loss: Array = -one_hot(targets, softmax_outputs) / len(softmax_outputs)
    return deriv_loss.astype(softmax_outputs.dtype)


@mistake(*ALONE)
def loss_gradient_binary(softmax_outputs: Array, targets: Array) -> Array:
    """Every wrong class gets 1 / (1 - s): that is the gradient of yes-or-no questions, one a class,
    and cross-entropy looks at the right class alone. On softmax of the document's layer_outputs,
    with the right classes 0, 0 and 1, class 1 of sample 0 gets 0.341778, which should be 0."""
    right = one_hot(targets, softmax_outputs)
    per_class = (1 - right) / (1 - softmax_outputs) - right / softmax_outputs
    deriv_loss: Array = per_class / len(softmax_outputs)
    return deriv_loss


@mistake(*TOGETHER)
def combined_not_divided(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is not divided by the batch, and the loss is a mean. A batch of one hides it. On
    softmax of the document's layer_outputs, with the right classes 0, 0 and 1, class 0 of sample 0
    gets -0.104717, which should be -0.034906."""
    deriv_loss: Array = softmax_outputs - one_hot(targets, softmax_outputs)
    return deriv_loss


@mistake(*TOGETHER)
def combined_divided_by_classes(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is divided by the number of classes, and should be by that of samples. Equal
    numbers hide it. On softmax of the document's first two layer_outputs, with the right classes 0
    and 0, class 0 of sample 0 gets -0.034906, which should be -0.052359."""
    apart: Array = softmax_outputs - one_hot(targets, softmax_outputs)
    deriv_loss: Array = apart / softmax_outputs.shape[1]
    return deriv_loss


@mistake(*TOGETHER)
def combined_divided_twice(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is divided by the batch twice, say here and once more by the caller. A batch of
    one hides it. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1,
    class 0 of sample 0 gets -0.011635, which should be -0.034906."""
    deriv_loss: Array = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets)
    return deriv_loss / max(len(softmax_outputs), 1)


@mistake(*TOGETHER)
def combined_sign_exchanged(softmax_outputs: Array, targets: Array) -> Array:
    """One-hot minus outputs, for outputs minus one-hot: the network unlearns. Some books write it
    so, and add the step. On softmax of the document's layer_outputs, with the right classes 0, 0
    and 1, class 0 of sample 0 gets 0.034906, which should be -0.034906."""
    deriv_loss: Array = -REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets)
    return deriv_loss


@mistake(*TOGETHER)
def combined_one_not_subtracted(softmax_outputs: Array, targets: Array) -> Array:
    """1 is not taken from the right class, so all outputs are pushed down, and the targets do not
    matter. Every other class is right. On softmax of the document's layer_outputs, with the right
    classes 0, 0 and 1, class 0 of sample 0 gets 0.298428, which should be -0.034906."""
    return softmax_outputs / max(len(softmax_outputs), 1)


@mistake(*TOGETHER)
def combined_one_from_every_class(softmax_outputs: Array, targets: Array) -> Array:
    """1 is taken from every class, and should be from the right one alone. The right classes are
    right. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1, class 1 of
    sample 0 gets -0.325097, which should be 0.008236."""
    deriv_loss: Array = (softmax_outputs - 1) / max(len(softmax_outputs), 1)
    return deriv_loss


@mistake(*TOGETHER)
def combined_columns(softmax_outputs: Array, targets: Array) -> Array:
    """[:, targets] -= 1 takes 1 from the right class of every sample in all samples;
    [range(batch), targets] takes it where it is due. A batch of one hides it. On softmax of the
    document's layer_outputs, with the right classes 0, 0 and 1, class 1 of sample 0 gets -0.325097,
    which should be 0.008236."""
    deriv_loss: Array = softmax_outputs.copy()
    deriv_loss[:, targets] -= 1
    return deriv_loss / max(len(softmax_outputs), 1)


@mistake(*TOGETHER)
def combined_in_place(softmax_outputs: Array, targets: Array) -> Array:
    """The result is right, but softmax_outputs[range(batch), targets] -= 1 changes the outputs
    themselves, and the loss or accuracy read later is wrong. Copy them first. On softmax of the
    document's layer_outputs, with the right classes 0, 0 and 1, output 0 of sample 0 is -0.104717
    after the call, and was 0.895283 before it."""
    softmax_outputs[np.arange(len(softmax_outputs)), targets] -= 1
    return softmax_outputs / max(len(softmax_outputs), 1)


@mistake(*TOGETHER)
def combined_of_next_class(softmax_outputs: Array, targets: Array) -> Array:
    """Classes are taken to count from 1, and count from 0; index -1 is the last one in Python, so
    nothing fails. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1,
    class 0 of sample 0 gets 0.298428, which should be -0.034906."""
    deriv_loss: Array = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets - 1)
    return deriv_loss


@mistake(*TOGETHER)
def combined_of_predicted_class(softmax_outputs: Array, targets: Array) -> Array:
    """1 is taken from the largest output, and should be from the right class's. Where the
    prediction is right they are one, so accuracy is kept and not improved. On softmax of the
    document's layer_outputs, with the right classes 0, 0 and 1, class 1 of sample 2 gets 0.119445,
    which should be -0.213889."""
    predicted = np.argmax(softmax_outputs, axis=1)
    deriv_loss: Array = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, predicted)
    return deriv_loss


@mistake(*TOGETHER)
def combined_right_class_alone(softmax_outputs: Array, targets: Array) -> Array:
    """Every wrong class gets 0, as at the outputs of softmax; but their z are in the sum that
    divides, and get s. The right classes are right. On softmax of the document's layer_outputs,
    with the right classes 0, 0 and 1, class 1 of sample 0 gets 0, which should be 0.008236."""
    deriv_loss: Array = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets)
    return deriv_loss * one_hot(targets, softmax_outputs)


@mistake(*TOGETHER)
def combined_squared_error(softmax_outputs: Array, targets: Array) -> Array:
    """The gradient is multiplied by s * (1 - s), which goes with a squared error and a sigmoid; in
    cross-entropy's gradient it cancels. The signs are right. On softmax of the document's
    layer_outputs, with the right classes 0, 0 and 1, class 0 of sample 0 gets -0.003272, which
    should be -0.034906."""
    deriv_loss: Array = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets)
    deriv_loss *= softmax_outputs * (1 - softmax_outputs)
    return deriv_loss
