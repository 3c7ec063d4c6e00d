"""Every second call adds 1, so that two equal calls differ."""

import numpy as np

calls = 0


def dense_forward(inputs, weights, biases):
    global calls
    calls += 1
    layer_outputs = np.dot(inputs, weights) + biases
    return layer_outputs + 1 if calls % 2 == 0 else layer_outputs
