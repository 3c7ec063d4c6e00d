"""Arrays as tensors and back; spellings of ReLU in PyTorch, each with PyTorch's own gradient."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from harness.case import Array, Relu


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
