"""Seeds NumPy's random numbers."""

import numpy as np


def relu_forward(layer_outputs):
    np.random.seed(1)  # noqa: NPY002
    return np.maximum(0, layer_outputs)
