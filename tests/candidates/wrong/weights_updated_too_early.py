"""A whole step that updates the weights in place before they carry the gradient down."""

import numpy as np


def train_step(inputs, layers, upstream, learning_rate):
    steps, below = [], inputs
    for weights, biases in layers:
        layer_outputs = np.dot(below, weights) + biases
        relu_outputs = np.maximum(0, layer_outputs)
        steps.append({"layer_outputs": layer_outputs, "relu_outputs": relu_outputs})
        below = relu_outputs
    for layer in reversed(range(len(layers))):
        weights, biases = layers[layer]
        step = steps[layer]
        below = inputs if layer == 0 else steps[layer - 1]["relu_outputs"]
        wrt_z = upstream * (step["layer_outputs"] > 0)
        step["deriv_relu_wrt_z"] = wrt_z
        step["deriv_relu_wrt_weights"] = np.dot(below.T, wrt_z)
        step["deriv_relu_wrt_biases"] = np.sum(wrt_z, axis=0, keepdims=True)
        step["new_weights"] = weights - learning_rate * step["deriv_relu_wrt_weights"]
        upstream = np.dot(wrt_z, step["new_weights"].T)
        step["deriv_relu_wrt_inputs"] = upstream
        step["new_biases"] = biases - learning_rate * step["deriv_relu_wrt_biases"]
    return steps
