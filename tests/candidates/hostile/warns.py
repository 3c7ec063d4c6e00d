"""Right, but warns."""

import warnings

import numpy as np


def relu_forward(layer_outputs):
    warnings.warn("this is slow", stacklevel=2)
    return np.maximum(0, layer_outputs)
