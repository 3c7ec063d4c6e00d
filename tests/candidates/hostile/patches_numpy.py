"""Replaces a function of NumPy."""

import numpy as np

right = np.maximum


def relu_forward(layer_outputs):
    np.maximum = lambda one, other: right(one, other)
    return right(0, layer_outputs)
