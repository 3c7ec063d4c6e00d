"""Mistakes in a whole step: its forward pass, the order of its layers, and its update."""

from typing import Any

import numpy as np

from harness.case import Array
from harness.derivation import REFERENCE
from harness.mistakes.mistake import mistake
from harness.mistakes.wiring import Layers, Quantities, downwards, forward, gradients, update


@mistake("train_step", "layer_outputs")
def relu_missing_between(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The next layer gets layer_outputs, and should get relu_outputs; both have one shape. Put a
    second layer on the document's example (weights 2 on the diagonal, biases 1): its neuron 1 of
    sample 1 has z = 2 * -1.81 + 1 = -2.62, which should be 2 * 0 + 1 = 1."""
    steps: list[Quantities] = []
    below = inputs
    for weights, biases in layers:
        layer_outputs = REFERENCE.dense_forward(below, weights, biases)
        relu_outputs = REFERENCE.relu_forward(layer_outputs)
        steps.append({"layer_outputs": layer_outputs, "relu_outputs": relu_outputs})
        below = layer_outputs
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "relu_outputs")
def relu_missing_at_the_end(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The last layer has no ReLU, as is usual before a softmax; in the document every layer has
    one, and its gradient is still masked here. On the document's example relu_outputs of neuron 1
    of sample 1 is -1.81, which should be 0."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    steps[-1]["relu_outputs"] = steps[-1]["layer_outputs"].copy()
    return steps


@mistake("train_step", "layer_outputs")
def relu_overwrites_z(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """ReLU works in place, so layer_outputs and relu_outputs are one array, and z is lost. The
    mask z > 0 survives that; a mask that asks for z < 0 would not. On the document's example
    layer_outputs of neuron 1 of sample 1 is 0, which should be -1.81."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        layer_outputs = step["layer_outputs"]
        step["relu_outputs"] = np.maximum(0, layer_outputs, out=layer_outputs)
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "layer_outputs")
def forward_after_update(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The outputs are those of the updated parameters: the forward pass ran once more, and what it
    returned is taken for the outputs that the gradients belong to. On the document's example
    layer_outputs of neuron 0 of sample 0 is 4.546452, which should be 4.8."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    updated = [(step["new_weights"], step["new_biases"]) for step in steps]
    for step, outputs in zip(steps, forward(inputs, updated), strict=True):
        step.update(outputs)
    return steps


@mistake("train_step", "layer_outputs")
def layers_reversed(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The inputs meet the last layer first. It fits where all layers have one shape. Take the
    document's example without its last measurement, and a second layer on it (weights 2 on the
    diagonal, biases 1): neuron 0 of sample 0 first has z = 2 * 1 + 1 = 3, which should be 2.3."""
    if len({weights.shape for weights, _ in layers}) == 1:
        layers = layers[::-1]
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "layer_outputs")
def outputs_reversed(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The forward values are turned round for the backward pass, and not turned back: each layer is
    handed another one's outputs. Put a second layer on the document's example (weights 2 on the
    diagonal, biases 1): neuron 0 of sample 0 of layer 0 gets z = 10.6, which should be 4.8."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    outputs = forward(inputs, layers)[::-1]
    return [step | each for step, each in zip(steps, outputs, strict=True)]


@mistake("train_step", "new_weights")
def weights_updated_in_a_copy(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The step is applied to a copy of the weights, and the old ones are returned. The gradients
    are all right, and the network never learns. On the document's example weight [0, 0] stays
    0.2, which should become 0.179515."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        new_weights = weights.copy()
        new_weights -= learning_rate * step["deriv_relu_wrt_weights"]
        step["new_weights"] = weights
    return steps


@mistake("train_step", "new_biases")
def biases_not_updated(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """Only the weights are updated, and the biases are forgotten. The loss still falls, only not
    as far as it could. On the document's example bias 0 stays 2, which should become 1.98489."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        step["new_biases"] = biases.copy()
    return steps


@mistake("train_step", "new_weights")
def learning_rate_halved_per_layer(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The learning rate decays inside the loop over the layers, and should once a step at most. The
    last layer is right. Put a second layer on the document's example (weights 2 on the diagonal,
    biases 1): in layer 0 weight [0, 0] becomes 0.15753, which should be 0.11506."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        learning_rate = learning_rate / 2
    return steps


@mistake("train_step", "new_weights")
def last_layer_alone_updated(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The update stands after the loop over the layers, where only the last one is at hand; the
    others keep their parameters. Put a second layer on the document's example (weights 2 on the
    diagonal, biases 1): in layer 0 weight [0, 0] stays 0.2, which should become 0.11506."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        step["new_weights"], step["new_biases"] = weights.copy(), biases.copy()
    update(steps[-1], *layers[-1], learning_rate)
    return steps
