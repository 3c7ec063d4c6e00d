"""JAX as a witness, in six ways; `optax.sgd` makes the step in each.

Zeros are added at every layer's inputs and outputs, so that one pass returns the gradients there
too; x + 0 is x to the bit, zero's sign apart. A part of the network is one layer's
(weights, biases, zeros at its inputs, zeros at its outputs). Every way is compiled once for each
shape of a stack of cases.

* the default: `jax.vjp` of the whole network
* `jax:vmap`: the same for one case, mapped over the stack by `jax.vmap`
* `jax:grad`: `jax.grad` of the inner product of its outputs with the upstream gradient
* `jax:jvp`: `jax.jvp`, forward mode, one directional derivative an entry
* `jax:checkpoint`: the default with `jax.checkpoint` around each layer, so that the reverse pass
  computes its forward pass anew
* `jax:eager`: the default operation by operation, without `jax.jit` (slow: half a second a shape)
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.flatten_util import ravel_pytree

from adapters._jax_head import head as head
from adapters._jax_relus import RELUS as RELUS
from adapters._jax_relus import enable_x64
from harness.case import Case, Layer, LayerTrace, Trace

VERSION = jax.__version__
COMPILES = True
forget = jax.clear_caches


def layer(
    inputs: Any,
    weights: Any,
    biases: Any,
    at_inputs: Any,
    at_outputs: Any,
    relu: Callable[[Any], Any] = jax.nn.relu,
) -> Any:
    """One layer's layer_outputs and relu_outputs."""
    layer_outputs = jnp.matmul(inputs + at_inputs, weights) + biases + at_outputs
    return layer_outputs, relu(layer_outputs)


def network(
    inputs: Any, parts: Any, layer: Callable[..., Any] = layer, linear: Sequence[int] = ()
) -> Any:
    """The last outputs, and of every layer its layer_outputs and what it passes on."""
    seen = []
    for place, part in enumerate(parts):
        layer_outputs, relu_outputs = layer(inputs, *part)
        inputs = layer_outputs if place in linear else relu_outputs
        seen.append((layer_outputs, inputs))
    return inputs, seen


def vjp(inputs: Any, parts: Any, upstream: Any, network: Callable[..., Any] = network) -> Any:
    """What every layer had, and the gradients of every part, by reverse mode."""
    # jax.numpy's functions are jitted each by itself, and are traced in half the time without that.
    with jax.disable_jit():
        _, pull, seen = jax.vjp(partial(network, inputs), parts, has_aux=True)
        return seen, *pull(upstream)


def grad(inputs: Any, parts: Any, upstream: Any) -> Any:
    """The same as the gradient of a number."""

    def inner_product(parts: Any) -> Any:
        outputs, seen = network(inputs, parts)
        return jnp.sum(upstream * outputs), seen

    gradients, seen = jax.grad(inner_product, has_aux=True)(parts)
    return seen, gradients


def jvp(inputs: Any, parts: Any, upstream: Any) -> Any:
    """The same by forward mode, from the last layer to the first.

    Layer by layer, for rounding: forward mode through all of them would not go by way of the
    upper layers' gradients, and so could not be compared with what follows from these.
    """
    _, seen = network(inputs, parts)
    below = [inputs, *(relu_outputs for _, relu_outputs in seen)]
    gradients: list[Any] = []
    for place in reversed(range(len(parts))):

        def slope(tangents: Any, place: int = place, upstream: Any = upstream) -> Any:
            outputs = partial(layer, below[place])
            _, (_, change) = jax.jvp(outputs, parts[place], tangents)
            return jnp.sum(upstream * change)

        gradients.insert(0, slopes(slope, parts[place]))
        upstream = gradients[0][2]
    return seen, gradients


def slopes(slope: Callable[[Any], Any], part: Any) -> Any:
    """`slope` in the direction of every single entry of a part, in the part's own form."""
    flat, part_of = ravel_pytree(part)

    def in_direction(place: Any) -> Any:
        return slope(part_of(jnp.zeros_like(flat).at[place].set(1)))

    return part_of(jax.lax.map(in_direction, jnp.arange(flat.size)))


def training_step(
    way: Callable[[Any, Any, Any], Any], inputs: Any, layers: Any, upstream: Any, rate: Any
) -> Any:
    """One training step on each case of a stack."""

    def zeros(width: int) -> Any:
        return jnp.zeros((*inputs.shape[:-1], width), inputs.dtype)

    parts = [(*layer, *map(zeros, layer[0].shape[-2:])) for layer in layers]
    seen, gradients = way(inputs, parts, upstream)
    wrt_layers = tuple(Layer(*part[:2]) for part in gradients)
    optimizer = optax.sgd(rate)
    updates, _ = optimizer.update(wrt_layers, optimizer.init(layers), layers)
    return seen, gradients, optax.apply_updates(layers, updates)


def compiled(way: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    """A training step, compiled once for each shape and dtype.

    Excess precision would hand a half format's numbers on unrounded, and return them rounded.
    """
    jitted = jax.jit(partial(training_step, way))
    programs: dict[Any, Any] = {}

    def step(*arguments: Any) -> Any:
        key = tuple((leaf.shape, leaf.dtype) for leaf in jax.tree_util.tree_leaves(arguments))
        if key not in programs:
            # Only newer versions' `jax.jit` takes the option itself.
            lowered: Any = jitted.lower(*arguments)
            programs[key] = lowered.compile({"xla_allow_excess_precision": False})
        return programs[key](*arguments)

    return step


def traced(step: Callable[..., Any], case: Case) -> Trace:
    """Every quantity of a stack of cases; the upstream gradient enters as the cotangent."""
    # float64 for this call alone: the user's own JAX code keeps its setting.
    with enable_x64(True):
        results = step(case.inputs, case.layers, case.upstream, case.learning_rate)
        results = jax.tree_util.tree_map(np.asarray, results)
    return tuple(
        LayerTrace(*(*outputs, wrt_z, wrt_inputs, wrt_weights, wrt_biases, *new))
        for outputs, (wrt_weights, wrt_biases, wrt_inputs, wrt_z), new in zip(*results, strict=True)
    )


@cache
def step(linear: tuple[int, ...]) -> Callable[..., Any]:
    """The default's, in which these layers have no ReLU."""
    return compiled(partial(vjp, network=partial(network, linear=linear)))


def trace(case: Case) -> Trace:
    """The default."""
    return traced(step(case.linear), case)


VARIANTS = {
    "vmap": partial(traced, compiled(jax.vmap(vjp))),
    "grad": partial(traced, compiled(grad)),
    "jvp": partial(traced, compiled(jax.vmap(jvp))),
    "checkpoint": partial(
        traced, compiled(partial(vjp, network=partial(network, layer=jax.checkpoint(layer))))
    ),
    "eager": partial(traced, partial(training_step, vjp)),
}

RECOMPUTES = ("checkpoint",)


def with_relu(relu: Callable[[Any], Any]) -> Callable[[Case], Trace]:
    """The default with another spelling of ReLU."""
    spelled = partial(network, layer=partial(layer, relu=relu))
    return partial(traced, compiled(partial(vjp, network=spelled)))


AT_KINK = {
    0.5: ("jnp.maximum(z, 0)", with_relu(lambda z: jnp.maximum(z, 0))),
    1.0: ("jnp.where(z >= 0, z, 0)", with_relu(lambda z: jnp.where(z >= 0, z, 0))),
}
