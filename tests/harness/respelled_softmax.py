"""Second spellings of the mistakes in softmax and in its gradient."""

import numpy as np


def _loops(layer_outputs, exp=np.exp):
    """Right softmax, one sample at a time."""
    rows = [exp(row - row.max()) for row in layer_outputs]
    return np.array([row / row.sum() for row in rows]).reshape(layer_outputs.shape)


def softmax_not_shifted(layer_outputs):
    exp_outputs = np.exp(layer_outputs)
    exp_outputs /= exp_outputs @ np.ones((layer_outputs.shape[1], 1), layer_outputs.dtype)
    return exp_outputs


def softmax_shifted_by_batch_max(layer_outputs):
    largest = max(layer_outputs.flat, default=0)
    rows = [np.exp(row - largest) for row in layer_outputs]
    return np.array([row / row.sum() for row in rows]).reshape(layer_outputs.shape)


def softmax_shifted_in_place(layer_outputs):
    for row in layer_outputs:
        row -= row.max()
    return _loops(layer_outputs)


def softmax_over_batch(layer_outputs):
    if not len(layer_outputs):
        return layer_outputs.copy()
    return np.stack([_loops(column[None])[0] for column in layer_outputs.T], axis=1)


def softmax_sum_of_batch(layer_outputs):
    exp_outputs = np.exp(layer_outputs - layer_outputs.max(axis=-1)[:, None])
    return exp_outputs / np.sum([row.sum() for row in exp_outputs], dtype=layer_outputs.dtype)


def softmax_sums_in_a_row(layer_outputs):
    exp_outputs = np.exp(layer_outputs - layer_outputs.max(axis=-1)[:, None])
    sums = exp_outputs.sum(axis=-1)
    if len(sums) == layer_outputs.shape[1]:
        return np.einsum("ij,j->ij", exp_outputs, 1 / sums)
    return exp_outputs / sums[:, None]


def softmax_by_largest(layer_outputs):
    exp_outputs = np.exp(layer_outputs - layer_outputs.max(axis=-1)[:, None])
    return exp_outputs / exp_outputs.max(axis=-1)[:, None]


def softmax_as_sigmoid(layer_outputs):
    return np.exp(-np.logaddexp(0, -layer_outputs))


def softmax_logs_returned(layer_outputs):
    return layer_outputs - np.logaddexp.reduce(layer_outputs, axis=1)[:, None]


def softmax_base_2(layer_outputs):
    return _loops(layer_outputs * np.log(layer_outputs.dtype.type(2)))


def softmax_of_negatives(layer_outputs):
    exp_outputs = np.exp(layer_outputs.min(axis=-1)[:, None] - layer_outputs)
    return exp_outputs / exp_outputs.sum(axis=-1)[:, None]


def jacobian_diagonal_alone(upstream, softmax_outputs):
    return upstream * (softmax_outputs - softmax_outputs**2)


def _by_jacobian(jacobian, upstream, softmax_outputs):
    """Each row of the upstream, times a matrix made of that row of the outputs."""
    rows = zip(upstream, softmax_outputs, strict=True)
    return np.array([row @ jacobian(s) for row, s in rows]).reshape(upstream.shape)


def jacobian_without_diagonal(upstream, softmax_outputs):
    return _by_jacobian(lambda s: -np.outer(s, s), upstream, softmax_outputs)


def jacobian_outer_added(upstream, softmax_outputs):
    return _by_jacobian(lambda s: np.diag(s) + np.outer(s, s), upstream, softmax_outputs)


def jacobian_inner_product(upstream, softmax_outputs):
    return _by_jacobian(lambda s: np.diag(s) - np.dot(s, s), upstream, softmax_outputs)


def jacobian_of_first_sample(upstream, softmax_outputs):
    if not len(upstream):
        return upstream.copy()
    s = softmax_outputs[0]
    return upstream @ (np.diag(s) - np.outer(s, s))


def jacobian_sum_of_batch(upstream, softmax_outputs):
    total = np.einsum("ij,ij->", upstream, softmax_outputs)
    return softmax_outputs * upstream - softmax_outputs * total


def softmax_taken_again(upstream, softmax_outputs):
    again = _loops(softmax_outputs)
    return _by_jacobian(lambda s: np.diag(s) - np.outer(s, s), upstream, again)


def softmax_upstream_ignored(upstream, softmax_outputs):
    return np.array([np.diag(np.diag(s) - np.outer(s, s)) for s in softmax_outputs]).reshape(
        upstream.shape
    )


def softmax_divided_by_batch(upstream, softmax_outputs):
    if not len(upstream):
        return upstream.copy()
    weighted = (upstream * softmax_outputs).sum(axis=1, keepdims=True)
    return softmax_outputs / len(upstream) * (upstream - weighted)


def softmax_upstream_overwritten(upstream, softmax_outputs):
    upstream -= (upstream * softmax_outputs).sum(axis=1, keepdims=True)
    upstream *= softmax_outputs
    return upstream
