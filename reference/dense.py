"""The dense layer: its outputs, and the gradients that it passes back.

Source: the document's 'Forward Pass' and its 'Backpropagation', sections `deriv_relu_wrt_inputs`,
`deriv_relu_wrt_weights` and `deriv_relu_wrt_biases`. The weights are kept transposed, as there:
one column for each neuron.
"""

import numpy as np

from reference._types import Array


def dense_forward(inputs: Array, weights: Array, biases: Array) -> Array:
    """Each neuron's weighted sum of the inputs, plus its bias ('Forward Pass').

    inputs (batch, n_inputs), weights (n_inputs, n_neurons), biases (1, n_neurons), of one
    floating dtype; returns layer_outputs (batch, n_neurons), the z of Scenario A.
    """
    inputs_dot_weights = np.dot(inputs, weights)

    layer_outputs: Array = inputs_dot_weights + biases

    return layer_outputs


def dense_backward(upstream: Array, inputs: Array, weights: Array) -> tuple[Array, Array, Array]:
    """The vector-Jacobian products of `dense_forward`, for its three arguments.

    upstream (batch, n_neurons) is the gradient at layer_outputs: the document's
    deriv_relu_wrt_z. inputs (batch, n_inputs), weights (n_inputs, n_neurons).

    Returns deriv_relu_wrt_inputs (batch, n_inputs), which is the upstream gradient of the layer
    below; deriv_relu_wrt_weights (n_inputs, n_neurons); deriv_relu_wrt_biases (1, n_neurons).
    """
    deriv_relu_wrt_z = upstream

    deriv_relu_wrt_inputs = np.dot(deriv_relu_wrt_z, weights.T)

    deriv_relu_wrt_weights = np.dot(inputs.T, deriv_relu_wrt_z)

    # A bias is added to every sample of the batch, so its derivatives are summed, column-wise.
    deriv_relu_wrt_biases = np.sum(deriv_relu_wrt_z, axis=0, keepdims=True)

    return deriv_relu_wrt_inputs, deriv_relu_wrt_weights, deriv_relu_wrt_biases
