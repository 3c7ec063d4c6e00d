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
def _head(z: Any, classes: Any, upstream: Any) -> Any:
    """optax has no loss of softmax's outputs: for the gradient there, it is written out.

    Each case of the stack has a mean of its own, so that the gradient of their sum has all of them.
    """

    def loss_of_s(s: Any) -> Any:
        correct = jnp.take_along_axis(s, classes[..., None], axis=-1)[..., 0]
        return jnp.mean(-jnp.log(correct), axis=-1).sum()

    def loss_of_z(z: Any) -> Any:
        losses = optax.softmax_cross_entropy_with_integer_labels(z, classes)
        loss = jnp.mean(losses, axis=-1)
        return loss.sum(), loss

    # jax.numpy's functions are jitted each by itself, and are traced in half the time without that.
    with jax.disable_jit():
        softmax_outputs, pull = jax.vjp(jax.nn.softmax, z)
        loss_wrt_z, loss = jax.grad(loss_of_z, has_aux=True)(z)
        loss_wrt_s = jax.grad(loss_of_s)(softmax_outputs)
    return softmax_outputs, *pull(upstream), loss, loss_wrt_s, loss_wrt_z
