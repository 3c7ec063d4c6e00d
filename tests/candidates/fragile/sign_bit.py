"""The sign is read as the highest bit of the memory, which is elsewhere in a byte-swapped array."""

import numpy as np


def relu_forward(layer_outputs):
    bits = layer_outputs.view(f"u{layer_outputs.itemsize}")
    negative = bits >> np.array(8 * layer_outputs.itemsize - 1, bits.dtype)
    return np.where(negative == 1, 0, layer_outputs)
