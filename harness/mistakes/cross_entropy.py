"""Mistakes in the cross-entropy loss: what is averaged, over what, and what the logarithm gets."""

from typing import Any

import numpy as np

from harness.case import Array
from harness.mistakes.mistake import mistake


def correct(softmax_outputs: Array, targets: Array) -> Array:
    """What each sample gave the class that is taken for its right one, (batch,)."""
    outputs: Array = softmax_outputs[np.arange(len(softmax_outputs)), targets]
    return outputs


def one_hot(targets: Array, softmax_outputs: Array) -> Array:
    """A row for each sample, 1 at the class that is taken for the right one."""
    rows: Array = np.eye(softmax_outputs.shape[1], dtype=np.int8)[targets]
    return rows


@mistake("cross_entropy_forward", "loss")
def loss_summed(softmax_outputs: Array, targets: Array) -> Any:
    """The batch is summed, and the loss is its mean. A batch of one hides it. On softmax of the
    document's layer_outputs, with the right classes 0, 0 and 1, the loss is 1.137095, which should
    be 0.379032."""
    return -np.sum(np.log(correct(softmax_outputs, targets)))


@mistake("cross_entropy_forward", "loss")
def loss_divided_by_classes(softmax_outputs: Array, targets: Array) -> Any:
    """The sum is divided by the number of classes, and should be by that of samples. Equal numbers
    hide it. On softmax of the document's first two layer_outputs, with the right classes 0 and 0,
    the loss is 0.036935, which should be 0.055402."""
    return -np.sum(np.log(correct(softmax_outputs, targets))) / softmax_outputs.shape[1]


@mistake("cross_entropy_forward", "loss")
def loss_mean_of_all_elements(softmax_outputs: Array, targets: Array) -> Any:
    """The mean is over all elements, also those that one-hot made 0, and should be over the
    samples. A mean looks right. On softmax of the document's layer_outputs, with the right classes
    0, 0 and 1, the loss is 0.126344, which should be 0.379032."""
    return -np.sum(np.log(correct(softmax_outputs, targets))) / softmax_outputs.size


@mistake("cross_entropy_forward", "loss")
def loss_without_minus(softmax_outputs: Array, targets: Array) -> Any:
    """The minus is missing, so the loss is negative and falls as the outputs get worse. Its size is
    right. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1, the loss
    is -0.379032, which should be 0.379032."""
    return np.mean(np.log(correct(softmax_outputs, targets)))


@mistake("cross_entropy_forward", "loss")
def loss_in_bits(softmax_outputs: Array, targets: Array) -> Any:
    """The logarithm has base 2, as in information theory, and the document's gradient is that of
    base e. Only a factor shows it. On softmax of the document's layer_outputs, with the
    right classes 0, 0 and 1, the loss is 0.546827, which should be 0.379032."""
    return np.mean(-np.log2(correct(softmax_outputs, targets)))


@mistake("cross_entropy_forward", "loss")
def loss_guarded(softmax_outputs: Array, targets: Array) -> Any:
    """1e-7 is added inside the logarithm, lest it get 0. Then no loss is right, and none exceeds
    16.118. A loose tolerance lets it pass. On softmax of the document's layer_outputs, with the
    right classes 0, 0 and 1, the loss is 0.37903141, which should be 0.37903157."""
    return np.mean(-np.log(correct(softmax_outputs, targets) + 1e-7))


@mistake("cross_entropy_forward", "loss")
def loss_clipped(softmax_outputs: Array, targets: Array) -> Any:
    """The outputs are clipped to [1e-7, 1 - 1e-7], lest the logarithm get 0; in between all is
    right. A sample that is quite wrong costs 16.118, however wrong it is. With 40 for the
    document's layer_output 1.21 of sample 0, and the right class 0, its loss is 16.118, which
    should be 35.2."""
    clipped = np.clip(correct(softmax_outputs, targets), 1e-7, 1 - 1e-7)
    return np.mean(-np.log(clipped))


@mistake("cross_entropy_forward", "loss")
def loss_of_next_class(softmax_outputs: Array, targets: Array) -> Any:
    """Classes are taken to count from 1, and count from 0; index -1 is the last one in Python, so
    nothing fails. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1,
    the loss is 3.964365, which should be 0.379032."""
    return np.mean(-np.log(correct(softmax_outputs, targets - 1)))


@mistake("cross_entropy_forward", "loss")
def loss_of_predicted_class(softmax_outputs: Array, targets: Array) -> Any:
    """The logarithm is that of the largest output, and should be that of the right class's. Where
    the prediction is right they are one. On softmax of the document's layer_outputs, with the right
    classes 0, 0 and 1, the loss is 0.259365, which should be 0.379032."""
    return np.mean(-np.log(np.max(softmax_outputs, axis=1)))


@mistake("cross_entropy_forward", "loss")
def loss_of_columns(softmax_outputs: Array, targets: Array) -> Any:
    """softmax_outputs[:, targets] takes these classes of every sample, (batch, batch);
    [range(batch), targets] takes one of each. The mean hides it. On softmax of the document's
    layer_outputs, with the right classes 0, 0 and 1, the loss is 1.888143, which should be
    0.379032."""
    return np.mean(-np.log(softmax_outputs[:, targets]))


@mistake("cross_entropy_forward", "loss")
def loss_log_of_mean(softmax_outputs: Array, targets: Array) -> Any:
    """The mean is taken first and then its logarithm; the loss is the mean of logarithms. A batch
    of one hides it. On softmax of the document's layer_outputs, with the right classes 0, 0 and 1,
    the loss is 0.28616, which should be 0.379032."""
    return -np.log(np.mean(correct(softmax_outputs, targets)))


@mistake("cross_entropy_forward", "loss")
def loss_binary(softmax_outputs: Array, targets: Array) -> Any:
    """-log(1 - s) of every wrong class is added: that is the loss of yes-or-no questions, one a
    class, and softmax answers one question. On softmax of the document's layer_outputs, with the
    right classes 0, 0 and 1, the loss is 0.701001, which should be 0.379032."""
    right = one_hot(targets, softmax_outputs)
    logs = right * np.log(softmax_outputs) + (1 - right) * np.log(1 - softmax_outputs)
    return np.mean(-np.sum(logs, axis=1))


@mistake("cross_entropy_forward", "loss")
def loss_squared_error(softmax_outputs: Array, targets: Array) -> Any:
    """The loss is the squared distance to one-hot, summed over the classes: it falls and rises with
    cross-entropy, and is another loss. On softmax of the document's layer_outputs, with the right
    classes 0, 0 and 1, it is 0.236504, which should be 0.379032."""
    apart = softmax_outputs - one_hot(targets, softmax_outputs)
    return np.mean(np.sum(apart * apart, axis=1))
