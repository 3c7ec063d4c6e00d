"""The document's own lines, with its in-place update of the parameters."""

import numpy as np


def dense_forward(inputs, weights, biases):
    inputs_dot_weights = np.dot(inputs, weights)
    layer_outputs = inputs_dot_weights + biases
    return layer_outputs


def relu_forward(layer_outputs):
    relu_outputs = np.maximum(0, layer_outputs)
    return relu_outputs


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases


def sgd_step(parameter, gradient, learning_rate):
    parameter += -learning_rate * gradient
    return parameter
