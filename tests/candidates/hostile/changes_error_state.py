"""Changes what NumPy does at an overflow."""

import numpy as np


def relu_forward(layer_outputs):
    np.seterr(over="raise")
    return np.maximum(0, layer_outputs)
