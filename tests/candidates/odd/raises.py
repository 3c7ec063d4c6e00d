"""It raises where the batch has two samples, and is right elsewhere."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    if len(inputs) == 2:
        raise ValueError("shapes are off")
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
