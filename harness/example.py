"""A disagreement for people: who says what, the smallest case that shows it, and what it is."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from harness import case as cases
from harness.advice import on
from harness.case import Array
from harness.compare import is_bit_for_bit
from harness.finding import DERIVATION, VALUES
from harness.table import listed
from harness.terminal import WIDTH, fold, folded, printable

# The row of labels to the left of a finding's text.
LABEL = 12
# An array of more elements is not shown: nobody reads it here, and the JSON has it.
LARGE = 500
# From so many witnesses on, those that agree are counted, not named.
MANY = 3


def example(finding: dict[str, Any], formulas: Mapping[str, str]) -> Iterator[str]:
    """The lines of one of a verdict's disagreements; `formulas` says where each comes from."""
    formula, quantity, kind = finding["formula"], finding["quantity"], finding["kind"]
    *inside, subject = finding["place"].split(", ")
    if kind == VALUES:
        yield from _parties(finding, f"{formulas[formula]}, {finding['place']}")
        yield from _labelled("regime", _regime(finding["regime"]))
    else:
        where = place_of(finding)
        if finding["outlier"] == DERIVATION:
            where = f"{subject} {kind}: {quantity}, {where}"
            of = ", ".join([formulas[formula], *inside])
        else:
            index = finding["index"]
            more = f": {quantity}, {where}, index {index}" if index else ""
            where, of = f"{finding['outlier']} {kind}{more}", finding["outlier"]
        yield from folded([where])
        yield from _labelled("expected", finding["expected"])
        yield from _labelled("observed", f"{finding['observed']}   ({of})")
    by_values = kind == VALUES and finding["outlier"] == DERIVATION
    if not by_values:
        yield from _advice(finding)
    case = cases.from_json(finding["case"])
    found = "the smallest found" if finding["smallest"] else "as it was met"
    rate = f"learning rate {case.learning_rate!s}, " if case.layers else ""
    yield from _labelled("case", f"{case.dtype}, {rate}{found}:")
    yield from _matrices(cases.named_arrays(case))
    if finding["arrays"]:
        # Text stands where JSON has no number: NaN and infinity.
        arrays = [
            (said, np.array([[float(value) for value in row] for row in rows], case.dtype))
            for said, rows in finding["arrays"].items()
        ]
        mark = ", the element marked" if arrays[0][1].size > 1 else ""
        yield from _labelled("", f"{quantity}{mark}:")
        yield from _matrices(arrays, tuple(finding["index"]))
        yield from _census(finding)
    if finding["mistakes"] is not None:
        yield from _diagnosis(finding)
    if by_values and not finding["mistakes"]:
        yield from _advice(finding)
    yield from reproduce(finding["reproduce"])


def _parties(finding: dict[str, Any], by_hand: str) -> Iterator[str]:
    """A disagreement in values: where it is, and who says what."""
    quantity, framework = finding["quantity"], finding["framework"]
    index = f", index {finding['index']}" if finding["index"] else ""
    where = f"{place_of(finding)}{index}"
    if finding["outlier"] == DERIVATION:
        yield from folded([f"{quantity} disagrees with {framework}: {where}"])
        right, wrong = framework, by_hand
    else:
        yield from folded([f"{framework} stands alone in {quantity}: {where}"])
        right, wrong = by_hand, framework
    others = finding["agreeing"]
    agreeing = others if len(others) < MANY else [f"{len(others)} others"]
    agree = f"; {listed(agreeing)} {'agrees' if len(others) == 1 else 'agree'}" if others else ""
    yield from _labelled("expected", f"{finding['expected']}   ({right}{agree})")
    yield from _labelled("observed", f"{finding['observed']}   ({wrong})")


def place_of(finding: Mapping[str, Any], layer: int | None = None) -> str:
    """The layer of a finding, or another one, in words."""
    if finding["quantity"] in cases.HEAD_QUANTITIES:
        return "after the last layer"
    return f"layer {finding['layer'] if layer is None else layer}"


def _regime(regime: str) -> str:
    if is_bit_for_bit(regime):
        return "exact: rounding cannot explain any difference"
    return f"{regime}: more than rounding can explain, in any order of summation"


def _labelled(label: str, text: str) -> list[str]:
    return fold(f"  {label:<{LABEL - 2}}{printable(text)}", LABEL)


def reproduce(command: str) -> Iterator[str]:
    """A command to paste: where a line is full, a backslash goes on. Options keep their values."""
    parts: list[str] = []
    for word in shlex.split(command):
        if parts and not word.startswith("-"):
            parts[-1] += f" {shlex.quote(word)}"
        else:
            parts.append(shlex.quote(word))
    label, (line, *others) = "reproduce", parts
    for part in others:
        if len(printable(f"{line} {part} \\")) > WIDTH - LABEL:
            yield f"  {label:<{LABEL - 2}}{printable(line)} \\"
            label, line = "", part
        else:
            line += f" {part}"
    yield f"  {label:<{LABEL - 2}}{printable(line)}"


def _advice(finding: dict[str, Any]) -> Iterator[str]:
    if advice := on(finding["kind"], finding["outlier"]):
        if advice.why:
            yield from _labelled("why", advice.why)
        yield from _labelled("try", advice.attempt)


def _census(finding: dict[str, Any]) -> Iterator[str]:
    census = finding["census"]
    worst, (layer, *index) = census["worst"], census["worst"]["layer_and_index"]
    share = f"{census['differing']:,} of {census['compared']:,} elements differ in the whole run"
    yield from _labelled("census", share)
    if census["constant_ratio"] is not None:
        yield from _labelled(
            "", f"observed / expected is always {census['constant_ratio'] + 0.0:g}"
        )
    ulps = f"{float(worst['ulps']):.3g} units in the last place"
    at = f", index {index}" if index else ""
    yield from _labelled("", f"worst: {ulps}, {place_of(finding, layer)}{at}:")
    yield from _labelled("", f"expected {worst['expected']}, observed {worst['observed']}")


def _diagnosis(finding: dict[str, Any]) -> Iterator[str]:
    """The lessons of the mistakes that it may be, or else the pattern of the errors."""
    for place, mistake in enumerate(finding["mistakes"]):
        name = mistake["name"].replace("_", " ")
        yield from _labelled("or" if place else "mistake", f"{name}: {mistake['lesson']}")
    if not finding["mistakes"]:
        yield from _labelled("mistake", "no known mistake does this")
    if finding["pattern"]:
        yield from _labelled("pattern", f"{finding['pattern']}, in every case that was tried")


def _matrices(named: Sequence[tuple[str, Array]], marked: tuple[int, ...] = ()) -> Iterator[str]:
    """Matrices side by side under their names, in the document's notation."""
    blocks = [[name, *_rows(array, marked)] for name, array in named]
    widths = [max(map(len, block)) for block in blocks]
    if sum(widths) + 2 * len(widths) > WIDTH - LABEL and len(blocks) > 1:
        middle = len(blocks) // 2
        yield from _matrices(named[:middle], marked)
        yield from _matrices(named[middle:], marked)
        return
    for row in zip_longest(*blocks, fillvalue=""):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield from fold(f"{'':{LABEL}}{'  '.join(cells)}".rstrip())


def _rows(array: Array, marked: tuple[int, ...]) -> list[str]:
    if not array.size:
        return [f"empty, shape {array.shape}"]
    if array.size > LARGE:
        return [f"shape {array.shape}"]
    if np.issubdtype(array.dtype, np.integer):
        return [f"[{' '.join(map(str, row))}]" for row in array]
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
