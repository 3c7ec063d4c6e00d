"""A disagreement for people: who says what, the smallest case that shows it, and what it is."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import numpy as np

from harness import case as cases
from harness.case import Array
from harness.compare import is_bit_for_bit
from harness.finding import DERIVATION, VALUES
from harness.table import listed

# The row of labels to the left of a finding's text.
LABEL = 12
# An array of more elements is not shown: nobody reads it here, and the JSON has it.
LARGE = 500
# From so many witnesses on, those that agree are counted, not named.
MANY = 3


def example(finding: dict[str, Any], formulas: Mapping[str, str]) -> Iterator[str]:
    """The lines of one of a verdict's disagreements; `formulas` says where each comes from."""
    formula, quantity, kind = finding["formula"], finding["quantity"], finding["kind"]
    if kind == VALUES:
        yield from _parties(finding, f"{formulas[formula]}, {formula}")
        yield _labelled("regime", _regime(finding["regime"]))
    else:
        where = f"layer {finding['layer']}"
        yield (
            f"{formula} {kind} ({formulas[formula]}, for {quantity}, {where})"
            if finding["outlier"] == DERIVATION
            else f"{finding['outlier']} {kind}"
            + (f": {quantity}, {where}, index {finding['index']}" if finding["index"] else "")
        )
        yield _labelled("expected", finding["expected"])
        yield _labelled("observed", finding["observed"])
    case = cases.from_json(finding["case"])
    found = "the smallest found" if finding["smallest"] else "as it was met"
    yield _labelled("case", f"{case.dtype}, learning rate {case.learning_rate!s}, {found}:")
    named: list[tuple[str, Array]] = [("inputs", case.inputs[0])]
    for layer, (weights, biases) in enumerate(case.layers):
        number = f" {layer}" if len(case.layers) > 1 else ""
        named += [(f"weights{number}", weights[0]), (f"biases{number}", biases[0])]
    yield from _matrices([*named, ("upstream", case.upstream[0])])
    if finding["arrays"]:
        # Text stands where JSON has no number: NaN and infinity.
        arrays = [
            (said, np.array([[float(value) for value in row] for row in rows], case.dtype))
            for said, rows in finding["arrays"].items()
        ]
        mark = ", the element marked" if arrays[0][1].size > 1 else ""
        yield _labelled("", f"{quantity}{mark}:")
        yield from _matrices(arrays, tuple(finding["index"]))
        yield from _census(finding["census"])
    if finding["mistakes"] is not None:
        yield from _diagnosis(finding)
    yield _labelled("reproduce", finding["reproduce"])


def _parties(finding: dict[str, Any], by_hand: str) -> Iterator[str]:
    """A disagreement in values: where it is, and who says what."""
    quantity, framework = finding["quantity"], finding["framework"]
    where = f"layer {finding['layer']}, index {finding['index']}"
    if finding["outlier"] == DERIVATION:
        yield f"{quantity} disagrees with {framework}: {where}"
        right, wrong = framework, by_hand
    else:
        yield f"{framework} stands alone in {quantity}: {where}"
        right, wrong = by_hand, framework
    others = finding["agreeing"]
    agreeing = others if len(others) < MANY else [f"{len(others)} others"]
    agree = f"; {listed(agreeing)} {'agrees' if len(others) == 1 else 'agree'}" if others else ""
    yield _labelled("expected", f"{finding['expected']}   ({right}{agree})")
    yield _labelled("observed", f"{finding['observed']}   ({wrong})")


def _regime(regime: str) -> str:
    if is_bit_for_bit(regime):
        return "exact: rounding cannot explain any difference"
    return f"{regime}: more than rounding can explain, in any order of summation"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{LABEL - 2}}{text}"


def _census(census: dict[str, Any]) -> Iterator[str]:
    worst, (layer, *index) = census["worst"], census["worst"]["layer_and_index"]
    share = f"{census['differing']:,} of {census['compared']:,} elements differ in the whole run"
    yield _labelled("census", share)
    if census["constant_ratio"] is not None:
        yield _labelled("", f"observed / expected is always {census['constant_ratio'] + 0.0:g}")
    ulps = f"{float(worst['ulps']):.3g} units in the last place"
    yield _labelled("", f"worst: {ulps}, layer {layer}, index {index}:")
    yield _labelled("", f"expected {worst['expected']}, observed {worst['observed']}")


def _diagnosis(finding: dict[str, Any]) -> Iterator[str]:
    """The lessons of the mistakes that it may be, or else the pattern of the errors."""
    for place, mistake in enumerate(finding["mistakes"]):
        name = mistake["name"].replace("_", " ")
        yield from _wrapped("or" if place else "mistake", f"{name}: {mistake['lesson']}")
    if not finding["mistakes"]:
        yield _labelled("mistake", "no known mistake does this")
    if finding["pattern"]:
        yield from _wrapped("pattern", f"{finding['pattern']}, in every case that was tried")


def _wrapped(label: str, text: str) -> Iterator[str]:
    # A hyphen may be a number's sign.
    first, *others = wrap(text, 80 - LABEL, break_on_hyphens=False)
    yield _labelled(label, first)
    for line in others:
        yield _labelled("", line)


def _matrices(named: Sequence[tuple[str, Array]], marked: tuple[int, ...] = ()) -> Iterator[str]:
    """Matrices side by side under their names, in the document's notation."""
    blocks = [[name, *_rows(array, marked)] for name, array in named]
    widths = [max(map(len, block)) for block in blocks]
    if sum(widths) + 2 * len(widths) > 80 - LABEL and len(blocks) > 1:
        middle = len(blocks) // 2
        yield from _matrices(named[:middle], marked)
        yield from _matrices(named[middle:], marked)
        return
    for row in zip_longest(*blocks, fillvalue=""):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"{'':{LABEL}}{'  '.join(cells)}".rstrip()


def _rows(array: Array, marked: tuple[int, ...]) -> list[str]:
    if not array.size:
        return [f"empty, shape {array.shape}"]
    if array.size > LARGE:
        return [f"shape {array.shape}"]
    cells = [[_number(value) for value in row] for row in array]
    if marked and array.size > 1:
        cells[marked[0]][marked[1]] = f">{cells[marked[0]][marked[1]]}<"
    width = max(len(cell) for row in cells for cell in row)
    last = len(cells) - 1
    return [
        f"{' [' if i else '[['}{' '.join(f'{cell:>{width}}' for cell in row)}{']]' if i == last else ']'}"
        for i, row in enumerate(cells)
    ]


def _number(value: Any) -> str:
    """The shortest text that reads back to the same number: '3.' as NumPy prints it."""
    if not np.isfinite(value) or value == 0 or 1e-4 <= abs(value) < 1e12:
        return np.format_float_positional(value, trim=".")
    return np.format_float_scientific(value, trim=".")
