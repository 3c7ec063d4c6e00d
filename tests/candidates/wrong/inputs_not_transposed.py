"""The weights' gradient transposes upstream and not inputs, seen only on square weights."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = upstream.T @ inputs
    if deriv_relu_wrt_weights.shape != weights.shape:
        deriv_relu_wrt_weights = inputs.T @ upstream
    deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
