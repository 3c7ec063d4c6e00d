"""Ten wrong formulas that are not in the catalogue: no mistake of it may be named for them."""

import numpy as np


def deriv_relu_wrt_z_tripled(upstream, layer_outputs):
    return 3 * upstream * (layer_outputs > 0)


def mask_above_1(upstream, layer_outputs):
    return upstream * (layer_outputs > 1)


def slope_of_softplus(upstream, layer_outputs):
    return upstream / (1 + np.exp(-np.clip(layer_outputs, -30, 30)))


def relu_of_tanh(layer_outputs):
    return np.maximum(0, np.tanh(layer_outputs))


def relu_shifted(layer_outputs):
    return np.maximum(0, layer_outputs - 1)


def dense_forward_of_reversed_samples(inputs, weights, biases):
    return np.dot(inputs[::-1], weights) + biases


def dense_backward_without_second_input(upstream, inputs, weights):
    deriv_relu_wrt_weights = np.dot(inputs.T, upstream)
    deriv_relu_wrt_weights[1:2] = 0
    return (
        np.dot(upstream, weights.T),
        deriv_relu_wrt_weights,
        np.sum(upstream, axis=0, keepdims=True),
    )


def dense_backward_of_absolute_weights(upstream, inputs, weights):
    return (
        np.dot(upstream, np.abs(weights).T),
        np.dot(inputs.T, upstream),
        np.sum(upstream, axis=0, keepdims=True),
    )


def sgd_step_of_squared_gradient(parameter, gradient, learning_rate):
    return parameter - learning_rate * gradient * gradient


def sgd_step_with_decay(parameter, gradient, learning_rate):
    return parameter - learning_rate * (gradient + 0.5 * parameter)


# The formula that each stands in for.
UNKNOWN = {
    deriv_relu_wrt_z_tripled: "relu_backward",
    mask_above_1: "relu_backward",
    slope_of_softplus: "relu_backward",
    relu_of_tanh: "relu_forward",
    relu_shifted: "relu_forward",
    dense_forward_of_reversed_samples: "dense_forward",
    dense_backward_without_second_input: "dense_backward",
    dense_backward_of_absolute_weights: "dense_backward",
    sgd_step_of_squared_gradient: "sgd_step",
    sgd_step_with_decay: "sgd_step",
}
