"""The verdict for people: plain text, at most 80 columns wide where the numbers allow it."""

from collections.abc import Iterator
from typing import Any

from harness import accumulation, certificate, determinism, exhaustive, regression, special
from harness.derivation import TRAIN_STEP
from harness.example import example
from harness.finding import DERIVATION
from harness.kinds import DIED
from harness.table import frameworks, listed, table, totals
from harness.terminal import folded


def render(verdict: dict[str, Any]) -> list[str]:
    """The lines of a verdict's JSON: who is right, the smallest examples, the table, the rest."""
    examples = []
    for finding in verdict["disagreements"]:
        examples += [*example(finding, verdict["formulas"]), ""]
    return [*folded([headline(verdict)]), "", *examples, *folded(_about_the_run(verdict))]


def in_colour(verdict: dict[str, Any]) -> Iterator[tuple[str, dict[str, bool]]]:
    """The same lines, each with pytest's words for its colour: the headline alone has one."""
    name = "green" if verdict["agrees"] else "red" if verdict["disagreements"] else "yellow"
    colour = {name: True}
    for line in render(verdict):
        colour = colour if line else {}
        yield line, colour


def _about_the_run(verdict: dict[str, Any]) -> list[str]:
    """The table, what was not checked, and what is told and not judged."""
    lines: list[str] = []
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
    if any(gap["asked"] for gap in gaps):
        lines.append("What was not checked may be wrong. More tests, or tasks, may check it.")
    if not verdict["disagreements"]:
        lines += certificate.lines(verdict["sensitivity"])
    lines += special.lines(verdict["conventions"])
    lines += accumulation.lines(verdict["accumulation"])
    lines += [f"Note: {note}" for note in verdict["notes"]]
    if verdict["not_asked"]:
        names = listed(verdict["not_asked"])
        lines.append(f"Not asked: {names} (this run chose its frameworks with --framework).")
    versions = ", ".join(frameworks(verdict))
    lines.append(f"Seed {verdict['seed']}; {versions}; NumPy {verdict['numpy']}.")
    return lines


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
