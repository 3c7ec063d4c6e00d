"""Mistakes in the gradients of the dense layer's weights and biases."""

import numpy as np

from harness.case import Array
from harness.derivation import REFERENCE
from harness.mistakes.dense import Gradients
from harness.mistakes.mistake import mistake

WEIGHTS = "deriv_relu_wrt_weights"
BIASES = "deriv_relu_wrt_biases"


@mistake("dense_backward", WEIGHTS)
def inputs_not_transposed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The product needs inputs.T, and has inputs. It fits where there are as many samples as
    inputs. On the document's example without its last measurement, with the document's
    deriv_relu_wrt_z, weight [0, 0] gets 26.83, which should be 20.485."""
    batch, n_inputs = inputs.shape
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    if batch == n_inputs:
        for_weights = np.dot(inputs, upstream)
    return for_inputs, for_weights, for_biases


@mistake("dense_backward", WEIGHTS)
def weights_gradient_transposed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The two factors are exchanged, so the gradient comes out transposed. Square weights let it
    pass. On the document's example it has shape (3, 4), and the weights have (4, 3)."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, np.dot(upstream.T, inputs), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_gradient_reshaped(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient comes out transposed and is forced into shape by reshape, which moves numbers
    to other places; .T is what is meant. On the document's example weight [0, 1] gets 57.907,
    which is due at [1, 0], and should get -0.3665."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, np.dot(upstream.T, inputs).reshape(weights.shape), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_divided_by_batch(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient of the weights alone is divided by the batch; the document sums over samples,
    for the weights as for the biases. A batch of one hides it. On the document's example weight
    [0, 0] gets 6.828333, which should be 20.485."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, np.dot(inputs.T, upstream) / max(len(inputs), 1), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_upstream_ignored(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The inputs alone are summed: the chain rule multiplies them by the upstream first. An
    upstream of ones hides it. On the document's example weight [0, 0] gets 1 + 2 - 1.5 = 1.5,
    which should be 20.485."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, np.dot(inputs.T, np.ones_like(upstream)), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_for_inputs(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The derivative of input times weight with respect to the weight is the input, and here it
    is the weight. The product has the shape of the weights, as it should. On the document's
    example weight [0, 0] gets 0.2 * 15.11 = 3.022, which should be 20.485."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, weights * np.sum(upstream, axis=0), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_miss_first_sample(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The loop over the samples starts at 1, so sample 0 is never counted. The shape does not
    depend on the batch. On the document's example weight [0, 0] gets 20.485 - 4.8 = 15.685, which
    should be 20.485."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, np.dot(inputs[1:].T, upstream[1:]), for_biases


@mistake("dense_backward", WEIGHTS)
def weights_of_last_sample(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The loop over the samples has = for +=, so each replaces what came before and only the last
    one counts. A batch of one hides it. On the document's example weight [0, 0] gets -1.5 * 1.41
    = -2.115, which should be 20.485."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    for sample in range(len(inputs)):
        for_weights = np.outer(inputs[sample], upstream[sample])
    return for_inputs, for_weights, for_biases


@mistake("dense_backward", WEIGHTS)
def weights_in_float16(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient of the weights is computed in float16, which keeps 11 significant bits: up to
    2048 every integer survives, so small examples look right. On the document's example weight
    [0, 0] gets 20.484375, which should be 20.485."""
    for_inputs, _, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    for_weights = np.dot(inputs.T.astype(np.float16), upstream.astype(np.float16))
    return for_inputs, for_weights.astype(upstream.dtype), for_biases


