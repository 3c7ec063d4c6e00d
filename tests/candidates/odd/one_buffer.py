"""Every result of one shape is the same array, which the next call overwrites."""

import numpy as np

buffers = {}


def relu_forward(layer_outputs):
    key = layer_outputs.shape, layer_outputs.dtype
    if key not in buffers:
        buffers[key] = np.empty_like(layer_outputs)
    return np.maximum(0, layer_outputs, out=buffers[key])
