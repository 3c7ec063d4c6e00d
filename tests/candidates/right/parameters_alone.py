"""A whole step that updates the parameters in place and returns nothing but them."""

import numpy as np


def train_step(inputs, layers, upstream, learning_rate):
    outputs = [inputs]
    for weights, biases in layers:
        outputs.append(np.maximum(0, np.dot(outputs[-1], weights) + biases))
    for (weights, biases), below, above in reversed(
        list(zip(layers, outputs[:-1], outputs[1:], strict=True))
    ):
        wrt_z = upstream * (above > 0)
        upstream = np.dot(wrt_z, weights.T)
        weights -= learning_rate * np.dot(below.T, wrt_z)
        biases -= learning_rate * np.sum(wrt_z, axis=0, keepdims=True)
    return [{"new_weights": weights, "new_biases": biases} for weights, biases in layers]
