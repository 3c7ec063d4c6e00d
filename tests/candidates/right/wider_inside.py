"""Sums and steps in a wider dtype, rounded once to the arguments' dtype at the end."""

import numpy as np


def wide(array):
    return array.astype(np.longdouble if array.dtype == np.float64 else np.float64)


def dense_forward(inputs, weights, biases):
    layer_outputs = np.dot(wide(inputs), wide(weights)) + wide(biases)
    return layer_outputs.astype(inputs.dtype)


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(wide(upstream), wide(weights).T)
    deriv_relu_wrt_weights = np.dot(wide(inputs).T, wide(upstream))
    deriv_relu_wrt_biases = np.sum(wide(upstream), axis=0, keepdims=True)
    return (
        deriv_relu_wrt_inputs.astype(inputs.dtype),
        deriv_relu_wrt_weights.astype(weights.dtype),
        deriv_relu_wrt_biases.astype(upstream.dtype),
    )


def sgd_step(parameter, gradient, learning_rate):
    new_parameter = wide(parameter) - wide(learning_rate) * wide(gradient)
    return new_parameter.astype(parameter.dtype)
