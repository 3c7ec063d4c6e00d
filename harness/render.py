"""The verdict for people: plain text, at most 80 columns wide where the numbers allow it."""

from typing import Any

from harness import accumulation, certificate, determinism, exhaustive, regression, special
from harness.calling import DIED
from harness.derivation import TRAIN_STEP
from harness.example import example
from harness.finding import DERIVATION
from harness.table import frameworks, listed, table, totals


def render(verdict: dict[str, Any]) -> list[str]:
    """The lines of a verdict's JSON: who is right, the smallest examples, the table, the rest."""
    lines = [headline(verdict), ""]
    for finding in verdict["disagreements"]:
        lines += [*example(finding, verdict["formulas"]), ""]
    if verdict["checked"]:
        lines += [*table(verdict), "", *totals(verdict)]
    lines += exhaustive.lines(verdict["exhaustive"])
    lines += determinism.lines(verdict["determinism"], verdict["disagreements"])
    if verdict["against"] is not None:
        lines += ["", *regression.lines(verdict["against"], verdict["regression"]), ""]
    gaps = verdict["not_checked"]
    if left_out := [gap["quantity"] for gap in gaps if gap["quantity"] and not gap["asked"]]:
        lines.append(f"Not returned by {TRAIN_STEP}, so not checked: {listed(left_out)}.")
    for gap in gaps:
        if gap["quantity"] and not gap["asked"]:
            continue
        place = gap["quantity"], gap["framework"], gap["regime"], gap["dtype"]
        what = " ".join(part for part in place if part)
        lines.append(f"NOT CHECKED {what + ': ' if what else ''}{gap['reason']}")
    if not verdict["disagreements"]:
        lines += certificate.lines(verdict["sensitivity"])
    lines += special.lines(verdict["conventions"])
    lines += accumulation.lines(verdict["accumulation"])
    lines += [f"Note: {note}" for note in verdict["notes"]]
    for name in verdict["not_asked"]:
        lines.append(f"Not asked: {name} (this run chose its frameworks with --framework).")
    versions = ", ".join(frameworks(verdict))
    return [*lines, f"Seed {verdict['seed']}; {versions}; NumPy {verdict['numpy']}."]


def headline(verdict: dict[str, Any]) -> str:
    """One line: agrees, disagrees and in what, or not known."""
    name, findings = verdict["derivation"], verdict["disagreements"]
    outliers = sorted({finding["outlier"] for finding in findings} - {DERIVATION})
    wrong = [finding["quantity"] for finding in findings if finding["outlier"] == DERIVATION]
    if wrong:
        return f"{name} DISAGREES in {listed(dict.fromkeys(wrong))}"
    if outliers:
        kinds = {finding["kind"] for finding in findings}
        spoilt = listed(dict.fromkeys(finding["quantity"] for finding in findings))
        if kinds == {DIED}:
            return f"{listed(outliers)} ENDS THE PROCESS that it is asked in"
        if kinds <= set(determinism.KINDS):
            return f"{listed(outliers)} DOES NOT REPEAT ITSELF in {spoilt}"
        return f"{listed(outliers)} STANDS ALONE against {name} and all others in {spoilt}"
    if not verdict["agrees"]:
        return f"{name}: NO FULL VERDICT, see what was not checked"
    return f"{name} agrees with {listed(frameworks(verdict))}"
