"""PyTorch as a witness, in five ways; `torch.optim.SGD` makes the step in each.

A part of the network is one layer's (weights, biases). The graph that the default records knows
the gradients at a layer's inputs and outputs, too. Other ways have only those of a function's
arguments, so there a part has zeros besides, which are added to its inputs and to its outputs;
x + 0 is x to the bit, zero's sign apart.

* the default: `torch.autograd.grad` on the graph that the forward pass recorded
* `torch:func`: `torch.func.vjp`, the functional reverse mode
* `torch:vmap`: the same for one case, mapped over the stack by `torch.func.vmap`
* `torch:jvp`: `torch.func.jvp`, forward mode, one directional derivative an entry
* `torch:compile`: the default with each layer, forward and backward, by `torch.compile`
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from itertools import chain
from typing import Any, TypeAlias

import torch
import torch.fx.experimental._config as any_sizes
from torch.optim.sgd import sgd

from adapters._torch_head import head as head
from adapters._torch_relus import RELUS as RELUS
from adapters._torch_relus import array, tensor
from harness.case import Case, LayerTrace, Trace

VERSION = torch.__version__
Function: TypeAlias = Callable[..., Any]
# The defaults of `torch.optim.SGD`.
DEFAULTS: dict[str, Any] = {
    "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False,
}  # fmt: skip


def layer(
    inputs: Any,
    weights: Any,
    biases: Any,
    at_inputs: Any = None,
    at_outputs: Any = None,
    relu: Callable[[Any], Any] | None = None,
) -> Any:
    """One layer's layer_outputs and relu_outputs; torch.relu is looked up at each call."""
    inputs = inputs if at_inputs is None else inputs + at_inputs
    layer_outputs = torch.matmul(inputs, weights) + biases
    layer_outputs = layer_outputs if at_outputs is None else layer_outputs + at_outputs
    return layer_outputs, (relu or torch.relu)(layer_outputs)


def network(inputs: Any, parts: Any, layer: Function = layer, linear: Sequence[int] = ()) -> Any:
    """The last outputs, and of every layer its layer_outputs and what it passes on."""
    seen = []
    for place, part in enumerate(parts):
        layer_outputs, relu_outputs = layer(inputs, *part)
        inputs = layer_outputs if place in linear else relu_outputs
        seen.append((layer_outputs, inputs))
    return inputs, seen


def with_zeros(inputs: Any, parts: Any) -> Any:
    """The parts of a network, each with zeros as large as its inputs and its outputs."""
    return [
        (*part, *(inputs.new_zeros((*inputs.shape[:-1], width)) for width in part[0].shape[-2:]))
        for part in parts
    ]


def autograd(inputs: Any, parts: Any, upstream: Any, network: Function = network) -> Any:
    """What every layer had, and its four gradients, by the graph that was recorded.

    They are those of the inner product of outputs and upstream: as `grad_outputs`, the upstream
    gradient would have PyTorch import SymPy, which takes half a second.
    """
    for leaf in (inputs, *chain(*parts)):
        leaf.requires_grad_()
    outputs, seen = network(inputs, parts)
    below = [inputs, *(relu_outputs for _, relu_outputs in seen[:-1])]
    # The zeros of a part, if it has them, stand for the inputs and outputs themselves.
    places = [(*part, x, z)[:4] for part, x, (z, _) in zip(parts, below, seen, strict=True)]
    gradients = torch.autograd.grad((outputs * upstream).sum(), list(chain(*places)))
    return seen, [gradients[place : place + 4] for place in range(0, len(gradients), 4)]


def func(inputs: Any, parts: Any, upstream: Any) -> Any:
    """The same by the functional reverse mode."""
    results: Any = torch.func.vjp(partial(network, inputs), with_zeros(inputs, parts), has_aux=True)
    _, vjp, seen = results
    return seen, *vjp(upstream)


def jvp(inputs: Any, parts: Any, upstream: Any) -> Any:
    """The same by forward mode, from the last layer to the first.

    Layer by layer, for rounding: forward mode through all of them would not go by way of the
    upper layers' gradients, and so could not be compared with what follows from these.
    """
    parts = with_zeros(inputs, parts)
    _, seen = network(inputs, parts)
    below = [inputs, *(relu_outputs for _, relu_outputs in seen)]
    gradients: list[Any] = []
    for place in reversed(range(len(parts))):
        part = parts[place]
        gradients.insert(0, [])
        for which, at in enumerate(part):

            def outputs(value: Any, place: int = place, which: int = which) -> Any:
                changed = [*parts[place][:which], value, *parts[place][which + 1 :]]
                return layer(below[place], *changed)[1]

            gradients[0].append(slopes(outputs, at, upstream))
        upstream = gradients[0][2]
    return seen, gradients


