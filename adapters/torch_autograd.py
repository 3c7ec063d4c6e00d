"""PyTorch as a witness: `torch.autograd.grad` for the gradients, `torch.optim.SGD` for the step."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from harness.case import Array, Case, LayerTrace, Relu, Trace

VERSION = torch.__version__


def tensor(array: Array) -> torch.Tensor:
    """A copy as a tensor; bfloat16, which NumPy does not know, goes by its bits."""
    if array.dtype.name == "bfloat16":
        return torch.tensor(array.view(np.int16)).view(torch.bfloat16)
    return torch.tensor(array)


def array(tensor: torch.Tensor, dtype: np.dtype[Any]) -> Array:
    """The tensor as an array of this dtype, which is its own."""
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(dtype)
    return tensor.numpy()


def traced(relu: Callable[[torch.Tensor], torch.Tensor], case: Case) -> Trace:
    """Every quantity of a stack of cases; the upstream gradient enters as the cotangent."""
    inputs = [tensor(case.inputs).requires_grad_()]
    layers = [tuple(tensor(p).requires_grad_() for p in layer) for layer in case.layers]
    layer_outputs = []
    for weights, biases in layers:
        layer_outputs.append(torch.matmul(inputs[-1], weights) + biases)
        inputs.append(relu(layer_outputs[-1]))

    parameters = [parameter for layer in layers for parameter in layer]
    gradients = torch.autograd.grad(
        inputs[-1],
        [*layer_outputs, *inputs[:-1], *parameters],
        grad_outputs=tensor(case.upstream),
    )
    depth = len(layers)
    wrt_z, wrt_inputs, wrt_parameters = (
        gradients[:depth],
        gradients[depth : 2 * depth],
        gradients[2 * depth :],
    )

    optimizer = torch.optim.SGD(parameters, lr=float(case.learning_rate))
    for parameter, gradient in zip(parameters, wrt_parameters, strict=True):
        parameter.grad = gradient
    optimizer.step()

    return tuple(
        LayerTrace(
            *(
                array(each.detach(), case.dtype)
                for each in (
                    layer_outputs[layer],
                    inputs[layer + 1],
                    wrt_z[layer],
                    wrt_inputs[layer],
                    *wrt_parameters[2 * layer : 2 * layer + 2],
                    *layers[layer],
                )
            )
        )
        for layer in range(depth)
    )


def trace(case: Case) -> Trace:
    """ReLU as torch.relu, looked up at each call."""
    return traced(torch.relu, case)


AT_KINK = {
    0.5: ("torch.maximum(z, 0)", partial(traced, lambda z: torch.maximum(z, torch.zeros_like(z)))),
    1.0: ("torch.clamp(z, min=0)", partial(traced, partial(torch.clamp, min=0))),
}


def relu(spelling: Any) -> Relu:
    """A function of a tensor, with its gradient."""

    def value_and_gradient(z: Array, upstream: Array) -> tuple[Array, Array]:
        at = tensor(z).requires_grad_()
        outputs = spelling(at)
        (gradient,) = torch.autograd.grad(outputs, at, tensor(upstream))
        return array(outputs.detach(), z.dtype), array(gradient, z.dtype)

    return value_and_gradient


RELUS = {
    "torch.relu(z)": relu(torch.relu),
    "torch.threshold(z, 0, 0)": relu(lambda z: torch.threshold(z, 0, 0)),
    "torch.clamp(z, min=0)": relu(lambda z: torch.clamp(z, min=0)),
    "torch.maximum(z, zeros)": relu(lambda z: torch.maximum(z, torch.zeros_like(z))),
    "torch.where(z > 0, z, 0)": relu(lambda z: torch.where(z > 0, z, 0)),
    "torch.where(z <= 0, 0, z)": relu(lambda z: torch.where(z <= 0, 0, z)),
    "z * (z > 0)": relu(lambda z: z * (z > 0)),
    "(z + abs(z)) / 2": relu(lambda z: (z + abs(z)) / 2),
    "F.leaky_relu(z, 0)": relu(lambda z: F.leaky_relu(z, 0.0)),
    "F.hardtanh(z, 0, inf)": relu(lambda z: F.hardtanh(z, 0.0, math.inf)),
}