@mistake("dense_backward", BIASES)
def biases_mean(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The mean over the batch is taken, and the document sums along axis 0. Both have one shape,
    and a batch of one hides it. On the document's example bias 0 gets 5.036667, which should be
    15.11."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    batch = max(len(upstream), 1)
    return for_inputs, for_weights, np.sum(upstream, axis=0, keepdims=True) / batch


@mistake("dense_backward", BIASES)
def biases_axis_1(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The sum runs along axis 1, so there is one number for each sample, (batch, 1), and should be
    one for each neuron. Broadcasting lets the update pass. On the document's example the shape is
    (3, 1), which should be (1, 3), and the first number is 8.395 for 15.11."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, for_weights, np.sum(upstream, axis=1, keepdims=True)


@mistake("dense_backward", BIASES)
def biases_axis_1_reshaped(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The sum runs along axis 1, over the neurons, and is turned into a row. It fits where there
    are as many samples as neurons, as in the document's example: bias 0 gets 4.8 + 1.21 + 2.385 =
    8.395, which should be 15.11."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    batch, n_neurons = upstream.shape
    if batch == n_neurons:
        for_biases = np.sum(upstream, axis=1).reshape(1, -1)
    return for_inputs, for_weights, for_biases


@mistake("dense_backward", BIASES)
def biases_without_keepdims(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """Without keepdims the sum has shape (n_neurons,). The numbers are right and broadcasting lets
    the update pass, but the gradient has lost the shape of its biases. On the document's example
    it has shape (3,), which should be (1, 3)."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, for_weights, np.sum(upstream, axis=0)


@mistake("dense_backward", BIASES)
def biases_not_summed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """One bias serves every sample, so their gradients are summed; here each keeps its own.
    Broadcasting then makes a row of biases for each sample. On the document's example the shape
    is (3, 3), which should be (1, 3)."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, for_weights, upstream.copy()


@mistake("dense_backward", BIASES)
def biases_summed_over_all(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """Without axis=0 np.sum adds up everything, and broadcasting gives each bias the same number.
    A layer of one neuron hides it. On the document's example every bias gets 19.982, and the
    right gradients are 15.11, 2.261 and 2.611."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    for_biases[:] = np.sum(upstream)
    return for_inputs, for_weights, for_biases


@mistake("dense_backward", BIASES)
def biases_count_samples(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The derivative of a sum is 1, and here the ones are added up: the chain rule multiplies them
    by the upstream first. An upstream of ones hides it. On the document's example every bias gets
    3, and bias 0 should get 15.11."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_inputs, for_weights, np.sum(np.ones_like(upstream), axis=0, keepdims=True)


@mistake("dense_backward", BIASES)
def biases_squeezed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """With a batch of one, squeeze removes the axis of the samples, so the sum runs over the
    neurons and broadcasting gives it to each. Larger batches are right. Keep only sample 0 of the
    document's example: bias 0 gets 8.395, which should be 4.8."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    for_biases[:] = np.sum(np.squeeze(upstream), axis=0)
    return for_inputs, for_weights, for_biases


@mistake("dense_backward", BIASES)
def biases_in_float16(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient of the biases is summed in float16, which keeps 11 significant bits: up to 2048
    every integer survives, so small examples look right. On the document's example bias 0 gets
    15.109375, which should be 15.11."""
    for_inputs, for_weights, _ = REFERENCE.dense_backward(upstream, inputs, weights)
    for_biases = np.sum(upstream.astype(np.float16), axis=0, keepdims=True)
    return for_inputs, for_weights, for_biases.astype(upstream.dtype)


@mistake("dense_backward", WEIGHTS, BIASES)
def parameters_divided_by_batch(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradients of both parameters are divided by the batch, as for a loss that is a mean;
    then the loss does it, and here it is a sum. A batch of one hides it. On the document's example
    weight [0, 0] gets 6.828333 and bias 0 gets 5.036667: should be 20.485 and 15.11."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    batch = max(len(upstream), 1)
    return for_inputs, for_weights / batch, for_biases / batch


@mistake("dense_backward", "deriv_relu_wrt_inputs", WEIGHTS)
def results_exchanged(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradients of the weights and of the inputs are returned in each other's place. Where
    samples, inputs and neurons are equally many, they fit. On the document's example the first
    result has shape (4, 3), which should be (3, 4)."""
    for_inputs, for_weights, for_biases = REFERENCE.dense_backward(upstream, inputs, weights)
    return for_weights, for_inputs, for_biases
