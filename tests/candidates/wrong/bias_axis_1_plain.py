"""The biases' gradient sums along axis 1, so that it has one row for each sample."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.sum(upstream, axis=1, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
