"""How each witness adds up numbers of a half format: told, and never judged.

A framework may multiply and add in float32 and round once; or round the products and add these in
float32; or round every product and every partial sum. All of that is inside the certified radius.
Here each is computed from the witness's own arguments, and where the answers differ it is seen
whose the witness has.

The numbers asked for are 0 or from 1 to 2 in magnitude, so that float64 holds every sum exactly,
and what float32 may lose on the way is known: where that could decide, an element is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from textwrap import wrap
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Array, Case, Layer, LayerTrace, Shape
from harness.formats import HALF
from harness.rounding import gamma
from harness.witness import Witness, trace_of

ONCE: Final = "rounded once"
PRODUCTS: Final = "rounded product by product, then once"
EACH: Final = "rounded each time"
SOME: Final = "rounded now so, now so"
OTHER: Final = "added in some other order"

DOTS: Final = "dot products"
COLUMNS: Final = "column sums"
# The shapes asked, each with a stack of so many cases: a few terms, and enough for any kernel.
SHAPES: Final[dict[Shape, int]] = {(3, 4, 3): 64, (32, 64, 32): 2}


class Seen(NamedTuple):
    """One kind of sums of one witness, where the answers differ."""

    framework: str
    dtype: str
    sums: str
    elements: int
    equal: dict[str, int]  # how many elements each way gives
    other: int  # how many none gives

    @property
    def way(self) -> str:
        """The way of all elements, if there is one. A column has no products, so the first."""
        always = [way for way, count in self.equal.items() if count == self.elements]
        return always[0] if always else OTHER if self.other else SOME


def seen(witnesses: Iterable[Witness]) -> list[Seen]:
    """Dot products and column sums in both half formats, as each witness computes them.

    Raises WitnessError.
    """
    found = []
    for witness in witnesses:
        for dtype in HALF:
            asked = [case(shape, dtype, count) for shape, count in SHAPES.items()]
            layers = [trace_of(witness, each)[0] for each in asked]
            for sums, terms_of in {DOTS: dot_products, COLUMNS: column_sums}.items():
                parts = chain.from_iterable(map(terms_of, asked, layers))
                found.append(Seen(witness.name, dtype.name, sums, *_counted(parts, dtype)))
    return found


def case(shape: Shape, dtype: np.dtype[Any], count: int) -> Case:
    """A stack for one layer, of numbers from 1 to 2 in magnitude; the same at each call."""
    batch, n_inputs, n_neurons = shape
    rng = np.random.default_rng(0)

    def numbers(*sizes: int) -> Array:
        drawn = rng.uniform(1, 2, (count, *sizes)) * rng.choice([-1.0, 1.0], (count, *sizes))
        rounded: Array = drawn.astype(dtype)
        return rounded

    layer = Layer(numbers(n_inputs, n_neurons), numbers(1, n_neurons))
    return Case(numbers(batch, n_inputs), (layer,), numbers(batch, n_neurons), dtype.type(1))


def dot_products(asked: Case, layer: LayerTrace) -> list[tuple[Array, Array]]:
    """The two gradients that are dot products, each with its products along a last axis."""
    inputs, weights, wrt_z = (
        array.astype(np.float64)
        for array in (asked.inputs, asked.layers[0].weights, layer.deriv_relu_wrt_z)
    )
    over_neurons = wrt_z[:, :, None, :] * weights[:, None, :, :]
    over_batch = inputs[:, :, :, None] * wrt_z[:, :, None, :]
    return [
        (layer.deriv_relu_wrt_inputs, over_neurons),
        (layer.deriv_relu_wrt_weights, np.moveaxis(over_batch, 1, -1)),
    ]


def column_sums(_: Case, layer: LayerTrace) -> list[tuple[Array, Array]]:
    """The gradient of the biases, with its terms along a last axis."""
    terms = np.swapaxes(layer.deriv_relu_wrt_z.astype(np.float64), 1, 2)
    return [(layer.deriv_relu_wrt_biases[:, 0], terms)]


def _counted(
    parts: Iterable[tuple[Array, Array]], dtype: np.dtype[Any]
) -> tuple[int, dict[str, int], int]:
    """Of sums beside their terms: the fields of Seen from `elements` on."""
    elements = other = 0
    equal = dict.fromkeys((ONCE, PRODUCTS, EACH), 0)
    for observed, terms in parts:
        answers, sure = ways(terms, dtype)
        differ = sure & np.any([answer != answers[ONCE] for answer in answers.values()], axis=0)
        same = {way: differ & (observed == answer) for way, answer in answers.items()}
        elements += int(differ.sum())
        other += int((differ & ~np.any(list(same.values()), axis=0)).sum())
        equal = {way: count + int(same[way].sum()) for way, count in equal.items()}
    return elements, equal, other


def ways(terms: Array, dtype: np.dtype[Any]) -> tuple[dict[str, Array], Array]:
    """The sum over the last axis in each way; and where float32's own rounding cannot change it.

    terms are exact in float64, as are all sums of them.
    """

    def rounded(numbers: Array) -> Array:
        result: Array = numbers.astype(dtype).astype(np.float64)
        return result

    answers, sure = {}, np.ones(terms.shape[:-1], bool)
    for way, added in {ONCE: terms, PRODUCTS: rounded(terms)}.items():
        total = added.sum(axis=-1)
        lost = gamma(terms.shape[-1], 2.0**-24) * np.abs(added).sum(axis=-1)
        answers[way] = rounded(total)
        sure &= rounded(total - lost) == rounded(total + lost)
    answers[EACH] = np.zeros(terms.shape[:-1])
    for place in range(terms.shape[-1]):
        answers[EACH] = rounded(answers[EACH] + rounded(terms[..., place]))
    return answers, sure


def as_json(found: Iterable[Seen]) -> list[dict[str, Any]]:
    """The `accumulation` list of the verdict."""
    return [each._asdict() | {"way": each.way} for each in found]


def lines(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The same for people: one sentence for all witnesses that do the same."""
    seen_of: dict[str, dict[str, dict[str, str]]] = {}
    for each in found:
        by_dtype = seen_of.setdefault(each["framework"], {})
        by_dtype.setdefault(each["dtype"], {})[each["sums"]] = each["way"]
    groups: dict[str, list[str]] = {}
    for name, by_dtype in seen_of.items():
        dtypes: dict[str, list[str]] = {}
        for dtype, by_sums in by_dtype.items():
            dtypes.setdefault(_spoken(by_sums), []).append(dtype)
        said = "; ".join(f"in {' and '.join(each)} {way}" for way, each in dtypes.items())
        groups.setdefault(said, []).append(name)
    for said, names in groups.items():
        yield from wrap(f"Not judged: {said}, by {', '.join(names)}.", 80, subsequent_indent="  ")


def _spoken(by_sums: dict[str, str]) -> str:
    if by_sums[DOTS] == by_sums[COLUMNS]:
        return f"every sum is {by_sums[DOTS]}"
    return f"{DOTS} are {by_sums[DOTS]}, {COLUMNS} {by_sums[COLUMNS]}"
