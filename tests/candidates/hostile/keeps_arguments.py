"""Keeps its arguments, and changes them at a later call."""

import numpy as np

kept = []


def relu_forward(layer_outputs):
    for earlier in kept:
        earlier += 1
    kept[:] = [layer_outputs]
    return np.maximum(0, layer_outputs)
