"""JAX as a witness: `jax.vjp` of the whole network for the gradients, `optax.sgd` for the step.

The function is mapped over the stack by `jax.vmap` and compiled once for each shape. Zeros are
added at every layer's inputs and outputs, so that one reverse pass returns the gradients there
too; x + 0 is x to the bit, zero's sign apart.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from harness.case import Array, Case, Layer, LayerTrace, Relu, Trace

VERSION = jax.__version__
# A shorter stack is filled up with zero cases to a multiple of this: one compilation serves all.
STACK = 256


def network(relu: Callable[[Any], Any], inputs: Any, layers: Any, zeros: Any) -> Any:
    """The last layer's outputs, and (layer_outputs, relu_outputs) of every layer."""
    seen = []
    for (weights, biases), (at_inputs, at_outputs) in zip(layers, zeros, strict=True):
        layer_outputs = jnp.matmul(inputs + at_inputs, weights) + biases + at_outputs
        inputs = relu(layer_outputs)
        seen.append((layer_outputs, inputs))
    return inputs, seen


def step_of_one(
    relu: Callable[[Any], Any], inputs: Any, layers: Any, upstream: Any, learning_rate: Any
) -> Any:
    """One training step on one case."""
    batch, dtype = len(inputs), inputs.dtype
    zeros = [
        tuple(jnp.zeros((batch, width), dtype) for width in weights.shape) for weights, _ in layers
    ]
    _, vjp, seen = jax.vjp(partial(network, relu), inputs, layers, zeros, has_aux=True)
    _, wrt_parameters, wrt_zeros = vjp(upstream)
    optimizer = optax.sgd(learning_rate)
    updates, _ = optimizer.update(wrt_parameters, optimizer.init(layers), layers)
    return seen, wrt_zeros, wrt_parameters, optax.apply_updates(layers, updates)


def step_with(relu: Callable[[Any], Any]) -> Callable[..., Any]:
    """A step of a whole stack, compiled.

    Excess precision would hand a half format's numbers on unrounded, and return them rounded.
    """
    return jax.jit(
        jax.vmap(partial(step_of_one, relu), in_axes=(0, 0, 0, None)),
        compiler_options={"xla_allow_excess_precision": False},
    )


def traced(step: Callable[..., Any], case: Case) -> Trace:
    """Every quantity of a stack of cases; the upstream gradient enters as the cotangent."""
    count = len(case.inputs)
    missing = -count % STACK

    def filled(array: Array) -> Array:
        return np.pad(array, [(0, missing), (0, 0), (0, 0)])

    layers = tuple(Layer(*map(filled, layer)) for layer in case.layers)
    # float64 for this call alone: the user's own JAX code keeps its setting.
    with jax.enable_x64(True):
        results = step(filled(case.inputs), layers, filled(case.upstream), case.learning_rate)
        results = jax.tree.map(lambda array: np.asarray(array)[:count], results)
    return tuple(
        LayerTrace(*(*seen, wrt_z, wrt_inputs, *wrt_parameters, *new))
        for seen, (wrt_inputs, wrt_z), wrt_parameters, new in zip(*results, strict=True)
    )


step = step_with(jax.nn.relu)


def trace(case: Case) -> Trace:
    """ReLU as jax.nn.relu."""
    return traced(step, case)


AT_KINK = {
    0.5: ("jnp.maximum(z, 0)", partial(traced, step_with(lambda z: jnp.maximum(z, 0)))),
    1.0: ("jnp.where(z >= 0, z, 0)", partial(traced, step_with(lambda z: jnp.where(z >= 0, z, 0)))),
}


def relu(spelling: Callable[[Any], Any], compiled: bool = False) -> Relu:
    """A function of an array with its gradient, operation by operation or compiled as a whole."""

    def differentiated(z: Any, upstream: Any) -> Any:
        outputs, vjp = jax.vjp(spelling, z)
        return outputs, *vjp(upstream)

    call = jax.jit(differentiated) if compiled else differentiated

    def value_and_gradient(z: Array, upstream: Array) -> tuple[Array, Array]:
        with jax.enable_x64(True):
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
