"""A few compiled shapes for all: a case filled up with zeros is the same case.

A framework that compiles takes a tenth of a second for each new shape, and as long as ten thousand
cases for the compilation alone. So small cases are filled up with zeros to a cube of 2, 4 or 8, and
stacks to a few lengths; what comes back is cut to the case's own shape.

That changes nothing. Take any sum for an element of the case itself. A new input or neuron adds a
product with one of its weights, 0. A new sample, whose z is the bias, adds a product with its
deriv_relu_wrt_z, or that itself: 0 on either side of the kink and at it, for its upstream is 0, in
every layer from the last to the first. The other factors are finite. So each new term is 0, and
adding 0 is exact, in any order, fused or not. What is exact stays exact, bit for bit, and what
rounds is rounded no more often than between its own terms, so that the certified radius holds as
it stands. A zero may change its sign, which is not compared. A batch of 0 is not filled up: it is
an edge of its own.

What a shape does to an adapter would not show, so a part of the cases runs at its true shape.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import numpy as np

from harness.case import Array, Case, Layer, LayerTrace, Shape, Trace, quantity_shapes

# Every dimension of a case is filled up to the first of these that holds them all.
CUBES: Final = (2, 4, 8)
# A stack is filled up to this length, or so many times it: but not one of cases with so many inputs
# that they cost more than a compilation.
LENGTH: Final = 128
TIMES: Final = (1, 2, 4, 8, 16, 32)
LARGE: Final = 256


def trace_padded(trace: Callable[[Case], Trace], case: Case, at_true_shape: bool = False) -> Trace:
    """What `trace` gives for the padded stack, cut to the case; or padded in length alone."""
    shape = case.shape if at_true_shape else padded_shape(case.shape)
    length = padded_length(len(case.inputs), shape)
    if (shape, length) == (case.shape, len(case.inputs)):
        return trace(case)
    return cut(trace(padded(case, shape, length)), case.shape, len(case.inputs))


def padded_shape(shape: Shape) -> Shape:
    """The shape that a case is filled up to: its own, if it is large or its batch is empty."""
    cube = next((size for size in CUBES if max(shape) <= size), None)
    return shape if cube is None or not min(shape) else (cube,) * len(shape)


def padded_length(count: int, shape: Shape) -> int:
    """The number of cases that a stack of this shape is filled up to."""
    if shape[0] * shape[1] >= LARGE:
        return count
    lengths = (LENGTH * times for times in TIMES)
    longest = LENGTH * TIMES[-1]
    return next((each for each in lengths if count <= each), -(-count // longest) * longest)


def padded(case: Case, shape: Shape, length: int) -> Case:
    """The stack filled up with zeros to a shape and a length."""
    batch, *widths = shape

    def filled(array: Array, *sizes: int) -> Array:
        larger = np.zeros((length, *sizes), array.dtype)
        larger[tuple(map(slice, array.shape))] = array
        return larger

    layers = tuple(
        Layer(filled(weights, n_inputs, n_neurons), filled(biases, 1, n_neurons))
        for (weights, biases), (n_inputs, n_neurons) in zip(
            case.layers, pairwise(widths), strict=True
        )
    )
    inputs = filled(case.inputs, batch, widths[0])
    return Case(inputs, layers, filled(case.upstream, batch, widths[-1]), case.learning_rate)


def cut(trace: Trace, shape: Shape, count: int) -> Trace:
    """The corner of every quantity that belongs to a case of this shape, for `count` cases."""

    def corner(array: Any, sizes: tuple[int, ...]) -> Any:
        return array[(slice(count), *map(slice, sizes))]

    return tuple(
        LayerTrace(*map(corner, layer, sizes))
        for layer, sizes in zip(trace, quantity_shapes(shape), strict=True)
    )
