"""Right, but prints."""

import sys

import numpy as np


def relu_forward(layer_outputs):
    print("the outputs are\n", layer_outputs)
    return np.maximum(0, layer_outputs)


def relu_backward(upstream, layer_outputs):
    sys.stderr.write("going back\n")
    return upstream * (layer_outputs > 0)
