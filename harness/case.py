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
    NumPy scalar. All have one dtype.
    """

    inputs: Array
    layers: tuple[Layer, ...]
    upstream: Array
    learning_rate: Any

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


# One entry a layer, from the first to the last.
Trace: TypeAlias = tuple[LayerTrace, ...]

QUANTITIES: Final = LayerTrace._fields


def pick(case: Case, index: int) -> Case:
    """The case at one place of the stack, as a stack of one."""
    return part(case, slice(index, index + 1))


def part(case: Case, places: slice | Array) -> Case:
    """The cases at some places of the stack, as a stack."""
    layers = tuple(Layer(*(array[places] for array in layer)) for layer in case.layers)
    return Case(case.inputs[places], layers, case.upstream[places], case.learning_rate)


def part_of_trace(trace: Trace, places: slice | Array) -> Trace:
    """The traces of the cases at some places of the stack."""
    return tuple(
        LayerTrace(*(array if array is None else array[places] for array in layer))
        for layer in trace
    )


def quantity_shapes(shape: Shape) -> tuple[LayerTrace, ...]:
    """The shape of every quantity of every layer, without the stack axis."""
    batch, *widths = shape
    return tuple(
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


def numbers(shape: Shape) -> int:
    """How many numbers the arrays of one case and of its trace have together."""
    batch, *widths = shape
    layers = sum(prod(pair) + pair[1] for pair in pairwise(widths))
    trace: int = sum(prod(sizes) for layer in quantity_shapes(shape) for sizes in layer)
    return batch * (widths[0] + widths[-1]) + layers + trace


def as_json(case: Case) -> dict[str, Any]:
    """One case without its stack axis. A float32 is written as the float64 that it equals."""
    return {
        "inputs": case.inputs[0].tolist(),
        "layers": [
            {"weights": layer.weights[0].tolist(), "biases": layer.biases[0].tolist()}
            for layer in case.layers
        ],
        "upstream": case.upstream[0].tolist(),
        "learning_rate": float(case.learning_rate),
        "dtype": case.dtype.name,
    }


def from_json(written: dict[str, Any]) -> Case:
    """The case as a stack of one, with the same bits. Raises ValueError if its sizes do not fit.

    An array without rows, or without columns, gets its size from the others.
    """
    dtype = np.dtype(written["dtype"])
    batch, layers = len(written["inputs"]), written["layers"]
    widths = [len(layers[0]["weights"]), *(len(layer["biases"][0]) for layer in layers)]

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
    )
