"""What a mistake costs: the network trained with it, from several starts.

A formula's mistake has the formula's place in every layer. A whole step is ReLU layers alone, so a
mistake there has the hidden ones, and the last layer with its softmax is the reference's.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Array, Case, Layer
from harness.derivation import REFERENCE, Derivation
from harness.mistakes import CATALOGUE, planted
from harness.training.data import Plan, minibatches, split, start, step_case
from harness.training.network import accuracy, digest, probabilities, unguarded, updated
from harness.walk import walk

# Test images differ by luck from start to start, about as much as a point; their mean does less.
STARTS: Final = 5
PLAN: Final = Plan(epochs=10)
DTYPE: Final = np.dtype(np.float64)
NAN: Final = "nan"
# Layers of a stack of one, and the mean loss over a step's batch.
Stepped = tuple[tuple[Layer, ...], float]


class Outcome(NamedTuple):
    """One training: the test accuracy, each epoch's mean loss, and the digest of the weights.

    If it `ended` early, how; and there is no accuracy.
    """

    accuracy: float | None
    losses: tuple[float, ...]
    weights: str
    ended: str = ""


def outcome(name: str | None, images: Array, classes: Array, plan: Plan) -> Outcome:
    """Train with the mistake of this name, or without one, from the start that the plan's seed has.

    Nothing that a mistake does ends more than its own training.
    """
    derivation = REFERENCE if name is None else _planted(name)
    data = split(images, classes, plan)
    layers = start(data, plan, DTYPE)
    losses: list[float] = []
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        try:
            for epoch in range(plan.epochs):
                total = 0.0
                for places in minibatches(data, plan, epoch):
                    upstream = np.zeros((plan.batch, data.widths(plan)[-1]))
                    case = step_case(data, plan, layers, places, upstream)
                    layers, loss = _step(derivation, case)
                    total += loss
                    if not all(np.isfinite(each).all() for layer in layers for each in layer):
                        return Outcome(None, tuple(losses), "", NAN)
                losses.append(total / data.steps(plan))
            softmax_outputs = _probabilities(derivation, layers, data.test_images)
            if not np.isfinite(softmax_outputs).all():
                return Outcome(None, tuple(losses), "", NAN)
            reached = accuracy(softmax_outputs, data.test_classes)
        except Exception as error:
            return Outcome(None, tuple(losses), "", f"raises {type(error).__name__}")
    return Outcome(reached, tuple(losses), digest(layers))


def _planted(name: str) -> Derivation:
    return planted(next(each for each in CATALOGUE if each.name == name))


def _step(derivation: Derivation, case: Case) -> Stepped:
    if derivation.train_step:
        return _whole_step(derivation.train_step, case)
    trace = walk(unguarded(derivation), case)
    return updated(trace), float(np.mean(trace[-1].loss))


def _whole_step(train_step: Any, case: Case) -> Stepped:
    """The hidden layers by the step, once to know what it passes on and once with its upstream."""
    inputs, rate = case.inputs[0], case.learning_rate
    *hidden, (weights, biases) = _matrices(case.layers)
    below = _passed_on(train_step, inputs, hidden, rate)
    last = (Layer(weights[None], biases[None]),)
    top = Case(below[None], last, case.upstream, rate, linear=(0,), targets=case.targets)
    trace = walk(unguarded(REFERENCE), top)
    steps = train_step(inputs, hidden, trace[0].deriv_relu_wrt_inputs[0], rate)
    lower = (Layer(each["new_weights"][None], each["new_biases"][None]) for each in steps)
    return (*lower, *updated(trace)), float(trace[-1].loss[0])


def _probabilities(derivation: Derivation, layers: Sequence[Layer], images: Array) -> Array:
    if not derivation.train_step:
        return probabilities(derivation, layers, images)
    *hidden, _ = _matrices(layers)
    below = _passed_on(derivation.train_step, images, hidden, DTYPE.type(0))
    return probabilities(REFERENCE, layers[-1:], below)


def _matrices(layers: Sequence[Layer]) -> list[tuple[Array, Array]]:
    return [(layer.weights[0], layer.biases[0]) for layer in layers]


def _passed_on(train_step: Any, inputs: Array, hidden: Any, rate: Any) -> Array:
    """What a whole step says the last hidden layer passes on, without learning from it."""
    copies = [(weights.copy(), biases.copy()) for weights, biases in hidden]
    nothing = np.zeros((len(inputs), hidden[-1][0].shape[1]))
    outputs: Array = train_step(inputs.copy(), copies, nothing, rate)[-1]["relu_outputs"]
    return outputs
