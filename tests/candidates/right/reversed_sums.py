"""Every sum runs from the last term to the first, which only rounding can tell."""

import numpy as np


def dense_forward(inputs, weights, biases):
    return inputs[:, ::-1] @ weights[::-1] + biases


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = upstream[:, ::-1] @ weights.T[::-1]
    deriv_relu_wrt_weights = inputs.T[:, ::-1] @ upstream[::-1]
    deriv_relu_wrt_biases = np.sum(upstream[::-1], axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
