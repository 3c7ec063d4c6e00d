"""The verdict for people: plain text, at most 80 columns wide where the numbers allow it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import numpy as np

from harness import regression, special
from harness.case import QUANTITIES, Array
from harness.derivation import TRAIN_STEP
from harness.finding import DERIVATION, VALUES, Diagnosis, Finding
from harness.verdict import Verdict, compared, in_order
from harness.verification import Tally, Verification

# The row of labels to the left of a finding's text.
LABEL = 12
QUANTITY = 24
CELL = 27


def render(verdict: Verdict) -> list[str]:
    """The lines of the verdict: who is right, the smallest examples, the table, the rest."""
    verification = verdict.verification
    lines = [headline(verdict), ""]
    for finding in in_order(verification):
        lines += [*_finding(finding, verdict), ""]
    if verification.tallies:
        lines += [*_table(verification), "", *_totals(verification)]
    if verification.against:
        lines += ["", *regression.lines(verification.against.name, verification.changes), ""]
    if left_out := [gap.row.quantity for gap in verdict.gaps if not gap.asked]:
        lines.append(f"Not returned by {TRAIN_STEP}, so not checked: {_list(left_out)}.")
    for gap in verdict.gaps:
        if not gap.asked:
            continue
        what = " ".join(part for part in gap.row if part)
        lines.append(f"NOT CHECKED {what + ': ' if what else ''}{gap.reason}")
    lines += special.lines(verification.special)
    lines += [f"Note: {note}" for note in verdict.notes]
    for name in verdict.not_asked:
        lines.append(f"Not asked: {name} (this run chose its frameworks with --framework).")
    versions = ", ".join(_witnesses(verification))
    return [*lines, f"Seed {verdict.seed}; {versions}; NumPy {np.__version__}."]


def headline(verdict: Verdict) -> str:
    """One line: agrees, disagrees and in what, or not known."""
    verification = verdict.verification
    name = verification.derivation.name
    findings = in_order(verification)
    outliers = sorted({finding.outlier for finding in findings} - {DERIVATION})
    wrong = [finding.quantity for finding in findings if finding.outlier == DERIVATION]
    if wrong:
        return f"{name} DISAGREES in {_list(dict.fromkeys(wrong))}"
    if outliers:
        spoilt = _list(dict.fromkeys(finding.quantity for finding in findings))
        return f"{_list(outliers)} STANDS ALONE against {name} and all others in {spoilt}"
    if not verdict.agrees:
        return f"{name}: NO FULL VERDICT, see what was not checked"
    return f"{name} agrees with {_list(_witnesses(verification))}"


def _witnesses(verification: Verification) -> list[str]:
    return [f"{witness.name} {witness.version}" for witness in verification.witnesses.values()]


def _list(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _finding(finding: Finding, verdict: Verdict) -> Iterator[str]:
    derivation = verdict.verification.derivation
    shown, formula = finding.shown, finding.formula
    source = derivation.name if formula in derivation.own else "reference"
    if finding.kind == VALUES:
        yield from _parties(finding, f"{source}, {formula}", verdict.verification)
        yield _labelled("regime", _regime(shown.regime))
    else:
        yield f"{formula} {finding.kind} ({source}, for {finding.quantity}, layer {shown.layer})"
        yield _labelled("expected", shown.expected)
        yield _labelled("observed", shown.observed)
    case = shown.case
    found = "the smallest found" if shown.smallest else "as it was met"
    yield _labelled("case", f"{case.dtype}, learning rate {case.learning_rate!s}, {found}:")
    named: list[tuple[str, Array]] = [("inputs", case.inputs[0])]
    for layer, (weights, biases) in enumerate(case.layers):
        number = f" {layer}" if len(case.layers) > 1 else ""
        named += [(f"weights{number}", weights[0]), (f"biases{number}", biases[0])]
    yield from _matrices([*named, ("upstream", case.upstream[0])])
    if shown.arrays:
        expected, observed = shown.arrays
        mark = ", the element marked" if expected.size > 1 else ""
        yield _labelled("", f"{finding.quantity}{mark}:")
        yield from _matrices([("expected", expected), ("observed", observed)], shown.at)
        yield from _census(finding, compared(verdict.verification, finding))
    if finding.diagnosis:
        yield from _diagnosis(finding.diagnosis)
    yield _labelled("reproduce", verdict.reproduce)


def _parties(finding: Finding, by_hand: str, verification: Verification) -> Iterator[str]:
    """A disagreement in values: where it is, and who says what."""
    shown, framework = finding.shown, finding.framework
    where = f"layer {shown.layer}, index {list(shown.at)}"
    if finding.outlier == DERIVATION:
        yield f"{finding.quantity} disagrees with {framework}: {where}"
        right, wrong, agreeing = framework, by_hand, list(finding.agreeing)
    else:
        yield f"{framework} stands alone in {finding.quantity}: {where}"
        against = (framework, *finding.agreeing)
        right, wrong = by_hand, framework
        agreeing = [name for name in verification.witnesses if name not in against]
    agree = f"; {_list(agreeing)} {_agree(agreeing)}" if agreeing else ""
    yield _labelled("expected", f"{shown.expected}   ({right}{agree})")
    yield _labelled("observed", f"{shown.observed}   ({wrong})")


def _agree(names: Sequence[str]) -> str:
    return "agrees" if len(names) == 1 else "agree"


def _regime(regime: str) -> str:
    if regime == "exact":
        return "exact: rounding cannot explain any difference"
    return f"{regime}: more than rounding can explain, in any order of summation"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{LABEL - 2}}{text}"


def _census(finding: Finding, compared: int) -> Iterator[str]:
    census = finding.census
    share = f"{census.differing:,} of {compared:,} elements differ in the whole run"
    yield _labelled("census", share)
    if census.ratios[0] == census.ratios[1]:
        yield _labelled("", f"observed / expected is always {census.ratios[0] + 0.0:g}")
    at = f"layer {census.place[0]}, index {list(census.place[1:])}"
    yield _labelled("", f"worst: {census.worst:.3g} units in the last place, {at}:")
    yield _labelled("", f"expected {census.expected!r}, observed {census.observed!r}")


def _diagnosis(diagnosis: Diagnosis) -> Iterator[str]:
    """The lessons of the mistakes that it may be, or else the pattern of the errors."""
    for place, mistake in enumerate(diagnosis.mistakes):
        name = mistake.name.replace("_", " ")
        yield from _wrapped("or" if place else "mistake", f"{name}: {mistake.lesson}")
    if not diagnosis.mistakes:
        yield _labelled("mistake", "no known mistake does this")
    if diagnosis.pattern:
        yield from _wrapped("pattern", f"{diagnosis.pattern}, in every case that was tried")


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


def _table(verification: Verification) -> Iterator[str]:
    names = _witnesses(verification)
    yield "Cases equal bit for bit / cases inside the radius (largest error over radius)"
    yield f"{'quantity':<{QUANTITY}}" + "".join(f"{name:<{CELL}}" for name in names).rstrip()
    for quantity in QUANTITIES:
        cells = (
            f"{_cell(verification, quantity, name):<{CELL}}" for name in verification.witnesses
        )
        yield f"{quantity:<{QUANTITY}}{''.join(cells)}".rstrip()


def _cell(verification: Verification, quantity: str, framework: str) -> str:
    for finding in verification.findings.values():
        if finding.quantity == quantity and framework in (finding.framework, *finding.agreeing):
            return "DISAGREES"
    rows = [
        (row, tally)
        for row, tally in verification.tallies.items()
        if row[:2] == (quantity, framework)
    ]
    exact = sum(tally.cases for row, tally in rows if row.regime == "exact")
    certified = [tally for row, tally in rows if row.regime != "exact"]
    tight = max((tally.largest_error_over_radius or 0.0 for tally in certified), default=0.0)
    cases = sum(tally.cases for tally in certified)
    # Cut, not rounded: 1.00 would look like a bound that is reached.
    return (
        f"{exact:,} / {cases:,} ({int(tight * 1000) / 1000})" if certified else f"{exact:,} / none"
    )


def _totals(verification: Verification) -> Iterator[str]:
    def total(of: Any, tallies: Iterable[Tally]) -> int:
        return sum(of(tally) for tally in tallies)

    tallies = verification.tallies
    shapes = set().union(*(tally.shapes for tally in tallies.values()))
    dtypes = _list(sorted({row.dtype for row in tallies}, reverse=True))
    elements = total(lambda tally: tally.elements, tallies.values())
    backward = [tally for row, tally in tallies.items() if row.quantity == "deriv_relu_wrt_z"]
    kinks = total(lambda tally: tally.kinks, backward)
    units = total(lambda tally: tally.elements, backward)
    ambiguous = total(lambda tally: tally.ambiguous, backward)
    of_shapes = f"{len(shapes)} shape{'' if len(shapes) == 1 else 's'}"
    yield f"{elements:,} elements of {of_shapes} in {dtypes}."
    yield f"Kinks (z exactly 0) met: {kinks:,} of {units:,} units."
    yield f"Ambiguous, so near the kink that rounding decides: {ambiguous:,} (both answers pass)."
    if verification.varied:
        yield f"Calls again, in other memory layouts and with other rates: {verification.varied:,}."
