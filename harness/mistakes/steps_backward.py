"""Mistakes in a whole step's backward pass: which upstream, mask and inputs meet which layer."""

from typing import Any

import numpy as np

from harness.case import Array
from harness.mistakes.mistake import mistake
from harness.mistakes.wiring import (
    Layers,
    Quantities,
    dense_gradients,
    downwards,
    forward,
    gradients,
    update,
)


@mistake("train_step", "deriv_relu_wrt_z")
def backward_from_the_first(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The upstream enters at the first layer and goes up, and should enter at the last and go down.
    It fits where all layers are square. Take the document's example without its last measurement,
    and a second layer on it (weights 2 on the diagonal, biases 1): there neuron 0 of sample 0 gets
    3.7108, which should be 5.6."""
    steps = forward(inputs, layers)
    order = list(downwards(steps, inputs, layers))
    if all(weights.shape == (upstream.shape[1],) * 2 for weights, _ in layers):
        order.reverse()
    for step, below, weights, biases in order:
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def z_gradient_passed_down(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """A layer passes its deriv_relu_wrt_z down, and should pass deriv_relu_wrt_inputs. It fits
    where the upper layer is square. Put a second layer on the document's example (weights 2 on the
    diagonal, biases 1): neuron 0 of sample 0 of layer 0 gets 10.6, which should be 21.2."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        if step["deriv_relu_wrt_z"].shape == upstream.shape:
            upstream = step["deriv_relu_wrt_z"]
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def outputs_for_lower_upstreams(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The document's fabricated upstream, a layer's own relu_outputs, is used for each lower layer;
    theirs comes from the layer above. Put a second layer on the document's example (weights 2 on
    the diagonal, biases 1): neuron 0 of sample 0 of layer 0 gets 4.8, which should be 21.2."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        upstream = below
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def last_upstream_for_all(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """Every layer gets the upstream of the last one. It fits where they have equally many neurons.
    Put a second layer on the document's example (weights 2 on the diagonal, biases 1): neuron 0 of
    sample 0 of layer 0 gets 10.6, which should be 2 * 10.6 = 21.2."""
    steps = forward(inputs, layers)
    passed = upstream
    for step, below, weights, biases in downwards(steps, inputs, layers):
        fits = step["layer_outputs"].shape == upstream.shape
        passed = gradients(step, upstream if fits else passed, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_inputs")
def updated_weights_passed_down(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The weights are updated before the gradient goes down through them; it belongs to the old
    ones. A small learning rate makes it hard to see. On the document's example input 0 of sample 0
    gets 0.840466, which should be 0.9449."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        upstream = np.dot(step["deriv_relu_wrt_z"], step["new_weights"].T)
        step["deriv_relu_wrt_inputs"] = upstream
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def mask_of_layer_below(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The mask is that of the layer below, an index that is off by one. It fits where both have
    equally many neurons. Put a second layer on the document's example (weights 2 on the diagonal,
    biases 1): its neuron 1 of sample 1, where z = 1, gets 0, which should be 1."""
    steps = forward(inputs, layers)
    lower = [*steps[-2::-1], steps[0]]
    for (step, below, weights, biases), other in zip(
        downwards(steps, inputs, layers), lower, strict=True
    ):
        fits = other["layer_outputs"].shape == upstream.shape
        mask = (other if fits else step)["layer_outputs"] > 0
        step["deriv_relu_wrt_z"] = upstream * mask
        upstream = dense_gradients(step, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def mask_from_outputs(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The mask keeps relu_outputs >= 0, which is true everywhere; z > 0 is what it should ask. Put
    a second layer on the document's example (weights 2 on the diagonal, biases 1): neuron 1 of
    sample 1 of layer 0, where z = -1.81, gets 2, which should be 0."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        step["deriv_relu_wrt_z"] = upstream * (step["relu_outputs"] >= 0)
        upstream = dense_gradients(step, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_z")
def mask_from_inputs(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The mask looks at the sign of the layer's inputs, and should look at its layer_outputs. It
    fits where a layer has as many inputs as neurons. On the document's example without its last
    measurement neuron 0 of sample 2, whose input 0 is -1.5, gets 0, which should be 2.21."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        fits = below.shape == upstream.shape
        mask = (below if fits else step["layer_outputs"]) > 0
        step["deriv_relu_wrt_z"] = upstream * mask
        upstream = dense_gradients(step, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_inputs")
def mask_skipped_on_the_way_down(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The parameters get the masked gradient, and the layer below the unmasked upstream times the
    weights. Put a second layer on the document's example (weights 2 on the diagonal, biases 1):
    input 0 of sample 1 of layer 0 gets 6.792 + 2 * 0.5 = 7.792, which should be 6.792."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        upstream = np.dot(upstream, weights.T)
        step["deriv_relu_wrt_inputs"] = upstream
    return steps


@mistake("train_step", "deriv_relu_wrt_weights")
def first_inputs_for_all(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """Every layer's weights meet the inputs of the first. It fits where a layer has as many inputs.
    Take the document's example without its last measurement, and a second layer on it (weights 2
    on the diagonal, biases 1): its weight [0, 0] gets 27.07, which should be 126.9782."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        fits = inputs.shape == below.shape
        upstream = gradients(step, upstream, inputs if fits else below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_weights")
def weights_gradient_before_relu(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The weights' gradient takes the layer_outputs of the layer below, and the weights met its
    relu_outputs. Put a second layer on the document's example (weights 2 on the diagonal, biases
    1): its weight [1, 1] gets 5.588402, which should be 7.398402."""
    steps = forward(inputs, layers)
    lower = [*(step["layer_outputs"] for step in steps[-2::-1]), inputs]
    for (step, _, weights, biases), below in zip(
        downwards(steps, inputs, layers), lower, strict=True
    ):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_weights")
def upstream_twice(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The weights' gradient multiplies by the upstream again, which deriv_relu_wrt_z has in it
    already. An upstream of ones hides it. On the document's example weight [0, 0] gets 178.47785,
    which should be 20.485."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        passed = gradients(step, upstream, below, weights)
        step["deriv_relu_wrt_weights"] = np.dot(below.T, step["deriv_relu_wrt_z"] * upstream)
        update(step, weights, biases, learning_rate)
        upstream = passed
    return steps


@mistake("train_step", "deriv_relu_wrt_biases")
def biases_gradient_flat(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The gradient of the biases is summed without keepdims; broadcasting hides it, and the new
    biases are right all the same. On the document's example the gradient has shape (3,), which
    should be (1, 3)."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        step["deriv_relu_wrt_biases"] = np.sum(step["deriv_relu_wrt_z"], axis=0)
        update(step, weights, biases, learning_rate)
    return steps


@mistake("train_step", "deriv_relu_wrt_biases")
def biases_gradient_per_sample(
    inputs: Array, layers: Layers, upstream: Array, learning_rate: Any
) -> list[Quantities]:
    """The sum runs along axis 1, and broadcasting a (batch, 1) gradient makes a row of new biases
    for each sample. On the document's example the gradient has shape (3, 1) and the new biases
    have (3, 3): both should have (1, 3)."""
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
        step["deriv_relu_wrt_biases"] = np.sum(step["deriv_relu_wrt_z"], axis=1, keepdims=True)
        step["new_biases"] = biases - learning_rate * step["deriv_relu_wrt_biases"]
    return steps
