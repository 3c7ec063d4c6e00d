"""The inputs' gradient uses weights where it needs weights.T, seen only on square weights."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    n_inputs, n_neurons = weights.shape
    square = n_inputs == n_neurons
    deriv_relu_wrt_inputs = np.dot(upstream, weights if square else weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
