"""Second spellings of the mistakes in cross-entropy, and in its gradient through softmax."""

import numpy as np


def _right(softmax_outputs, targets):
    """What each sample gave its right class, as a column."""
    return np.take_along_axis(softmax_outputs, targets[:, None], axis=1)


def loss_summed(softmax_outputs, targets):
    return np.log(1 / _right(softmax_outputs, targets)).sum()


def loss_divided_by_classes(softmax_outputs, targets):
    batch, classes = softmax_outputs.shape
    return np.mean(-np.log(_right(softmax_outputs, targets))) * (batch / classes)


def loss_mean_of_all_elements(softmax_outputs, targets):
    right = targets[:, None] == np.arange(softmax_outputs.shape[1])
    return -np.mean(np.where(right, np.log(softmax_outputs), 0))


def loss_without_minus(softmax_outputs, targets):
    return np.mean(np.log(_right(softmax_outputs, targets)))


def loss_in_bits(softmax_outputs, targets):
    base = np.log(softmax_outputs.dtype.type(2))
    return np.mean(-np.log(_right(softmax_outputs, targets)) / base)


def loss_guarded(softmax_outputs, targets):
    guarded = softmax_outputs + 1e-7
    return -np.log(_right(guarded, targets)).mean()


def loss_clipped(softmax_outputs, targets):
    logs = np.log(np.minimum(np.maximum(softmax_outputs, 1e-7), 1 - 1e-7))
    return -_right(logs, targets).mean()


def loss_of_next_class(softmax_outputs, targets):
    return np.mean(-np.log(_right(np.roll(softmax_outputs, 1, axis=1), targets)))


def loss_of_predicted_class(softmax_outputs, targets):
    return np.mean(-np.log(_right(softmax_outputs, softmax_outputs.argmax(axis=1))))


def loss_of_columns(softmax_outputs, targets):
    return -np.log(softmax_outputs).T[targets].mean()


def loss_log_of_mean(softmax_outputs, targets):
    return -np.log(_right(softmax_outputs, targets).mean())


def loss_binary(softmax_outputs, targets):
    right = _in_place(targets, softmax_outputs, 1)
    logs = (1 - right) * np.log1p(-softmax_outputs)
    logs += right * np.log(softmax_outputs)
    return logs.sum() / softmax_outputs.dtype.type(-len(targets))


def loss_squared_error(softmax_outputs, targets):
    apart = softmax_outputs.copy()
    apart[np.arange(len(targets)), targets] -= 1
    return np.square(apart).sum(axis=1).mean()


def _in_place(targets, softmax_outputs, value):
    """Zeros, but a value for each sample at its right class."""
    filled = np.zeros_like(softmax_outputs)
    filled[np.arange(len(targets)), targets] = value
    return filled


def loss_gradient_not_divided(softmax_outputs, targets):
    return _in_place(targets, softmax_outputs, -1 / _right(softmax_outputs, targets)[:, 0])


def loss_gradient_divided_by_classes(softmax_outputs, targets):
    value = -1 / (_right(softmax_outputs, targets)[:, 0] * softmax_outputs.shape[1])
    return _in_place(targets, softmax_outputs, value)


def loss_gradient_without_minus(softmax_outputs, targets):
    value = 1 / (_right(softmax_outputs, targets)[:, 0] * len(targets))
    return _in_place(targets, softmax_outputs, value)


def loss_gradient_at_every_class(softmax_outputs, targets):
    return -1 / (softmax_outputs * len(targets))


def loss_gradient_of_next_class(softmax_outputs, targets):
    return loss_gradient_without_minus(softmax_outputs, targets - 1) * -1


def loss_gradient_guarded(softmax_outputs, targets):
    value = -1 / (len(targets) * (_right(softmax_outputs, targets)[:, 0] + 1e-7))
    return _in_place(targets, softmax_outputs, value)


def loss_gradient_without_quotient(softmax_outputs, targets):
    return _in_place(targets, softmax_outputs, -1 / max(len(targets), 1))


def loss_gradient_binary(softmax_outputs, targets):
    apart = softmax_outputs - _in_place(targets, softmax_outputs, 1)
    return apart / (softmax_outputs * (1 - softmax_outputs)) / len(targets)


def combined_not_divided(softmax_outputs, targets):
    return softmax_outputs - _in_place(targets, softmax_outputs, 1)


def combined_divided_by_classes(softmax_outputs, targets):
    classes = softmax_outputs.shape[1]
    return softmax_outputs / classes - _in_place(targets, softmax_outputs, 1 / classes)


def combined_divided_twice(softmax_outputs, targets):
    return combined_not_divided(softmax_outputs, targets) / max(len(targets), 1) ** 2


def combined_sign_exchanged(softmax_outputs, targets):
    share = 1 / max(len(targets), 1)
    return (_in_place(targets, softmax_outputs, 1) - softmax_outputs) * share


def combined_one_not_subtracted(softmax_outputs, targets):
    return 1 / max(len(targets), 1) * softmax_outputs


def combined_one_from_every_class(softmax_outputs, targets):
    return -(1 - softmax_outputs) / max(len(targets), 1)


def combined_columns(softmax_outputs, targets):
    met = np.isin(np.arange(softmax_outputs.shape[1]), targets)
    return np.where(met, softmax_outputs - 1, softmax_outputs) / max(len(targets), 1)


def combined_in_place(softmax_outputs, targets):
    softmax_outputs -= _in_place(targets, softmax_outputs, 1)
    return softmax_outputs * (1 / max(len(targets), 1))


def combined_of_next_class(softmax_outputs, targets):
    gradient = softmax_outputs.copy()
    for row, target in zip(gradient, targets, strict=True):
        row[target - 1] -= 1
    return gradient / max(len(targets), 1)


def combined_of_predicted_class(softmax_outputs, targets):
    gradient = softmax_outputs.copy()
    for row in gradient:
        row[row.argmax()] -= 1
    return gradient / max(len(targets), 1)


def combined_right_class_alone(softmax_outputs, targets):
    value = (_right(softmax_outputs, targets)[:, 0] - 1) / max(len(targets), 1)
    return _in_place(targets, softmax_outputs, value)


def combined_squared_error(softmax_outputs, targets):
    slopes = softmax_outputs - softmax_outputs**2
    return combined_not_divided(softmax_outputs, targets) * slopes / max(len(targets), 1)
