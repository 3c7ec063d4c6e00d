"""np.asfortranarray makes a copy to work on, but not of an array that is in that order already."""

import numpy as np


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = np.asfortranarray(upstream)
    if deriv_relu_wrt_z.flags.c_contiguous:
        deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z
