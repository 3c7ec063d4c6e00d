"""How far a sum may be from the one that an implementation computes, by rounding and underflow.

Rounding. On the way through a sum of k terms a term meets at most k - 1 additions, and one
multiplication before if it is a product: n roundings. Whatever the order, computed =
sum t_i (1 + theta_i) with |theta_i| <= gamma_n = n u / (1 - n u) (Higham, Accuracy and Stability
of Numerical Algorithms, 2nd ed., Lemma 3.1 and section 4.2).

Underflow. A result that is flushed, or rounded to a subnormal, loses less than the smallest
normal number, lambda. It then holds a product that no flush has lost yet, or two plain terms:
one normal number alone is not below lambda. Flushed terms are zero from there on and lost only
once, so at most products + floor(plain / 2) lambdas are lost, each then rounded like a term:

    lost   = lambda (products + floor(plain / 2))
    radius = spread + lost + gamma_n (mass + lost).

A half format's partial result that is rounded to float32 first is off by (1 + u)(1 + u'), where
u' = 2^-24 <= u^2 / (1 - u^2); that is at most 1 / (1 - u), and the bound of Lemma 3.1 holds for
n factors of this size as it does for n of 1 + u.

The exact sum's own computation in the wider dtype, and partial results in it, add twice that
dtype's own gamma_n. Radii, spreads and masses are float64 whatever the midpoints are, sums of
products of non-negative numbers: a relative inflation covers their own rounding, and that of a lost
lambda their underflow.
"""

from typing import Any, Final

import numpy as np

from harness.case import Array
from harness.formats import Precision

# The unit roundoff of the radii themselves.
RADII: Final = 2.0**-53


def gamma(roundings: int, unit_roundoff: Any) -> Any:
    """Higham's gamma_n: the largest relative effect of n roundings on one term of a sum."""
    if roundings * unit_roundoff >= 0.5:
        raise ValueError(f"{roundings} roundings at unit roundoff {unit_roundoff} bound nothing")
    return roundings * unit_roundoff / (1 - roundings * unit_roundoff)


def roundings(products: int, plain: int) -> int:
    """How often a term of such a sum is rounded at most; a single number is not."""
    terms = products + plain
    return max(terms - 1, 0) + (products > 0)


def radius_of_sum(
    tested: Precision, mass: Array, spread: Array | None, products: int, plain: int
) -> Array:
    """The radius of a sum of so many products and plain terms; no spread is 0 for all elements."""
    p, n = tested, roundings(products, plain)
    relative = float(gamma(n, p.unit_roundoff) + 2 * gamma(n, p.wide_unit_roundoff))
    lost = p.smallest_normal * (products + plain // 2)
    # 8 covers the handful of operations around the sums.
    inflation = 1 + 4 * (n + 8) * RADII
    radius: Array = mass * (relative * inflation)
    radius += (1 + relative) * lost * inflation
    if spread is not None:
        radius += spread * inflation
    return radius


def unit_in_last_place(tested: Precision, magnitude: Array) -> Array:
    """Of a number of this magnitude; below the smallest normal number it is that number's."""
    exponent = np.frexp(np.maximum(magnitude, tested.smallest_normal))[1]
    unit: Array = np.ldexp(1.0, exponent - tested.bits)
    return unit
