"""A derivation as what a gradient checker takes: a function, and the gradient written for it.

The function maps (inputs, weights, biases, ...), two parameters a layer, to the last layer's
relu_outputs; its gradient maps the upstream and these arguments to one gradient for each. No
update is in it, so a gradient checker has nothing to say about `sgd_step`.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from harness.case import Array, Case, pick
from harness.derivation import REFERENCE, Derivation, Formula
from harness.mistakes import Mistake, planted
from harness.sensitivity import stacks
from reference import document

# Enough of each stack to meet what its shape shows; a mistake that needs more is not known.
FEW = 8


class Function(NamedTuple):
    """`forward(*arguments)` to outputs; `backward(upstream, *arguments)` to their gradients."""

    forward: Callable[..., Array]
    backward: Callable[..., Sequence[Array]]


def function_of(derivation: Derivation) -> Function:
    """The network of any depth that a derivation makes, by its whole step if it has one."""
    if derivation.train_step:
        return _of_step(derivation.train_step)

    def upwards(inputs: Array, parameters: Sequence[Array]) -> tuple[Array, list[Any]]:
        seen = []
        for weights, biases in _layers(parameters):
            layer_outputs = derivation.dense_forward(inputs, weights, biases)
            seen.append((inputs, weights, layer_outputs))
            inputs = derivation.relu_forward(layer_outputs)
        return inputs, seen

    def forward(inputs: Array, *parameters: Array) -> Array:
        return upwards(inputs, parameters)[0]

    def backward(upstream: Array, inputs: Array, *parameters: Array) -> Sequence[Array]:
        gradients: list[Array] = []
        for below, weights, layer_outputs in reversed(upwards(inputs, parameters)[1]):
            wrt_z = derivation.relu_backward(upstream, layer_outputs)
            upstream, *wrt_layer = derivation.dense_backward(wrt_z, below, weights)
            gradients = [*wrt_layer, *gradients]
        return upstream, *gradients

    return Function(forward, backward)


def _of_step(train_step: Formula) -> Function:
    """A forward pass knows no upstream, so it gets zeros, and the update comes to nothing."""

    def step(upstream: Array, inputs: Array, parameters: Sequence[Array]) -> Any:
        return train_step(inputs, _layers(parameters), upstream, document.LEARNING_RATE)

    def forward(inputs: Array, *parameters: Array) -> Array:
        upstream = np.zeros((len(inputs), parameters[-1].shape[1]), inputs.dtype)
        outputs: Array = step(upstream, inputs, parameters)[-1]["relu_outputs"]
        return outputs

    def backward(upstream: Array, inputs: Array, *parameters: Array) -> Sequence[Array]:
        steps = step(upstream, inputs, parameters)
        wrt_layers = (
            (each["deriv_relu_wrt_weights"], each["deriv_relu_wrt_biases"]) for each in steps
        )
        return steps[0]["deriv_relu_wrt_inputs"], *chain.from_iterable(wrt_layers)

    return Function(forward, backward)


def _layers(parameters: Sequence[Array]) -> list[tuple[Array, Array]]:
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def arguments_of(case: Case) -> list[Array]:
    """The arguments of a function, of a stack of one case."""
    return [case.inputs[0], *(each[0] for each in chain.from_iterable(case.layers))]


def exact_cases() -> Iterator[Case]:
    """The exact stacks of a default run in float64, in its order."""
    return (case for case in stacks(0) if case.dtype == np.float64)


def expressible(mistake: Mistake) -> bool:
    """Whether the mistake can be shown to a gradient checker at all.

    It can where the function that it makes has other outputs or gradients than the right one, or
    changes an argument, on any of a default run's exact cases in float64.
    """
    wrong, right = function_of(planted(mistake)), function_of(REFERENCE)
    return any(
        _seen(wrong, pick(stack, place)) != _seen(right, pick(stack, place))
        for stack in exact_cases()
        for place in range(FEW)
    )


def _seen(function: Function, case: Case) -> Any:
    """All that a call of both leaves, in a form that compares; zeros of either sign are one."""
    upstream, *arguments = (np.copy(each) for each in (case.upstream[0], *arguments_of(case)))
    try:
        with np.errstate(all="ignore"):
            outputs = function.forward(*arguments)
            gradients = function.backward(upstream, *arguments)
    except Exception as error:
        return type(error)
    left = outputs, *gradients, upstream, *arguments
    return [(each.shape, each.dtype, (each + 0.0).tobytes()) for each in left]
