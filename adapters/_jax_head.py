"""Softmax and cross-entropy in JAX, each with its gradient by reverse mode."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from adapters._jax_relus import enable_x64
from harness.case import Array, HeadTrace


def head(layer_outputs: Array, targets: Array, upstream: Array) -> HeadTrace:
    """The quantities of a stack, in `harness.case.HeadTrace`'s shapes."""
    with enable_x64(True):
        return HeadTrace(*map(np.asarray, _head(layer_outputs, targets, upstream)))


@jax.jit
@jax.vmap
def _head(z: Any, classes: Any, upstream: Any) -> Any:
    """optax has no loss of softmax's outputs: for the gradient there, it is written out."""
    softmax_outputs, pull = jax.vjp(jax.nn.softmax, z)
    one_hot = jax.nn.one_hot(classes, z.shape[-1], dtype=z.dtype)

    def loss_of_s(s: Any) -> Any:
        return -jnp.log(jnp.sum(s * one_hot, axis=-1)).mean()

    def loss_of_z(z: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(z, classes).mean()

    loss, loss_wrt_z = jax.value_and_grad(loss_of_z)(z)
    loss_wrt_s = jax.grad(loss_of_s)(softmax_outputs)
    return softmax_outputs, *pull(upstream), loss, loss_wrt_s, loss_wrt_z
