"""The right whole step in pieces, so that each wrong one shows only what it does otherwise."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from harness.case import Array
from harness.derivation import REFERENCE

# Weights and biases of each layer, from the first to the last.
Layers: TypeAlias = Sequence[tuple[Array, Array]]
# The named quantities of one layer.
Quantities: TypeAlias = dict[str, Array]


def forward(inputs: Array, layers: Layers) -> list[Quantities]:
    """The forward pass: for each layer its layer_outputs and relu_outputs."""
    steps: list[Quantities] = []
    for weights, biases in layers:
        layer_outputs = REFERENCE.dense_forward(inputs, weights, biases)
        inputs = REFERENCE.relu_forward(layer_outputs)
        steps.append({"layer_outputs": layer_outputs, "relu_outputs": inputs})
    return steps


def downwards(
    steps: Sequence[Quantities], inputs: Array, layers: Layers
) -> Iterator[tuple[Quantities, Array, Array, Array]]:
    """From the last layer to the first: its quantities, inputs, weights and biases."""
    for layer in reversed(range(len(layers))):
        below = inputs if layer == 0 else steps[layer - 1]["relu_outputs"]
        yield steps[layer], below, *layers[layer]


def gradients(step: Quantities, upstream: Array, below: Array, weights: Array) -> Array:
    """Adds a layer's gradients to its quantities; returns the upstream of the layer below."""
    step["deriv_relu_wrt_z"] = REFERENCE.relu_backward(upstream, step["layer_outputs"])
    return dense_gradients(step, below, weights)


def dense_gradients(step: Quantities, below: Array, weights: Array) -> Array:
    """The same where deriv_relu_wrt_z is there already."""
    (
        step["deriv_relu_wrt_inputs"],
        step["deriv_relu_wrt_weights"],
        step["deriv_relu_wrt_biases"],
    ) = REFERENCE.dense_backward(step["deriv_relu_wrt_z"], below, weights)
    return step["deriv_relu_wrt_inputs"]


def update(step: Quantities, weights: Array, biases: Array, learning_rate: Any) -> None:
    """Adds a layer's updated parameters to its quantities."""
    sgd_step = REFERENCE.sgd_step
    step["new_weights"] = sgd_step(weights, step["deriv_relu_wrt_weights"], learning_rate)
    step["new_biases"] = sgd_step(biases, step["deriv_relu_wrt_biases"], learning_rate)
