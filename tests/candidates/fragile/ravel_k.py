"""The mask is taken in the order of memory (order="K"): row after row only in C order."""

import numpy as np


def relu_backward(upstream, layer_outputs):
    flat = upstream.ravel(order="C") * (layer_outputs.ravel(order="K") > 0)
    return np.reshape(flat, upstream.shape)
