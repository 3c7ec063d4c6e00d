"""The network as its author runs it: formulas called on plain arrays, without a guard."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.case import Array, Layer, Trace
from harness.derivation import Derivation, Step
from harness.walk import Call

# By itself each has no part in a step that goes by way of their combined gradient.
IN_SEQUENCE = ("cross_entropy_backward", "softmax_backward")
COMBINED = "softmax_cross_entropy_backward"


def unguarded(derivation: Derivation) -> Call:
    """A call for `walk` over a stack of one: what a formula does to its arguments stays done.

    A derivation whose own formulas are the loss's gradient or softmax's passes back what these two
    make in sequence.
    """
    in_sequence = not set(IN_SEQUENCE).isdisjoint(derivation.own) and len(derivation.own) < 3

    def call(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        given = [each[0] if np.ndim(each) else each for each in arguments]
        if in_sequence and step.formula == COMBINED:
            softmax_outputs, targets = given
            upstream = derivation.cross_entropy_backward(softmax_outputs, targets)
            returned = derivation.softmax_backward(upstream, softmax_outputs)
        else:
            returned = getattr(derivation, step.formula)(*given)
        results = returned if isinstance(returned, tuple) else (returned,)
        return [np.asarray(each)[None] for each in results]

    return call


def updated(trace: Trace) -> tuple[Layer, ...]:
    """The layers after the step that a trace is of."""
    return tuple(Layer(each.new_weights, each.new_biases) for each in trace[:-1])


def probabilities(derivation: Derivation, layers: Sequence[Layer], images: Array) -> Array:
    """What the derivation's forward pass gives each class: (n, n_classes)."""
    inputs = images.astype(layers[0].weights.dtype)
    for place, (weights, biases) in enumerate(layers):
        outputs = derivation.dense_forward(inputs, weights[0], biases[0])
        last = place == len(layers) - 1
        inputs = outputs if last else derivation.relu_forward(outputs)
    softmax_outputs: Array = derivation.softmax_forward(outputs)
    return softmax_outputs


def accuracy(softmax_outputs: Array, classes: Array) -> float:
    """The share of images whose largest probability is that of their class."""
    return float(np.mean(np.argmax(softmax_outputs, axis=1) == classes))


def digest(layers: Sequence[Layer]) -> str:
    """What stands for the bits of all parameters."""
    code = hashlib.sha256()
    for layer in layers:
        for array in layer:
            code.update(np.ascontiguousarray(array).tobytes())
    return code.hexdigest()
