"""The first call's batch is remembered, and later biases' gradients sum no more rows than it."""

import numpy as np

first_batch = None


def dense_backward(upstream, inputs, weights):
    global first_batch
    if first_batch is None:
        first_batch = len(upstream)
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.sum(upstream[:first_batch], axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
