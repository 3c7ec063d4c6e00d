"""Wrong formulas that are not in the catalogue: no mistake of it may be named for them."""

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


def softmax_with_temperature(layer_outputs):
    exp_outputs = np.exp((layer_outputs - layer_outputs.max(axis=1, keepdims=True)) / 2)
    return exp_outputs / exp_outputs.sum(axis=1, keepdims=True)


def softmax_with_one_more_class(layer_outputs):
    largest = np.maximum(layer_outputs.max(axis=1, keepdims=True), 0)
    exp_outputs = np.exp(layer_outputs - largest)
    return exp_outputs / (exp_outputs.sum(axis=1, keepdims=True) + np.exp(-largest))


def softmax_backward_doubled(upstream, softmax_outputs):
    weighted = np.sum(upstream * softmax_outputs, axis=1, keepdims=True)
    return 2 * softmax_outputs * (upstream - weighted)


def softmax_backward_of_mean_upstream(upstream, softmax_outputs):
    return softmax_outputs * (upstream - np.mean(upstream, axis=1, keepdims=True))


def loss_of_focus(softmax_outputs, targets):
    correct = softmax_outputs[np.arange(len(targets)), targets]
    return np.mean(-((1 - correct) ** 2) * np.log(correct))


def loss_of_smooth_labels(softmax_outputs, targets):
    correct = softmax_outputs[np.arange(len(targets)), targets]
    return np.mean(-0.9 * np.log(correct) - 0.1 * np.mean(np.log(softmax_outputs), axis=1))


def loss_gradient_halved(softmax_outputs, targets):
    one_hot = np.eye(softmax_outputs.shape[1])[targets].astype(softmax_outputs.dtype)
    return -one_hot / softmax_outputs / (2 * len(targets))


def combined_of_smooth_labels(softmax_outputs, targets):
    one_hot = np.eye(softmax_outputs.shape[1])[targets].astype(softmax_outputs.dtype)
    smooth = 0.9 * one_hot + 0.1 / softmax_outputs.shape[1]
    return (softmax_outputs - smooth) / len(targets)


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
    softmax_with_temperature: "softmax_forward",
    softmax_with_one_more_class: "softmax_forward",
    softmax_backward_doubled: "softmax_backward",
    softmax_backward_of_mean_upstream: "softmax_backward",
    loss_of_focus: "cross_entropy_forward",
    loss_of_smooth_labels: "cross_entropy_forward",
    loss_gradient_halved: "cross_entropy_backward",
    combined_of_smooth_labels: "softmax_cross_entropy_backward",
}
