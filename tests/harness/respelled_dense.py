"""Second spellings of the mistakes in the dense layer's outputs and in its inputs' gradient."""

import numpy as np


def biases_forgotten(inputs, weights, biases):
    return np.einsum("bi,in->bn", inputs, weights)


def biases_subtracted(inputs, weights, biases):
    return -biases + inputs @ weights


def biases_added_per_input(inputs, weights, biases):
    n_inputs = inputs.shape[1]
    return inputs @ weights + n_inputs * biases


def biases_as_column(inputs, weights, biases):
    layer_outputs = inputs @ weights
    if layer_outputs.shape[0] == layer_outputs.shape[1]:
        return layer_outputs + biases.reshape(-1, 1)
    return layer_outputs + biases


def first_bias_for_all(inputs, weights, biases):
    return inputs @ weights + biases[:, :1]


def last_bias_forgotten(inputs, weights, biases):
    added = biases.copy()
    added[:, -1] = 0
    return inputs @ weights + added


def weights_transposed_again(inputs, weights, biases):
    square = weights.shape[0] == weights.shape[1]
    return np.einsum("bi,ni->bn" if square else "bi,in->bn", inputs, weights) + biases


def star_for_dot(inputs, weights, biases):
    if inputs.shape == weights.shape:
        return np.multiply(weights, inputs) + biases
    return np.einsum("bi,in->bn", inputs, weights) + biases


def outputs_in_float32(inputs, weights, biases):
    inputs32, weights32, biases32 = (each.astype("float32") for each in (inputs, weights, biases))
    layer_outputs = np.empty((inputs.shape[0], weights.shape[1]), inputs.dtype)
    layer_outputs[:] = inputs32 @ weights32 + biases32
    return layer_outputs


def _others(upstream, inputs):
    """The right gradients of weights and biases."""
    return np.einsum("bi,bn->in", inputs, upstream), upstream.sum(axis=0)[None, :]


def weights_not_transposed(upstream, inputs, weights):
    square = weights.shape[0] == weights.shape[1]
    wrt_inputs = np.einsum("bn,ni->bi" if square else "bn,in->bi", upstream, weights)
    return wrt_inputs, *_others(upstream, inputs)


def next_neurons_not_summed(upstream, inputs, weights):
    return np.outer(upstream[:, 0], weights[:, 0]), *_others(upstream, inputs)


def next_neurons_averaged(upstream, inputs, weights):
    total = sum(np.outer(upstream[:, j], weights[:, j]) for j in range(weights.shape[1]))
    return total / weights.shape[1], *_others(upstream, inputs)


def inputs_divided_by_batch(upstream, inputs, weights):
    total = np.einsum("bn,in->bi", upstream, weights)
    return total / max(len(inputs), 1), *_others(upstream, inputs)


def inputs_upstream_ignored(upstream, inputs, weights):
    wrt_inputs = np.empty_like(inputs)
    wrt_inputs[:] = weights.sum(axis=1)
    return wrt_inputs, *_others(upstream, inputs)


def inputs_for_weights(upstream, inputs, weights):
    return np.einsum("bi,bn->bi", inputs, upstream), *_others(upstream, inputs)


def inputs_masked(upstream, inputs, weights):
    return (upstream @ weights.T) * (inputs > 0), *_others(upstream, inputs)
