"""Mistakes in softmax and in its gradient: which numbers are summed, and which of the Jacobian."""

import numpy as np

from harness.case import Array
from harness.derivation import REFERENCE
from harness.mistakes.mistake import mistake


def _shifted(layer_outputs: Array) -> Array:
    # An empty batch has no largest, once it is transposed.
    shifted: Array = layer_outputs - np.max(layer_outputs, 1, keepdims=True, initial=-np.inf)
    return shifted


def _row_sums(terms: Array) -> Array:
    sums: Array = np.sum(terms, axis=1, keepdims=True)
    return sums


def _quotients(exp_outputs: Array) -> Array:
    quotients: Array = exp_outputs / _row_sums(exp_outputs)
    return quotients


@mistake("softmax_forward", "softmax_outputs")
def softmax_not_shifted(layer_outputs: Array) -> Array:
    """The largest z of a sample is not taken from all of them, and exp overflows from z = 710 on.
    Small numbers hide it, for no quotient changes. With 1000 added to the document's layer_outputs,
    class 0 of sample 0 gets inf / inf = nan, which should be 0.895283 as before."""
    return _quotients(np.exp(layer_outputs))


@mistake("softmax_forward", "softmax_outputs")
def softmax_shifted_by_batch_max(layer_outputs: Array) -> Array:
    """The largest z of the whole batch is taken away, and should be that of the sample. All is well
    until a sample lies so far below that each of its exp is 0. With 1000 taken from sample 0 of the
    document's layer_outputs, its class 0 gets 0 / 0 = nan, which should be 0.895283 as before."""
    return _quotients(np.exp(layer_outputs - np.max(layer_outputs, initial=-np.inf)))


@mistake("softmax_forward", "softmax_outputs")
def softmax_shifted_in_place(layer_outputs: Array) -> Array:
    """The result is right, but `-=` shifts layer_outputs themselves, and whoever reads them later
    finds others. Work on a copy. Of the document's layer_outputs, class 1 of sample 0 is -3.59
    after the call, and was 1.21 before it."""
    layer_outputs -= np.max(layer_outputs, axis=1, keepdims=True)
    return _quotients(np.exp(layer_outputs))


@mistake("softmax_forward", "softmax_outputs")
def softmax_over_batch(layer_outputs: Array) -> Array:
    """Softmax is taken along axis 0, over the samples, and belongs along axis 1, over the classes.
    The shape is the same, and the columns sum to 1. On the document's layer_outputs class 0 of
    sample 0 gets 0.016294, which should be 0.895283."""
    return _quotients(np.exp(_shifted(layer_outputs.T))).T


@mistake("softmax_forward", "softmax_outputs")
def softmax_sum_of_batch(layer_outputs: Array) -> Array:
    """The sum lacks its axis, so every sample is divided by that of the whole batch. A batch of one
    hides it. On the document's layer_outputs class 0 of sample 0 gets 0.245936, which should be
    0.895283: all nine outputs sum to 1 together."""
    exp_outputs = np.exp(_shifted(layer_outputs))
    softmax_outputs: Array = exp_outputs / np.sum(exp_outputs)
    return softmax_outputs


@mistake("softmax_forward", "softmax_outputs")
def softmax_sums_in_a_row(layer_outputs: Array) -> Array:
    """Without keepdims the sums are a row, (batch,), and broadcasting divides each class by the sum
    of another sample. It fits where there are as many classes as samples. On the document's
    layer_outputs class 1 of sample 0 gets 0.027593, which should be 0.024708."""
    exp_outputs = np.exp(_shifted(layer_outputs))
    batch, classes = layer_outputs.shape
    softmax_outputs: Array = exp_outputs / np.sum(exp_outputs, axis=1, keepdims=batch != classes)
    return softmax_outputs


@mistake("softmax_forward", "softmax_outputs")
def softmax_by_largest(layer_outputs: Array) -> Array:
    """Each exp is divided by the largest of its sample, and should be by their sum. All lie between
    0 and 1, so they look like probabilities. On the document's layer_outputs class 0 of sample 0
    gets 1, which should be 0.895283."""
    return np.exp(_shifted(layer_outputs))


@mistake("softmax_forward", "softmax_outputs")
def softmax_as_sigmoid(layer_outputs: Array) -> Array:
    """The sigmoid of each z stands for softmax. Each output is a probability, but of its class
    alone, so a sample does not sum to 1. On the document's layer_outputs class 0 of sample 0 gets
    0.991837, which should be 0.895283."""
    outputs: Array = 1 / (1 + np.exp(-layer_outputs))
    return outputs


@mistake("softmax_forward", "softmax_outputs")
def softmax_logs_returned(layer_outputs: Array) -> Array:
    """The logarithms of the outputs are returned: that is log-softmax, which frameworks give to
    their loss. The loss here takes the logarithm itself. On the document's layer_outputs class 0 of
    sample 0 gets -0.110616, which should be 0.895283."""
    shifted_outputs = _shifted(layer_outputs)
    logs: Array = shifted_outputs - np.log(np.sum(np.exp(shifted_outputs), axis=1, keepdims=True))
    return logs


@mistake("softmax_forward", "softmax_outputs")
def softmax_base_2(layer_outputs: Array) -> Array:
    """Powers of 2 stand for powers of e. The outputs are probabilities, in the right order, and
    nearer to each other. On the document's layer_outputs class 0 of sample 0 gets 0.787062, which
    should be 0.895283."""
    return _quotients(np.exp2(_shifted(layer_outputs)))


