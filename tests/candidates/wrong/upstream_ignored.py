"""ReLU's own derivative is returned, and the gradient passed in is never multiplied with it."""

import numpy as np


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = np.ones_like(layer_outputs)
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z
