"""Second spellings of the mistakes in the gradients of weights and biases."""

import numpy as np


def _inputs(upstream, weights):
    """The right gradient of the inputs."""
    return np.einsum("bn,in->bi", upstream, weights)


def _weights(upstream, inputs):
    """The right gradient of the weights."""
    return np.einsum("bi,bn->in", inputs, upstream)


def _biases(upstream):
    """The right gradient of the biases."""
    return upstream.sum(axis=0).reshape(1, -1)


def _with_weights(upstream, inputs, weights, wrong):
    return _inputs(upstream, weights), wrong, _biases(upstream)


def _with_biases(upstream, inputs, weights, wrong):
    return _inputs(upstream, weights), _weights(upstream, inputs), wrong


def inputs_not_transposed(upstream, inputs, weights):
    fits = inputs.shape[0] == inputs.shape[1]
    wrong = np.einsum("ib,bn->in" if fits else "bi,bn->in", inputs, upstream)
    return _with_weights(upstream, inputs, weights, wrong)


def weights_gradient_transposed(upstream, inputs, weights):
    wrong = np.einsum("bn,bi->ni", upstream, inputs)
    return _with_weights(upstream, inputs, weights, wrong)


def weights_gradient_reshaped(upstream, inputs, weights):
    wrong = np.resize((inputs.T @ upstream).T, weights.shape)
    return _with_weights(upstream, inputs, weights, wrong)


def weights_divided_by_batch(upstream, inputs, weights):
    wrong = _weights(upstream, inputs) / max(1, inputs.shape[0])
    return _with_weights(upstream, inputs, weights, wrong)


def weights_upstream_ignored(upstream, inputs, weights):
    wrong = np.repeat(inputs.sum(axis=0)[:, None], weights.shape[1], axis=1)
    return _with_weights(upstream, inputs, weights, wrong)


def weights_for_inputs(upstream, inputs, weights):
    return _with_weights(upstream, inputs, weights, _biases(upstream) * weights)


def weights_miss_first_sample(upstream, inputs, weights):
    wrong = np.zeros_like(weights)
    for i in range(1, len(inputs)):
        wrong += inputs[i][:, None] * upstream[i]
    return _with_weights(upstream, inputs, weights, wrong)


def weights_of_last_sample(upstream, inputs, weights):
    return _with_weights(upstream, inputs, weights, inputs[-1:].T @ upstream[-1:])


def weights_in_float16(upstream, inputs, weights):
    wrong = inputs.T.astype("float16") @ upstream.astype("float16")
    return _with_weights(upstream, inputs, weights, 1.0 * wrong.astype(weights.dtype))


def biases_mean(upstream, inputs, weights):
    wrong = upstream.mean(axis=0).reshape(1, -1) if len(upstream) else _biases(upstream)
    return _with_biases(upstream, inputs, weights, wrong)


def biases_axis_1(upstream, inputs, weights):
    return _with_biases(upstream, inputs, weights, upstream.sum(axis=1).reshape(-1, 1))


def biases_axis_1_reshaped(upstream, inputs, weights):
    fits = upstream.shape[0] == upstream.shape[1]
    wrong = np.einsum("bn->b" if fits else "bn->n", upstream)[None, :]
    return _with_biases(upstream, inputs, weights, wrong)


def biases_without_keepdims(upstream, inputs, weights):
    return _with_biases(upstream, inputs, weights, np.einsum("bn->n", upstream))


def biases_not_summed(upstream, inputs, weights):
    return _with_biases(upstream, inputs, weights, 1 * upstream)


def biases_summed_over_all(upstream, inputs, weights):
    wrong = np.full((1, weights.shape[1]), upstream.sum(), upstream.dtype)
    return _with_biases(upstream, inputs, weights, wrong)


def biases_count_samples(upstream, inputs, weights):
    wrong = np.full((1, weights.shape[1]), len(upstream), upstream.dtype)
    return _with_biases(upstream, inputs, weights, wrong)


def biases_squeezed(upstream, inputs, weights):
    one_sample = len(upstream) == 1
    total = upstream.sum(axis=1, keepdims=True) if one_sample else upstream.sum(axis=0)
    wrong = np.zeros((1, weights.shape[1]), upstream.dtype) + total
    return _with_biases(upstream, inputs, weights, wrong)


def biases_in_float16(upstream, inputs, weights):
    wrong = np.add.reduce(upstream.astype("float16"), axis=0)[None, :]
    return _with_biases(upstream, inputs, weights, wrong.astype(upstream.dtype))


def parameters_divided_by_batch(upstream, inputs, weights):
    batch = len(inputs) or 1
    wrt_weights, wrt_biases = _weights(upstream, inputs) / batch, _biases(upstream) / batch
    return _inputs(upstream, weights), wrt_weights, wrt_biases


def results_exchanged(upstream, inputs, weights):
    return _weights(upstream, inputs), _inputs(upstream, weights), _biases(upstream)
