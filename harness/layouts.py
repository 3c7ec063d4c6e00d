"""The same numbers, laid out otherwise in memory: what a formula must not notice.

An array is more than its numbers: its rows may lie in any order and at any distance, share one
memory, or be written in the other order of bytes. Code that reads the memory instead of the array
(`ravel(order="K")`, `view`, `np.frombuffer`, an assignment to a `reshape` that happens to be a
view) is right as long as everything lies in C order, and wrong on the first transposed array.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from harness.case import Array


class Layout(NamedTuple):
    """A layout's name in plain words, and what brings a 2-D array into it.

    `of` returns a new array of the same values, or None if this array has no such layout. One that
    is not `writable` is not for an argument that a formula may update in place.
    """

    name: str
    of: Callable[[Array], Array | None]
    writable: bool = True


def _fortran(array: Array) -> Array:
    return np.array(array, order="F")


def _reversed(array: Array) -> Array:
    return np.flip(np.flip(array).copy())


def _with_gaps(array: Array) -> Array:
    """What lies between the elements is NaN, so that reading it shows."""
    rows, columns = array.shape
    wider = np.full((2 * rows, 3 * columns), np.nan, array.dtype)
    wider[::2, ::3] = array
    return wider[::2, ::3]


def _one_row_many_times(array: Array) -> Array | None:
    """Only for an array whose rows are equal."""
    if len(array) < 2 or (array != array[0]).any():
        return None
    return np.broadcast_to(array[0].copy(), array.shape)


def _byte_swapped(array: Array) -> Array:
    return array.astype(array.dtype.newbyteorder())


def _unaligned(array: Array) -> Array:
    memory = np.zeros(array.nbytes + 1, np.uint8)[1:]
    result = memory.view(array.dtype).reshape(array.shape)
    result[...] = array
    return result


def _read_only(array: Array) -> Array:
    result = array.copy()
    result.flags.writeable = False
    return result


LAYOUTS: Final = (
    Layout("Fortran order", _fortran),
    Layout("negative strides", _reversed),
    Layout("a slice with gaps", _with_gaps),
    Layout("one row, broadcast", _one_row_many_times, writable=False),
    Layout("byte-swapped", _byte_swapped),
    Layout("unaligned", _unaligned),
    Layout("read-only", _read_only, writable=False),
)
