"""ReLU and its gradient, as in the document's 'Forward Pass' and '`deriv_relu_wrt_z`'.

Where layer_outputs <= 0 nothing passes back. At the kink (layer_outputs == 0) ReLU has no
derivative; 0 is the document's choice out of the subdifferential [0, 1].
"""

import numpy as np

from reference._types import Array


def relu_forward(layer_outputs: Array) -> Array:
    """max(0, z) elementwise: layer_outputs (batch, n_neurons) to relu_outputs, same shape."""
    return np.maximum(0, layer_outputs)


def relu_backward(upstream: Array, layer_outputs: Array) -> Array:
    """The vector-Jacobian product of `relu_forward` ('`deriv_relu_wrt_z`').

    upstream (batch, n_neurons) is the gradient passed in from the next layer; layer_outputs
    (batch, n_neurons) is the input to ReLU. Returns deriv_relu_wrt_z, the same shape.
    """
    deriv_relu_wrt_z = upstream.copy()

    # Set cells to 0 where corresponding layer_outputs cell <= 0
    deriv_relu_wrt_z[layer_outputs <= 0] = 0

    return deriv_relu_wrt_z