def slopes(outputs: Callable[[Any], Any], at: Any, upstream: Any) -> Any:
    """The gradient of <upstream, outputs> by a directional derivative for every entry."""
    entries = at[0].numel()
    if not entries:
        return torch.zeros_like(at)

    def slope(direction: Any) -> Any:
        derivative: Any = torch.func.jvp(outputs, (at,), (direction.expand_as(at),))
        return (upstream * derivative[1]).sum((-2, -1))

    directions = torch.eye(entries, dtype=at.dtype).reshape(entries, *at.shape[1:])
    with without_its_own_warnings():
        return torch.func.vmap(slope, chunk_size=256)(directions).mT.reshape(at.shape)


def compiled(inputs: Any, parts: Any, upstream: Any) -> Any:
    """The default, compiled once for all sizes from 2 on: smaller ones are filled with zeros."""

    def filled(smaller: Any, rows: int = 2) -> Any:
        least = (2, rows, 2)
        missing = [max(0, n - size) for n, size in zip(least, smaller.shape, strict=True)]
        return torch.nn.functional.pad(smaller, [0, missing[2], 0, missing[1], 0, missing[0]])

    parts = with_zeros(inputs, parts)
    larger = [(filled(w), filled(b, 1), filled(i), filled(o)) for w, b, i, o in parts]
    # Sizes that happen to be equal are compiled as if they had to be, unless told otherwise.
    with (
        any_sizes.patch(use_duck_shape=False),  # type: ignore[attr-defined]
        torch._dynamo.config.patch(recompile_limit=64),
        without_its_own_warnings(),
    ):
        seen, gradients = autograd(filled(inputs), larger, filled(upstream), compiled_network())
    return (
        [[cut(output, part[3]) for output in each] for each, part in zip(seen, parts, strict=True)],
        [list(map(cut, each, part)) for each, part in zip(gradients, parts, strict=True)],
    )


def without_its_own_warnings() -> AbstractContextManager[Any]:
    """Where forward mode or compiling begins, PyTorch warns of what it does itself."""
    return warnings.catch_warnings(action="ignore")


def cut(larger: Any, like: Any) -> Any:
    """The corner of a filled tensor that has the size of `like`."""
    return larger[tuple(map(slice, like.shape))]


@cache
def compiled_network() -> Function:
    """The network with `layer` compiled. Fails rather than run a part of that in Python."""
    return partial(network, layer=torch.compile(layer, fullgraph=True, dynamic=True))


@cache
def unavailable(variant: str) -> str | None:
    """Why a variant cannot run on this machine: compiling needs what others do not."""
    if variant != "compile":
        return None
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    try:
        compiled(one, [(one, one)], one)
    except Exception as error:
        return f"torch.compile fails: {str(error).strip().partition(chr(10))[0]}"
    return None


def traced(way: Callable[[Any, Any, Any], Any], case: Case) -> Trace:
    """Every quantity of a stack of cases; the upstream gradient enters as the cotangent."""
    inputs, upstream = tensor(case.inputs), tensor(case.upstream)
    parts = [(tensor(weights), tensor(biases)) for weights, biases in case.layers]
    seen, gradients = way(inputs, parts, upstream)

    parameters = list(chain(*parts))
    step(parameters, [each for part in gradients for each in part[:2]], float(case.learning_rate))

    of_each = zip(seen, gradients, parts, strict=True)
    return tuple(
        LayerTrace(
            *(
                array(each.detach(), case.dtype)
                for each in (*outputs, wrt_z, wrt_inputs, wrt_weights, wrt_biases, *part)
            )
        )
        for outputs, (wrt_weights, wrt_biases, wrt_inputs, wrt_z), part in of_each
    )


@torch.no_grad()
def step(parameters: list[Any], gradients: list[Any], rate: float) -> None:
    """The step of `torch.optim.SGD`, in place, by the function that it calls.

    The class itself imports PyTorch's compiler at its first step, which takes a second.
    """
    no_momenta: list[Any] = [None] * len(parameters)
    sgd(parameters, gradients, no_momenta, lr=rate, **DEFAULTS)


def trace(case: Case) -> Trace:
    """The default."""
    return traced(partial(autograd, network=partial(network, linear=case.linear)), case)


VARIANTS = {
    "func": partial(traced, func),
    "vmap": partial(traced, torch.func.vmap(func)),
    "jvp": partial(traced, jvp),
    "compile": partial(traced, compiled),
}


def with_relu(relu: Callable[[Any], Any]) -> Callable[[Case], Trace]:
    """The default with another spelling of ReLU."""
    spelled = partial(network, layer=partial(layer, relu=relu))
    return partial(traced, partial(autograd, network=spelled))


AT_KINK = {
    0.5: ("torch.maximum(z, 0)", with_relu(lambda z: torch.maximum(z, torch.zeros_like(z)))),
    1.0: ("torch.clamp(z, min=0)", with_relu(partial(torch.clamp, min=0))),
}


@contextmanager
def threads(count: int) -> Iterator[None]:
    """With so many threads; afterwards with as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
