"""PyTorch as a witness: `torch.autograd.grad` for the gradients, `torch.optim.SGD` for the step."""

from collections.abc import Callable
from functools import partial

import torch

from harness.case import Case, LayerTrace, Trace

VERSION = torch.__version__


def traced(relu: Callable[[torch.Tensor], torch.Tensor], case: Case) -> Trace:
    """Every quantity of a stack of cases; the upstream gradient enters as the cotangent."""
    inputs = [torch.tensor(case.inputs, requires_grad=True)]
    layers = [tuple(torch.tensor(p, requires_grad=True) for p in layer) for layer in case.layers]
    layer_outputs = []
    for weights, biases in layers:
        layer_outputs.append(torch.matmul(inputs[-1], weights) + biases)
        inputs.append(relu(layer_outputs[-1]))

    parameters = [parameter for layer in layers for parameter in layer]
    gradients = torch.autograd.grad(
        inputs[-1],
        [*layer_outputs, *inputs[:-1], *parameters],
        grad_outputs=torch.tensor(case.upstream),
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
                tensor.detach().numpy()
                for tensor in (
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
