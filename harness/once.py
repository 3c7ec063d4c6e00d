"""Equal calls are made once.

A formula is compared with every witness on that witness's own values of its arguments, and most of
these are the same to the bit, whoever they come from: the case's own arrays, and what is computed
of them without rounding. What a formula, or a ball, makes of the same arguments is the same. So it
is kept while the witnesses of one stack are gone through, and only the cases of the stack on which
the next witness has other arguments are computed again.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from harness.case import Array
from harness.derivation import Step
from harness.walk import Call

# Of each step at each layer: the arguments of its calls, and the results.
Made: TypeAlias = dict[tuple[Step, int], list[tuple[Sequence[Any], Sequence[Any]]]]
# A result for the whole stack; the places of the cases of another result, and that.
Patch: TypeAlias = Callable[[Any, Array, Any], Any]


def once(call: Call, made: Made, patch: Patch) -> Call:
    """The same call, but not for arguments that it was made for already.

    One that ends in a fault is made for the whole stack, so that each witness has the fault.
    """

    def once(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        calls = made.setdefault((step, layer), [])
        others = [_other(before, arguments) for before, _ in calls]
        for other, (_, results) in zip(others, calls, strict=True):
            if not other.any():
                return results
        if others and others[0].ndim and np.count_nonzero(others[0]) * 2 < others[0].size:
            places = np.flatnonzero(others[0])
            few = [each[places] if each.ndim else each for each in arguments]
            some = call(step, layer, few)
            if _known(some):
                pairs = zip(calls[0][1], some, strict=True)
                results = [patch(result, places, part) for result, part in pairs]
                calls.append((arguments, results))
                return results
        results = call(step, layer, arguments)
        if _known(results):
            calls.append((arguments, results))
        return results

    return once


def patched(result: Array, places: Array, part: Array) -> Array:
    """A stack of arrays with those of some places from elsewhere."""
    result = result.copy()
    result[places] = part
    return result


def _known(results: Sequence[Any]) -> bool:
    return not any(result is None for result in results)


def _other(before: Sequence[Any], arguments: Sequence[Any]) -> Array:
    """The cases of the stack on which some argument has other bits, or True for all of them."""
    other = np.zeros((), bool)
    for one, another in zip(before, arguments, strict=True):
        if one is another:
            continue
        if not (isinstance(one, np.ndarray) and isinstance(another, np.ndarray)):
            return np.ones((), bool)
        bits = np.dtype(f"u{one.dtype.itemsize}")
        other = other | (one.view(bits) != another.view(bits)).any(axis=tuple(range(1, one.ndim)))
    return other
