"""Changes how NumPy prints."""

import numpy as np


def relu_forward(layer_outputs):
    np.set_printoptions(precision=3)
    return np.maximum(0, layer_outputs)
