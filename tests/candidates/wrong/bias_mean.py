"""The biases' gradient is the mean over the batch, where the document takes the sum."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.mean(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
