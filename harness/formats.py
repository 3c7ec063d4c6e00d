"""The floating-point formats under test, and what each of them commits.

bfloat16 is `ml_dtypes`'; NumPy has no arithmetic of its own for it.
"""

from typing import Any, Final, NamedTuple

import ml_dtypes
import numpy as np

from harness import ulps

FORMATS: Final[tuple[np.dtype[Any], ...]] = (
    np.dtype(np.float64),
    np.dtype(np.float32),
    np.dtype(np.float16),
    np.dtype(ml_dtypes.bfloat16),
)
# The formats of half the width: their numbers are added in float32 by some, and rounded once.
HALF: Final = FORMATS[2:]
BFLOAT16: Final = FORMATS[3]


class Precision(NamedTuple):
    """What a tested dtype commits: significant bits, unit roundoff 2^-bits, smallest normal.

    The unit roundoffs are numbers of the wide dtype: what is computed of them must not round as
    a Python float would, for no inflation covers that. The libraries' exp and log are off by so
    many units in the last place.
    """

    bits: int
    unit_roundoff: Any
    smallest_normal: float
    wide: np.dtype[Any]
    wide_unit_roundoff: Any
    exp_ulps: float
    log_ulps: float


class Range(NamedTuple):
    """The exponents of a dtype: normal numbers lie in [2^lowest, 2^beyond)."""

    lowest: int
    beyond: int


def precision(dtype: np.dtype[Any]) -> Precision:
    """The precision of a format; midpoints are in float64, or float64's own in NumPy's longdouble.

    Where longdouble is no wider than float64 the midpoints' own rounding doubles the radius,
    which stays certified. Raises TypeError for what is not under test (integers, complex numbers).
    """
    if dtype not in FORMATS:
        known = ", ".join(each.name for each in FORMATS)
        raise TypeError(f"expected a case of dtype {known}, not {dtype}")
    tested: Any = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    finfo: Any = np.finfo  # NumPy's types do not know finfo of a dtype that is not a literal
    wide = np.dtype(np.longdouble if dtype == np.float64 else np.float64)
    bits = int(tested.nmant) + 1
    smallest = float(tested.smallest_normal)
    off = (ulps.bound(function, dtype.name) for function in ("exp", "log"))
    return Precision(bits, wide.type(2.0**-bits), smallest, wide, finfo(wide).eps / 2, *off)


def exponent_range(dtype: np.dtype[Any]) -> Range:
    """The range of a format's normal numbers."""
    tested: Any = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]
    return Range(int(tested.minexp), int(tested.maxexp))


def carrier(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype in which NumPy code computes with a format's numbers: float32 for bfloat16.

    NumPy promotes, refuses or keeps bfloat16 from one function to the next; in float32 any code
    runs, and its results are rounded once.
    """
    return np.dtype(np.float32) if dtype == BFLOAT16 else dtype
