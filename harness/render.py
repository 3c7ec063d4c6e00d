"""The verdict for people: plain text, at most 80 columns wide where the numbers allow it."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import numpy as np

from harness import accumulation, determinism, regression, special
from harness.case import Array
from harness.derivation import TRAIN_STEP
from harness.finding import DERIVATION, VALUES, Diagnosis, Finding
from harness.table import frameworks, listed, table, totals
from harness.verdict import Verdict, compared, in_order
from harness.verification import Verification

# The row of labels to the left of a finding's text.
LABEL = 12
# An array of more elements is not shown: nobody reads it here, and the JSON has it.
LARGE = 500
# From so many witnesses on, those that agree are counted, not named.
MANY = 3


def render(verdict: Verdict) -> list[str]:
    """The lines of the verdict: who is right, the smallest examples, the table, the rest."""
    verification = verdict.verification
    lines = [headline(verdict), ""]
    for finding in in_order(verification):
        lines += [*_finding(finding, verdict), ""]
    if verification.tallies:
        lines += [*table(verification), "", *totals(verification)]
    lines += determinism.lines(verification.repeats, verification.findings.values())
    if verification.against:
        lines += ["", *regression.lines(verification.against.name, verification.changes), ""]
    if left_out := [gap.row.quantity for gap in verdict.gaps if gap.row.quantity and not gap.asked]:
        lines.append(f"Not returned by {TRAIN_STEP}, so not checked: {listed(left_out)}.")
    for gap in verdict.gaps:
        if gap.row.quantity and not gap.asked:
            continue
        what = " ".join(part for part in gap.row if part)
        lines.append(f"NOT CHECKED {what + ': ' if what else ''}{gap.reason}")
    lines += special.lines(verification.special)
    lines += accumulation.lines(verification.accumulation)
    lines += [f"Note: {note}" for note in verdict.notes]
    for name in verdict.not_asked:
        lines.append(f"Not asked: {name} (this run chose its frameworks with --framework).")
    versions = ", ".join(frameworks(verification))
    return [*lines, f"Seed {verdict.seed}; {versions}; NumPy {np.__version__}."]


def headline(verdict: Verdict) -> str:
    """One line: agrees, disagrees and in what, or not known."""
    verification = verdict.verification
    name = verification.derivation.name
    findings = in_order(verification)
    outliers = sorted({finding.outlier for finding in findings} - {DERIVATION})
    wrong = [finding.quantity for finding in findings if finding.outlier == DERIVATION]
    if wrong:
        return f"{name} DISAGREES in {listed(dict.fromkeys(wrong))}"
    if outliers:
        repeats = all(finding.kind in determinism.KINDS for finding in findings)
        spoilt = listed(dict.fromkeys(finding.quantity for finding in findings))
        if repeats:
            return f"{listed(outliers)} DOES NOT REPEAT ITSELF in {spoilt}"
        return f"{listed(outliers)} STANDS ALONE against {name} and all others in {spoilt}"
    if not verdict.agrees:
        return f"{name}: NO FULL VERDICT, see what was not checked"
    return f"{name} agrees with {listed(frameworks(verification))}"


def _finding(finding: Finding, verdict: Verdict) -> Iterator[str]:
    derivation = verdict.verification.derivation
    shown, formula = finding.shown, finding.formula
    source = derivation.name if formula in derivation.own else "reference"
    if finding.kind == VALUES:
        yield from _parties(finding, f"{source}, {formula}", verdict.verification)
        yield _labelled("regime", _regime(shown.regime))
    else:
        own = finding.outlier == DERIVATION
        where = f"{source}, for {finding.quantity}, layer {shown.layer}"
        at = f"layer {shown.layer}, index {list(shown.at)}"
        yield (
            f"{formula} {finding.kind} ({where})"
            if own
            else f"{finding.outlier} {finding.kind}: {finding.quantity}, {at}"
        )
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
    agreeing = agreeing if len(agreeing) < MANY else [f"{len(agreeing)} others"]
    agree = f"; {listed(agreeing)} {_agree(agreeing)}" if agreeing else ""
    yield _labelled("expected", f"{shown.expected}   ({right}{agree})")
    yield _labelled("observed", f"{shown.observed}   ({wrong})")


def _agree(names: Sequence[str]) -> str:
    return "agrees" if len(names) == 1 and "others" not in names[0] else "agree"


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
