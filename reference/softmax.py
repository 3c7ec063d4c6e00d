"""Softmax and its gradient: the last layer's outputs as one probability for each class.

The document ends where this begins: 'except for the derivative of the Softmax activation
function'.
"""

import numpy as np

from reference._types import Array


def softmax_forward(layer_outputs: Array) -> Array:
    """exp(z) over its sum, sample by sample: (batch, n_classes) to softmax_outputs, same shape.

    Taking the largest z of a sample from all of them changes no quotient, and no exp overflows.
    """
    shifted_outputs = layer_outputs - np.max(layer_outputs, axis=1, keepdims=True)

    exp_outputs = np.exp(shifted_outputs)

    softmax_outputs: Array = exp_outputs / np.sum(exp_outputs, axis=1, keepdims=True)

    return softmax_outputs


def softmax_backward(upstream: Array, softmax_outputs: Array) -> Array:
    """The vector-Jacobian product of `softmax_forward`.

    upstream (batch, n_classes) is the gradient at softmax_outputs (batch, n_classes). Returns
    deriv_softmax_wrt_z, the same shape.

    By the quotient rule output i changes with z_j by s_i * (1 - s_i) where i is j, and by
    -s_i * s_j elsewhere: that is the Jacobian of one sample, (n_classes, n_classes).
    """
    deriv_softmax_wrt_z = upstream.copy()

    for sample in range(len(upstream)):
        row = slice(sample, sample + 1)

        outputs = softmax_outputs[row]

        jacobian = np.diagflat(outputs) - np.dot(outputs.T, outputs)

        deriv_softmax_wrt_z[row] = np.dot(upstream[row], jacobian)

    return deriv_softmax_wrt_z
