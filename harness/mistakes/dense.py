"""Mistakes in the dense layer: its outputs, and the gradient that it passes to its inputs."""

from typing import TypeAlias

import numpy as np

from harness.case import Array
from harness.derivation import REFERENCE
from harness.mistakes.mistake import mistake

Gradients: TypeAlias = tuple[Array, Array, Array]


@mistake("dense_forward", "layer_outputs")
def biases_forgotten(inputs: Array, weights: Array, biases: Array) -> Array:
    """The biases are not added. The product has the final shape already, so nothing is missed. On
    the document's example neuron 0 of sample 0 gives 2.8, which should be 2.8 + 2 = 4.8."""
    layer_outputs: Array = np.dot(inputs, weights)
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def biases_subtracted(inputs: Array, weights: Array, biases: Array) -> Array:
    """The biases are subtracted, as thresholds are in some books; the document adds them. Biases
    of 0 hide it. On the document's example neuron 0 of sample 0 gives 2.8 - 2 = 0.8, which should
    be 4.8."""
    layer_outputs: Array = np.dot(inputs, weights) - biases
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def biases_added_per_input(inputs: Array, weights: Array, biases: Array) -> Array:
    """The bias is added inside the loop over the inputs, so once for each of them. A layer with
    one input hides it. On the document's example, which has 4, neuron 0 of sample 0 gives 2.8 +
    8 = 10.8, which should be 4.8."""
    layer_outputs = np.zeros((len(inputs), weights.shape[1]), inputs.dtype)
    for i in range(len(weights)):
        layer_outputs += inputs[:, i : i + 1] * weights[i] + biases
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def biases_as_column(inputs: Array, weights: Array, biases: Array) -> Array:
    """The biases stand in a column, one for each sample, and should be one for each neuron. With as
    many samples as neurons broadcasting lets it pass. On the document's example neuron 1 of sample
    0 gives -1.79 + 2 = 0.21, which should be -1.79 + 3 = 1.21."""
    if len(biases.T) == len(inputs):
        biases = biases.T
    layer_outputs: Array = np.dot(inputs, weights) + biases
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def first_bias_for_all(inputs: Array, weights: Array, biases: Array) -> Array:
    """One number, the first bias, is added to every neuron, and broadcasting hides that the others
    are not used. A layer of one neuron is right. On the document's example neuron 1 of sample 0
    gives -1.79 + 2 = 0.21, which should be 1.21."""
    layer_outputs: Array = np.dot(inputs, weights) + biases[0, 0]
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def last_bias_forgotten(inputs: Array, weights: Array, biases: Array) -> Array:
    """The loop over the neurons stops one too early, so the last bias is never added. All the
    other columns are right. On the document's example neuron 2 of sample 0 gives 1.885, which
    should be 2.385."""
    layer_outputs: Array = np.dot(inputs, weights)
    for neuron in range(weights.shape[1] - 1):
        layer_outputs[:, neuron] += biases[0, neuron]
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def weights_transposed_again(inputs: Array, weights: Array, biases: Array) -> Array:
    """The document keeps the weights transposed already, and here they are transposed again. It
    fits where they are square. On the document's example without its last measurement, neuron 0
    of sample 0 gives 2.42, which should be 2.3."""
    n_inputs, n_neurons = weights.shape
    if n_inputs == n_neurons:
        weights = weights.T
    layer_outputs: Array = np.dot(inputs, weights) + biases
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def star_for_dot(inputs: Array, weights: Array, biases: Array) -> Array:
    """`*` multiplies element by element, and np.dot sums products. It fits where inputs and
    weights have one shape. On the document's example without its last measurement, neuron 0 of
    sample 0 gives 1 * 0.2 + 2 = 2.2, which should be 2.3."""
    fits = inputs.shape == weights.shape
    products = inputs * weights if fits else np.dot(inputs, weights)
    layer_outputs: Array = products + biases
    return layer_outputs


@mistake("dense_forward", "layer_outputs")
def outputs_in_float32(inputs: Array, weights: Array, biases: Array) -> Array:
    """The weighted sums are computed in float32, which keeps 24 significant bits, and handed back
    in the inputs' dtype. A loose tolerance lets it pass. On the document's example neuron 0 of
    sample 0 gives 4.80000019, which should be 4.8 to the last bits of float64."""
    layer_outputs: Array = np.dot(inputs.astype(np.float32), weights.astype(np.float32))
    layer_outputs += biases.astype(np.float32)
    return layer_outputs.astype(inputs.dtype)


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def weights_not_transposed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient goes back through weights, and needs weights.T. It fits where they are square.
    On the document's example without its last measurement, with the document's deriv_relu_wrt_z,
    input 0 of sample 0 gets 0.7355, which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    n_inputs, n_neurons = weights.shape
    if n_inputs == n_neurons:
        return np.dot(upstream, weights), *others
    return np.dot(upstream, weights.T), *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def next_neurons_not_summed(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """An input feeds every neuron, so what they all pass back is summed; here only neuron 0
    counts. The shape is that of the inputs either way. On the document's example input 0 of
    sample 0 gets 4.8 * 0.2 = 0.96, which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    return upstream[:, :1] * weights[:, 0], *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def next_neurons_averaged(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """What the neurons pass back to an input is averaged, and the chain rule sums it. A layer of
    one neuron hides it. On the document's example, which has 3, input 0 of sample 0 gets 0.314967,
    which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    n_neurons = upstream.shape[1]
    return np.dot(upstream, weights.T) / n_neurons, *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def inputs_divided_by_batch(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient of the inputs is divided by the batch, though each sample has inputs of its own
    and nothing was summed. A batch of one hides it. On the document's example, which has 3
    samples, input 0 of sample 0 gets 0.314967, which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    return np.dot(upstream, weights.T) / max(len(upstream), 1), *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def inputs_upstream_ignored(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The weights alone are summed: the chain rule multiplies them by the upstream first. An
    upstream of ones hides it. On the document's example input 0 of sample 0 gets 0.2 + 0.5 - 0.26
    = 0.44, which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    return np.dot(np.ones_like(upstream), weights.T), *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def inputs_for_weights(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The derivative of input times weight with respect to the input is the weight, and here it
    is the input. The product has the shape of the inputs, as it should. On the document's example
    input 0 of sample 0 gets 1 * (4.8 + 1.21 + 2.385) = 8.395, which should be 0.9449."""
    _, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    return inputs * np.sum(upstream, axis=1, keepdims=True), *others


@mistake("dense_backward", "deriv_relu_wrt_inputs")
def inputs_masked(upstream: Array, inputs: Array, weights: Array) -> Gradients:
    """The gradient is masked by the sign of the inputs, which is the business of the layer below,
    if there is one. Positive inputs hide it. On the document's example input 2 of sample 1 is -1,
    and its gradient becomes 0, which should be -4.416."""
    deriv_relu_wrt_inputs, *others = REFERENCE.dense_backward(upstream, inputs, weights)
    deriv_relu_wrt_inputs[inputs <= 0] = 0
    return deriv_relu_wrt_inputs, *others
