"""What spellings of ReLU give where mathematics does not say: measured, written down, compared.

At z = 0 ReLU has no derivative; at NaN, at infinities and at subnormal numbers floating point
leaves choices; and an upstream gradient of NaN or infinity tells a mask that selects from a mask
that multiplies. Each spelling is asked for its value and its gradient at every such point, for an
element alone and for one among 64, since a vectorized kernel may answer otherwise than the loop
over its remainder. `adapters/conventions.toml` keeps the answers, so that one that moves is seen.

A number is a word: `nan` (any NaN: neither its sign nor its payload is told), `inf`, `-0`, `tiny`
(the dtype's smallest subnormal), or decimal. A cell is a word, or, where an element's place among
others decides, all its answers joined by `|`, the lone element's first.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

import ml_dtypes
import numpy as np

from harness.case import Array, Relu

POINTS: Final = ("0", "-0", "nan", "inf", "-inf", "tiny", "-tiny")
UPSTREAMS: Final = ("2", "0", "nan", "inf", "-inf")
DTYPES: Final = {
    np.dtype(each).name: np.dtype(each)
    for each in (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)
}
FORWARD: Final = "forward"
QUANTITIES: Final = (FORWARD, *(f"upstream {upstream}" for upstream in UPSTREAMS))
# Longer than any vector register times the unrolling of today's kernels, and a multiple of both.
AMONG: Final = 64


class Row(NamedTuple):
    """Where a row of cells stands; `quantity` is one of QUANTITIES."""

    framework: str
    spelling: str
    dtype: str
    quantity: str


class Conventions(NamedTuple):
    """Each framework's version, and for each row a cell a point."""

    versions: dict[str, str]
    rows: dict[Row, tuple[str, ...]]


def measure(framework: str, version: str, relus: Mapping[str, Relu]) -> Conventions:
    """Ask every spelling of one framework; without spellings there is no framework, either.

    A dtype for which a spelling raises NotImplementedError has no rows. Raises ValueError where
    it returns another shape or dtype than z's.
    """
    rows: dict[Row, tuple[str, ...]] = {}
    for (spelling, relu), (name, dtype) in product(relus.items(), DTYPES.items()):
        try:
            cells = _cells(relu, dtype)
        except NotImplementedError:
            continue
        except ValueError as error:
            raise ValueError(f"{framework}, {spelling}, {name}: {error}") from error
        rows |= {Row(framework, spelling, name, quantity): cells[quantity] for quantity in cells}
    return Conventions({framework: version} if rows else {}, rows)


def _cells(relu: Relu, dtype: np.dtype[Any]) -> dict[str, tuple[str, ...]]:
    """One spelling in one dtype: a row of cells for each quantity."""
    pairs = list(product(POINTS, UPSTREAMS))
    z, upstream = (
        np.array([[number(word, dtype)] for word in words], dtype)
        for words in zip(*pairs, strict=True)
    )
    # Element by element (1, 1), then each pair as a row of equal elements (pairs, AMONG).
    asked = [(z[at : at + 1], upstream[at : at + 1]) for at in range(len(pairs))]
    asked.append((np.repeat(z, AMONG, axis=1), np.repeat(upstream, AMONG, axis=1)))
    *alone, among = (_answer(relu, *each) for each in asked)
    seen: dict[tuple[str, str], list[Any]] = {}
    for at, (point, of) in enumerate(pairs):
        for which, quantity in enumerate((FORWARD, f"upstream {of}")):
            answers = [*alone[at][which].flat, *among[which][at].flat]
            seen.setdefault((quantity, point), []).extend(answers)
    return {
        quantity: tuple(
            "|".join(dict.fromkeys(word_of(value, dtype) for value in seen[quantity, point]))
            for point in POINTS
        )
        for quantity in QUANTITIES
    }


def _answer(relu: Relu, z: Array, upstream: Array) -> tuple[Array, Array]:
    with np.errstate(all="ignore"):
        results = relu(z, upstream)
    for result in results:
        if (result.shape, result.dtype) != (z.shape, z.dtype):
            found = f"{result.dtype} of shape {result.shape}"
            raise ValueError(f"returned {found}, expected {z.dtype} of shape {z.shape}")
    return results


def number(word: str, dtype: np.dtype[Any]) -> float:
    """The number that a word stands for."""
    return float(word.replace("tiny", str(_tiny(dtype))))


def word_of(value: Any, dtype: np.dtype[Any]) -> str:
    """The word for a number."""
    exact, tiny = float(value), _tiny(dtype)
    return {tiny: "tiny", -tiny: "-tiny"}.get(exact, repr(exact).removesuffix(".0"))


def _tiny(dtype: np.dtype[Any]) -> float:
    return float(np.array(1, f"u{dtype.itemsize}").view(dtype))


def of(conventions: Conventions, framework: str) -> Conventions:
    """What concerns one framework; nothing, if it is not there."""
    versions = {name: each for name, each in conventions.versions.items() if name == framework}
    rows = {row: cells for row, cells in conventions.rows.items() if row.framework == framework}
    return Conventions(versions, rows)


def compare(recorded: Conventions, measured: Conventions) -> list[str]:
    """One line for each thing that is not as recorded; none where all is."""
    return [*_one_sided(recorded, measured), *_drifts(recorded, measured)]


def _one_sided(recorded: Conventions, measured: Conventions) -> Iterator[str]:
    """What only one of the two has: a framework, else a spelling of it, else a dtype of that."""
    told: set[tuple[str, ...]] = set()
    for length in (1, 2, 3):
        old, new = ({row[:length]: None for row in each.rows} for each in (recorded, measured))
        for place in [*new, *old]:
            if (place in old) == (place in new) or any(place[:n] in told for n in range(1, length)):
                continue
            told.add(place)
            where = ", ".join(place)
            if place in new:
                yield f"{where}: not in the file (measured with {measured.versions[place[0]]})"
            else:
                yield f"{where}: in the file, but nothing offers it"


def _drifts(recorded: Conventions, measured: Conventions) -> Iterator[str]:
    for row, cells in measured.rows.items():
        for point, old, new in zip(POINTS, recorded.rows.get(row, cells), cells, strict=True):
            if old != new:
                framework, spelling, dtype, quantity = row
                before, now = (each.versions[framework] for each in (recorded, measured))
                what = quantity if quantity == FORWARD else f"gradient of {quantity}"
                yield (
                    f"{framework} {now} (the file: {before}), {spelling}, {dtype}, z = {point}: "
                    f"{what} was {spoken(old)}, is {spoken(new)}"
                )


def spoken(cell: str) -> str:
    """A cell as a sentence has it."""
    alone, bar, others = cell.partition("|")
    return f"{alone} alone and {others.replace('|', ' or ')} among {AMONG}" if bar else alone
