"""The other gradient checkers, each called as its users call it: default tolerances, float64.

All of them compare a gradient with finite differences of the function. gradcheck does so for
every entry (its fast mode for one random direction); the others for one random direction. Those
that also offer forward mode or second order are asked for reverse mode and order 1 alone, for a
gradient written by hand has no other.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple

import chex
import jax
import numpy as np
import torch
from autograd.extend import defvjp, primitive
from autograd.test_util import check_grads as autograd_check_grads
from jax.test_util import check_grads as jax_check_grads

from benchmarks.planted import Function
from harness.case import Array

# What JAX logs of a callback that fails is in the exception, too.
logging.getLogger("jax").setLevel(logging.CRITICAL)


class Peer(NamedTuple):
    """A gradient checker.

    `layer` is dense + ReLU in the operations of its framework; `planted` makes of a function with
    a gradient written by hand what its users make of it. `check(function, arguments)` raises
    if it refuses.
    """

    name: str
    version: str
    layer: Callable[..., Any]
    planted: Callable[[Function], Callable[..., Any]]
    check: Callable[[Any, Sequence[Array]], None]

    def refuses(self, function: Any, arguments: Sequence[Array]) -> bool:
        """Whether the check raises anything: a wrong shape ends some before they compare."""
        try:
            self.check(function, arguments)
        except Exception:
            return True
        return False


def in_torch(function: Function) -> Callable[..., Any]:
    """A torch.autograd.Function."""

    class Planted(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *arguments: Any) -> Any:
            ctx.save_for_backward(*arguments)
            return torch.from_numpy(function.forward(*_as_numpy(arguments)))

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            gradients = function.backward(upstream.numpy(), *_as_numpy(ctx.saved_tensors))
            return tuple(map(torch.from_numpy, gradients))

    return Planted.apply  # type: ignore[no-any-return]


def _as_numpy(tensors: Sequence[Any]) -> list[Array]:
    return [tensor.detach().numpy() for tensor in tensors]


def in_jax(function: Function) -> Callable[..., Any]:
    """A jax.custom_vjp that calls NumPy back."""

    def outputs(*arguments: Any) -> Any:
        size = len(arguments[0]), arguments[-1].shape[1]
        return _called(function.forward, jax.ShapeDtypeStruct(size, np.float64), *arguments)

    def backward(arguments: Any, upstream: Any) -> Any:
        shapes = tuple(jax.ShapeDtypeStruct(each.shape, np.float64) for each in arguments)
        return _called(lambda *all: tuple(function.backward(*all)), shapes, upstream, *arguments)

    planted = jax.custom_vjp(outputs)
    planted.defvjp(lambda *arguments: (outputs(*arguments), arguments), backward)
    return jax.jit(planted)


def _called(function: Callable[..., Any], shapes: Any, *arguments: Any) -> Any:
    return jax.pure_callback(lambda *all: function(*map(np.asarray, all)), shapes, *arguments)


def in_autograd(function: Function) -> Callable[..., Any]:
    """A primitive, with a gradient for each argument."""

    def wrt(place: int) -> Any:
        return lambda outputs, *arguments: (
            lambda upstream: function.backward(upstream, *arguments)[place]
        )

    planted = primitive(lambda *arguments: function.forward(*arguments))
    # More than any network here has: what is not an argument is never asked for.
    defvjp(planted, *map(wrt, range(9)))
    return planted


def _gradcheck(function: Any, arguments: Sequence[Array], fast_mode: bool = False) -> None:
    leaves = [torch.tensor(each, requires_grad=True) for each in arguments]
    torch.autograd.gradcheck(function, leaves, fast_mode=fast_mode)


def _jax_check(check: Any, function: Any, arguments: Sequence[Array]) -> None:
    with jax.enable_x64(True):
        check(function, arguments, order=1, modes=["rev"])


def _autograd_check(function: Any, arguments: Sequence[Array]) -> None:
    # Its random directions come from NumPy's global state.
    np.random.seed(0)  # noqa: NPY002
    every = tuple(range(len(arguments)))  # else it checks the first argument alone
    autograd_check_grads(function, every, modes=["rev"], order=1)(*arguments)


def _torch_layer(inputs: Any, weights: Any, biases: Any) -> Any:
    return torch.relu(inputs @ weights + biases)


@jax.jit
def _jax_layer(inputs: Any, weights: Any, biases: Any) -> Any:
    return jax.nn.relu(inputs @ weights + biases)


def _autograd_layer(inputs: Any, weights: Any, biases: Any) -> Any:
    # Its maximum(0, z) has the derivative 1/2 at the kink, and the document's is 0.
    layer_outputs = inputs @ weights + biases
    return layer_outputs * (layer_outputs > 0)


_TORCH = torch.__version__, _torch_layer, in_torch
_JAX = _jax_layer, in_jax

PEERS = (
    Peer("gradcheck", *_TORCH, _gradcheck),
    Peer("gradcheck, fast mode", *_TORCH, partial(_gradcheck, fast_mode=True)),
    Peer("JAX check_grads", jax.__version__, *_JAX, partial(_jax_check, jax_check_grads)),
    Peer("chex", chex.__version__, *_JAX, partial(_jax_check, chex.assert_numerical_grads)),
    Peer("HIPS autograd", version("autograd"), _autograd_layer, in_autograd, _autograd_check),
)
