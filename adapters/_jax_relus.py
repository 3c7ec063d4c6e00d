"""The spellings of ReLU that people write in JAX, each with JAX's own gradient."""

from collections.abc import Callable
from typing import Any

import jax
import jax.experimental
import jax.numpy as jnp
import numpy as np
from jax import lax

from harness.case import Array, Relu

# Older versions have it elsewhere.
enable_x64: Any = (jax if hasattr(jax, "enable_x64") else jax.experimental).enable_x64


def relu(spelling: Callable[[Any], Any], compiled: bool = False) -> Relu:
    """A function of an array with its gradient, operation by operation or compiled as a whole."""

    def differentiated(z: Any, upstream: Any) -> Any:
        outputs, vjp = jax.vjp(spelling, z)
        return outputs, *vjp(upstream)

    call = jax.jit(differentiated) if compiled else differentiated

    def value_and_gradient(z: Array, upstream: Array) -> tuple[Array, Array]:
        with enable_x64(True):
            outputs, gradient = map(np.asarray, call(jnp.asarray(z), jnp.asarray(upstream)))
        return outputs, gradient

    return value_and_gradient


SPELLINGS: dict[str, Callable[[Any], Any]] = {
    "jax.nn.relu(z)": jax.nn.relu,
    "jnp.maximum(z, 0)": lambda z: jnp.maximum(z, 0),
    "jnp.clip(z, 0)": lambda z: jnp.clip(z, 0),
    "jnp.where(z > 0, z, 0)": lambda z: jnp.where(z > 0, z, 0),
    "jnp.where(z <= 0, 0, z)": lambda z: jnp.where(z <= 0, 0, z),
    "lax.clamp(0, z, inf)": lambda z: lax.clamp(jnp.zeros_like(z), z, jnp.full_like(z, jnp.inf)),
    "z * (z > 0)": lambda z: z * (z > 0),
    "(z + abs(z)) / 2": lambda z: (z + abs(z)) / 2,
    "jax.nn.leaky_relu(z, 0)": lambda z: jax.nn.leaky_relu(z, 0),
}
# Where the compiler's rewriting changes what comes out.
CHANGED_BY_JIT = ("lax.clamp(0, z, inf)", "z * (z > 0)")
RELUS = {name: relu(spelling) for name, spelling in SPELLINGS.items()} | {
    f"jit: {name}": relu(SPELLINGS[name], compiled=True) for name in CHANGED_BY_JIT
}
