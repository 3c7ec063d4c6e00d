"""An assignment to a reshape reaches the array only where the reshape is a view, as in C order."""

import numpy as np


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = np.copy(upstream)
    flat = deriv_relu_wrt_z.reshape(-1)
    flat[layer_outputs.reshape(-1) <= 0] = 0
    return deriv_relu_wrt_z
