"""Arithmetic on midpoints, which are float64 or, for float64 itself, NumPy's longdouble.

That has eleven bits more on x86-64, and is slow: no library for matrices has it, and each operation
takes as long as ten of float64. So it is used for products and sums, and no longer than needed.
"""

from typing import Any, Final

import numpy as np

from harness.case import Array

# One zero for all elements: nothing has to be computed of it.
NOTHING: Final = np.zeros(())
# And one False.
NOWHERE: Final = np.zeros((), bool)


def matmul(one: Array, other: Array) -> Array:
    """one @ other; in longdouble row by column, which is faster (from NumPy 2.0 on)."""
    if one.dtype == np.longdouble and hasattr(np, "vecdot"):
        rows, columns = one[..., :, None, :], other.swapaxes(-1, -2)[..., None, :, :]
        product: Array = np.vecdot(rows, columns)
    else:
        product = np.matmul(one, other)
    return product


def halves(array: Array) -> tuple[Array, Array]:
    """Each number's nearest float64, and the rest; NOTHING where they are float64."""
    near = array.astype(np.float64, copy=False)
    if array.dtype == np.float64:
        return near, NOTHING
    with np.errstate(invalid="ignore"):  # infinity has no rest
        return near, (array - near).astype(np.float64)


def either(function: Any, one: Array, other: Array) -> Array:
    """The function of both, or the other of the two if one is nothing for all elements."""
    if one is NOTHING or one is NOWHERE:
        return other
    return one if other is NOTHING or other is NOWHERE else function(one, other)
