"""The data: a case is one set of inputs, a trace is what an implementation makes of it.

Adapters import this module and no other of the harness, so nothing here knows a formula.
"""

from collections.abc import Callable
from itertools import pairwise
from math import prod
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
# (batch, n_inputs, n_neurons of the first layer, ..., n_neurons of the last layer)
Shape: TypeAlias = tuple[int, ...]
# A spelling of ReLU: (z, upstream), of one shape and dtype, to its value and its gradient.
Relu: TypeAlias = Callable[[Array, Array], tuple[Array, Array]]


class Layer(NamedTuple):
    """One layer: weights (stack, n_inputs, n_neurons), biases (stack, 1, n_neurons)."""

    weights: Array
    biases: Array


class Case(NamedTuple):
    """A stack of cases of one shape; a single case is a stack of one.

    inputs (stack, batch, n_inputs); layers from the first to the last; upstream (stack, batch,
    n_neurons of the last layer), the gradient passed in from the next layer; learning_rate a
    NumPy scalar. All have one dtype. `linear` are the places of the layers without a ReLU.

    With targets (stack, batch), the right class of each sample, softmax and cross-entropy follow
    the last layer, which is linear; without any layer they are given the inputs. The last layer's
    gradient is then passed in from them, and upstream is the gradient at softmax's outputs.
    """

    inputs: Array
    layers: tuple[Layer, ...]
    upstream: Array
    learning_rate: Any
    linear: tuple[int, ...] = ()
    targets: Array | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The floating dtype that every array of the case has."""
        return self.inputs.dtype

    @property
    def shape(self) -> Shape:
        """The batch and the widths; the length of the stack is not part of it."""
        return (*self.inputs.shape[1:], *(layer.weights.shape[2] for layer in self.layers))


class LayerTrace(NamedTuple):
    """The document's named quantities of one layer, each with the case's leading stack axis."""

    layer_outputs: Any
    relu_outputs: Any
    deriv_relu_wrt_z: Any
    deriv_relu_wrt_inputs: Any
    deriv_relu_wrt_weights: Any
    deriv_relu_wrt_biases: Any
    new_weights: Any
    new_biases: Any


class HeadTrace(NamedTuple):
    """The quantities of softmax and cross-entropy, each with the case's leading stack axis."""

    softmax_outputs: Any
    deriv_softmax_wrt_z: Any
    loss: Any
    deriv_loss_wrt_softmax_outputs: Any
    deriv_loss_wrt_z: Any


# A LayerTrace for each layer, from the first to the last; then a HeadTrace, if there is a head.
Trace: TypeAlias = tuple[Any, ...]

QUANTITIES: Final = LayerTrace._fields
HEAD_QUANTITIES: Final = HeadTrace._fields
ALL_QUANTITIES: Final = QUANTITIES + HEAD_QUANTITIES


def pick(case: Case, index: int) -> Case:
    """The case at one place of the stack, as a stack of one."""
    return part(case, slice(index, index + 1))


def part(case: Case, places: slice | Array) -> Case:
    """The cases at some places of the stack, as a stack."""
    layers = tuple(Layer(*(array[places] for array in layer)) for layer in case.layers)
    targets = None if case.targets is None else case.targets[places]
    return case._replace(
        inputs=case.inputs[places], layers=layers, upstream=case.upstream[places], targets=targets
    )


def part_of_trace(trace: Trace, places: slice | Array) -> Trace:
    """The traces of the cases at some places of the stack."""
    return tuple(
        type(entry)(*(array if array is None else array[places] for array in entry))
        for entry in trace
    )


def has_head(trace: Trace) -> bool:
    """Whether the last entry of a whole trace is the head's."""
    return bool(trace) and isinstance(trace[-1], HeadTrace)


def quantity_shapes(shape: Shape, head: bool = False) -> Trace:
    """The shape of every quantity of every layer, and of the head, without the stack axis."""
    batch, *widths = shape
    classes = batch, widths[-1]
    of_head = HeadTrace(
        softmax_outputs=classes,
        deriv_softmax_wrt_z=classes,
        loss=(),
        deriv_loss_wrt_softmax_outputs=classes,
        deriv_loss_wrt_z=classes,
    )
    of_layers = tuple(
        LayerTrace(
            layer_outputs=(batch, n_neurons),
            relu_outputs=(batch, n_neurons),
            deriv_relu_wrt_z=(batch, n_neurons),
            deriv_relu_wrt_inputs=(batch, n_inputs),
            deriv_relu_wrt_weights=(n_inputs, n_neurons),
            deriv_relu_wrt_biases=(1, n_neurons),
            new_weights=(n_inputs, n_neurons),
            new_biases=(1, n_neurons),
        )
        for n_inputs, n_neurons in pairwise(widths)
    )
    return (*of_layers, of_head) if head else of_layers


def numbers(shape: Shape, head: bool = False) -> int:
    """How many numbers the arrays of one case and of its trace have together."""
    batch, *widths = shape
    layers = sum(prod(pair) + pair[1] for pair in pairwise(widths))
    entries = quantity_shapes(shape, head)
    trace: int = sum(prod(sizes) for entry in entries for sizes in entry)
    return batch * (widths[0] + widths[-1]) + layers + trace


def named_arrays(case: Case) -> list[tuple[str, Array]]:
    """The arrays of one case as people know them, each as a matrix."""
    named = [("inputs" if case.layers else "layer_outputs", case.inputs[0])]
    for layer, (weights, biases) in enumerate(case.layers):
        number = f" {layer}" if len(case.layers) > 1 else ""
        named += [(f"weights{number}", weights[0]), (f"biases{number}", biases[0])]
    named.append(("upstream", case.upstream[0]))
    return named if case.targets is None else [*named, ("targets", case.targets)]


def as_json(case: Case) -> dict[str, Any]:
    """One case without its stack axis. A float32 is written as the float64 that it equals."""
    head = {} if case.targets is None else {"targets": case.targets[0].tolist()}
    linear = {"linear": list(case.linear)} if case.linear else {}
    return {
        "inputs": case.inputs[0].tolist(),
        "layers": [
            {"weights": layer.weights[0].tolist(), "biases": layer.biases[0].tolist()}
            for layer in case.layers
        ],
        "upstream": case.upstream[0].tolist(),
        "learning_rate": float(case.learning_rate),
        "dtype": case.dtype.name,
        **linear,
        **head,
    }


def from_json(written: dict[str, Any]) -> Case:
    """The case as a stack of one, with the same bits. Raises ValueError if its sizes do not fit.

    An array without rows, or without columns, gets its size from the others.
    """
    dtype = np.dtype(written["dtype"])
    batch, layers = len(written["inputs"]), written["layers"]
    first = len(layers[0]["weights"]) if layers else len(written["inputs"][0])
    widths = [first, *(len(layer["biases"][0]) for layer in layers)]
    targets = written.get("targets")

    def array(rows: list[list[float]], *shape: int) -> Array:
        return np.array(rows, dtype).reshape(1, *shape)

    return Case(
        array(written["inputs"], batch, widths[0]),
        tuple(
            Layer(array(layer["weights"], *sizes), array(layer["biases"], 1, sizes[1]))
            for layer, sizes in zip(layers, pairwise(widths), strict=True)
        ),
        array(written["upstream"], batch, widths[-1]),
        dtype.type(written["learning_rate"]),
        tuple(written.get("linear", ())),
        None if targets is None else np.array(targets, np.int64).reshape(1, batch),
    )