@mistake("softmax_forward", "softmax_outputs")
def softmax_of_negatives(layer_outputs: Array) -> Array:
    """exp gets -z, so the largest z has the smallest output. They are probabilities, and sum to 1.
    On the document's layer_outputs class 0 of sample 0 gets 0.020651, which should be 0.895283."""
    return _quotients(np.exp(_shifted(-layer_outputs)))


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_diagonal_alone(upstream: Array, softmax_outputs: Array) -> Array:
    """Each output is taken to depend on its own z alone, as a sigmoid does: s * (1 - s). Softmax
    divides by a sum of all of them. With the document's relu_outputs as upstream, class 0 of sample
    0 gets 0.450008, which should be 0.252402."""
    deriv_softmax_wrt_z: Array = upstream * softmax_outputs * (1 - softmax_outputs)
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_without_diagonal(upstream: Array, softmax_outputs: Array) -> Array:
    """The Jacobian is -s_i * s_j everywhere, and on the diagonal s_i is missing. The shape is right
    without it. With the document's relu_outputs as upstream, class 0 of sample 0 gets -4.044955,
    which should be 0.252402."""
    deriv_softmax_wrt_z: Array = -softmax_outputs * np.sum(
        upstream * softmax_outputs, axis=1, keepdims=True
    )
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_outer_added(upstream: Array, softmax_outputs: Array) -> Array:
    """s_i * s_j is added to the diagonal, and should be subtracted: what one output gains, the
    others lose. With the document's relu_outputs as upstream, class 0 of sample 0 gets 8.342311,
    which should be 0.252402."""
    weighted = _row_sums(upstream * softmax_outputs)
    deriv_softmax_wrt_z: Array = softmax_outputs * (upstream + weighted)
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_inner_product(upstream: Array, softmax_outputs: Array) -> Array:
    """np.dot(s, s.T) of a row is one number, the sum of squares; np.dot(s.T, s) is the matrix of
    all s_i * s_j. Broadcasting lets the number pass. With the document's relu_outputs as upstream,
    class 0 of sample 0 gets -2.490362, which should be 0.252402."""
    squares = _row_sums(softmax_outputs * softmax_outputs)
    deriv_softmax_wrt_z: Array = upstream * softmax_outputs - _row_sums(upstream) * squares
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_of_first_sample(upstream: Array, softmax_outputs: Array) -> Array:
    """The Jacobian of sample 0 serves all samples, but each sample has its own outputs and so its
    own Jacobian. A batch of one hides it. With the document's relu_outputs as upstream, class 0 of
    sample 1 gets 0.820063, which should be 0.001647."""
    first = np.zeros_like(softmax_outputs) + softmax_outputs[:1]
    weighted = _row_sums(upstream * first)
    deriv_softmax_wrt_z: Array = first * (upstream - weighted)
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def jacobian_sum_of_batch(upstream: Array, softmax_outputs: Array) -> Array:
    """The sum of upstream * s lacks its axis, so it runs over all samples, which have nothing to do
    with each other. A batch of one hides it. With the document's relu_outputs as upstream, class 0
    of sample 0 gets -8.70201, which should be 0.252402."""
    deriv_softmax_wrt_z: Array = softmax_outputs * (upstream - np.sum(upstream * softmax_outputs))
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def softmax_taken_again(upstream: Array, softmax_outputs: Array) -> Array:
    """The argument is taken for layer_outputs, and softmax for what is missing; it is softmax's
    outputs already. With the document's relu_outputs as upstream, class 0 of sample 0 gets
    0.742415, which should be 0.252402."""
    again: Array = REFERENCE.softmax_forward(softmax_outputs)
    deriv_softmax_wrt_z: Array = again * (upstream - _row_sums(upstream * again))
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def softmax_upstream_ignored(upstream: Array, softmax_outputs: Array) -> Array:
    """The derivative of each output by its own z is returned, s * (1 - s): the chain rule takes the
    upstream, and the whole Jacobian. The shape is right. With the document's relu_outputs as
    upstream, class 0 of sample 0 gets 0.093752, which should be 0.252402."""
    deriv_softmax_wrt_z: Array = softmax_outputs * (1 - softmax_outputs)
    return deriv_softmax_wrt_z


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def softmax_divided_by_batch(upstream: Array, softmax_outputs: Array) -> Array:
    """The gradient is divided by the batch. The mean belongs to the loss, and its share is in the
    upstream already; a batch of one hides it. With the document's relu_outputs as upstream, class 0
    of sample 0 gets 0.084134, which should be 0.252402."""
    deriv_softmax_wrt_z: Array = REFERENCE.softmax_backward(upstream, softmax_outputs)
    return deriv_softmax_wrt_z / max(len(upstream), 1)


@mistake("softmax_backward", "deriv_softmax_wrt_z")
def softmax_upstream_overwritten(upstream: Array, softmax_outputs: Array) -> Array:
    """The result is right, but it is written over the upstream, which others may still need: copy
    it first. With the document's relu_outputs as upstream, class 0 of sample 0 of the upstream is
    0.252402 after the call, and was 4.8 before it."""
    upstream[:] = REFERENCE.softmax_backward(upstream, softmax_outputs)
    return upstream
