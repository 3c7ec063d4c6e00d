"""A whole step of which the learning rate makes float64 if it is a Python float."""

import numpy as np


def train_step(inputs, layers, upstream, learning_rate):
    rate = np.asarray(learning_rate)
    new = []
    for weights, biases in layers:
        new.append([{"weights": weights, "biases": biases, "inputs": inputs}])
        inputs = np.maximum(0, np.dot(inputs, weights) + biases)
        new[-1][0]["outputs"] = inputs
    for (layer,) in reversed(new):
        wrt_z = upstream * (layer["outputs"] > 0)
        upstream = np.dot(wrt_z, layer["weights"].T)
        layer["new_biases"] = layer["biases"] - rate * np.sum(wrt_z, axis=0, keepdims=True)
    return [{"new_biases": layer["new_biases"]} for (layer,) in new]
