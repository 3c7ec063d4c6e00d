"""Every sum as a Python loop over single numbers, each array in its argument's dtype."""

import numpy as np


def dense_forward(inputs, weights, biases):
    batch, n_inputs = inputs.shape
    n_neurons = weights.shape[1]
    layer_outputs = np.zeros((batch, n_neurons), dtype=inputs.dtype)
    for b in range(batch):
        for n in range(n_neurons):
            for i in range(n_inputs):
                layer_outputs[b, n] += inputs[b, i] * weights[i, n]
            layer_outputs[b, n] += biases[0, n]
    return layer_outputs


def relu_forward(layer_outputs):
    relu_outputs = np.zeros(layer_outputs.shape, dtype=layer_outputs.dtype)
    for b in range(layer_outputs.shape[0]):
        for n in range(layer_outputs.shape[1]):
            if not layer_outputs[b, n] <= 0:
                relu_outputs[b, n] = layer_outputs[b, n]
    return relu_outputs


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = np.zeros(upstream.shape, dtype=upstream.dtype)
    for b in range(upstream.shape[0]):
        for n in range(upstream.shape[1]):
            if not layer_outputs[b, n] <= 0:
                deriv_relu_wrt_z[b, n] = upstream[b, n]
    return deriv_relu_wrt_z


def dense_backward(upstream, inputs, weights):
    batch, n_inputs = inputs.shape
    n_neurons = weights.shape[1]
    deriv_relu_wrt_inputs = np.zeros((batch, n_inputs), dtype=upstream.dtype)
    deriv_relu_wrt_weights = np.zeros((n_inputs, n_neurons), dtype=upstream.dtype)
    deriv_relu_wrt_biases = np.zeros((1, n_neurons), dtype=upstream.dtype)
    for b in range(batch):
        for n in range(n_neurons):
            for i in range(n_inputs):
                deriv_relu_wrt_inputs[b, i] += upstream[b, n] * weights[i, n]
                deriv_relu_wrt_weights[i, n] += inputs[b, i] * upstream[b, n]
            deriv_relu_wrt_biases[0, n] += upstream[b, n]
    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases


def sgd_step(parameter, gradient, learning_rate):
    new_parameter = np.zeros(parameter.shape, dtype=parameter.dtype)
    for i in range(parameter.shape[0]):
        for n in range(parameter.shape[1]):
            new_parameter[i, n] = parameter[i, n] - learning_rate * gradient[i, n]
    return new_parameter
