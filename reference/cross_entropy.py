"""The cross-entropy loss and its gradient, by itself and together with softmax.

The document ends where this begins: 'and the derivative of the cross-entropy loss function'.
The targets are the right class of each sample, (batch,), or one-hot rows, (batch, n_classes).
"""

import numpy as np

from reference._types import Array, Scalar, Targets


def cross_entropy_forward(softmax_outputs: Array, targets: Targets) -> Scalar:
    """-log of what softmax gave the right class, as a mean over the batch: the loss.

    softmax_outputs (batch, n_classes). Returns one number of its dtype.
    """
    one_hot = _one_hot(targets, softmax_outputs)

    correct_outputs = np.sum(softmax_outputs * one_hot, axis=1, keepdims=True)

    loss: Scalar = np.mean(-np.log(correct_outputs))

    return loss


def cross_entropy_backward(softmax_outputs: Array, targets: Targets) -> Array:
    """The gradient of `cross_entropy_forward`: -1 / s at the right class, 0 at every other.

    softmax_outputs (batch, n_classes). Returns deriv_loss_wrt_softmax_outputs, the same shape;
    each sample has its share of the mean.
    """
    one_hot = _one_hot(targets, softmax_outputs)

    correct_outputs = np.sum(softmax_outputs * one_hot, axis=1, keepdims=True)

    deriv_loss_wrt_softmax_outputs: Array = -one_hot / correct_outputs / len(softmax_outputs)

    return deriv_loss_wrt_softmax_outputs


def softmax_cross_entropy_backward(softmax_outputs: Array, targets: Targets) -> Array:
    """The gradient of the loss at the inputs of softmax: `softmax_backward` after the above.

    With upstream -1 / s_y at the right class y alone, row y of the Jacobian is left, times that:
    -(1 - s_y) at y, and s_j elsewhere. So it is softmax_outputs - one_hot, over the batch.
    softmax_outputs (batch, n_classes). Returns deriv_loss_wrt_z, the same shape.
    """
    one_hot = _one_hot(targets, softmax_outputs)

    deriv_loss_wrt_z: Array = (softmax_outputs - one_hot) / len(softmax_outputs)

    return deriv_loss_wrt_z


def _one_hot(targets: Targets, softmax_outputs: Array) -> Targets:
    """A row for each sample: 1 at its class, 0 elsewhere. Small integers take on any dtype."""
    if targets.ndim == softmax_outputs.ndim:
        return targets

    one_hot: Targets = np.eye(softmax_outputs.shape[-1], dtype=np.int8)[targets]

    return one_hot
