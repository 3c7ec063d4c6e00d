"""The page: what a verdict's JSON says, put in the order in which it is read, and its template."""

import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness import accumulation, certificate, determinism, exhaustive, regression, special
from harness import case as cases
from harness.advice import on
from harness.compare import is_bit_for_bit
from harness.derivation import REFERENCE, TRAIN_STEP
from harness.example import place_of
from harness.finding import DERIVATION, VALUES
from harness.render import headline
from harness.report import figures, matrices
from harness.report.drawing import drawn
from harness.table import frameworks, listed, met

FOLDER: Final = Path(__file__).parent
# As many shapes of several layers as are named.
SHAPES: Final = 60
# The word of a headline that says how it went.
STATE: Final = re.compile(r"agrees|[A-Z]{2,}(?: [A-Z]{2,})*")


class Head(NamedTuple):
    """The headline: what it is about, and before, in and after the word that says how it went."""

    about: str
    before: str
    state: str
    after: str


def page(verdict: Mapping[str, Any]) -> str:
    """The whole file. Raises ValueError or LookupError if a disagreement is not in its case."""
    return rendered("page.html", _context(dict(verdict)))


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """A file made of a template; whatever is put into it is escaped, but for Markup."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = "{:,}".format
    text = environment.get_template(template).render(**context)
    # JSON may hold half of a surrogate pair, and UTF-8 cannot.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _context(verdict: dict[str, Any]) -> dict[str, Any]:
    rows = verdict["checked"]
    backward = [row for row in rows if row["quantity"] == "deriv_relu_wrt_z"]
    findings = verdict["disagreements"]
    wrong = any(each["outlier"] == DERIVATION for each in findings)
    return {
        "verdict": verdict,
        "title": headline(verdict),
        "head": _head(verdict),
        "state": "agrees" if verdict["agrees"] else "disagrees" if findings else "unknown",
        "wrong": wrong,
        "by": frameworks(verdict),
        "formulas": list(_formulas(verdict["formulas"])),
        "elements": sum(row["elements"] for row in rows),
        "shapes": set().union(*(each["shapes"].split() for each in verdict["shapes"])),
        "units": {side: sum(row[side] for row in backward) for side in ("off", "kinks", "on")},
        "ambiguous": sum(row["ambiguous"] for row in backward),
        "findings": [_finding(each, verdict) for each in findings],
        "table": list(_table(verdict)),
        "histograms": list(map(_drawn, figures.histograms(verdict))),
        "without_error": figures.without_error(verdict),
        "maps": list(map(_drawn, figures.shapes(verdict))),
        "deeper": figures.deeper(verdict),
        "most_shapes": SHAPES,
        "special": _special(verdict["conventions"]),
        "points": list(_points(verdict["conventions"])),
        "conventions": _joined(special.lines(verdict["conventions"])),
        "accumulation": _joined(accumulation.lines(verdict["accumulation"])),
        "exhaustive": _joined(exhaustive.lines(verdict["exhaustive"])),
        "determinism": _joined(determinism.lines(verdict["determinism"], findings)),
        "certificate": [] if findings else _joined(certificate.lines(verdict["sensitivity"])),
        "changes": "\n".join(regression.lines(verdict["against"], verdict["regression"])),
        "gaps": list(_gaps(verdict)),
    }


def _head(verdict: dict[str, Any]) -> Head:
    """A headline's words of capitals stand out here by their colour."""
    told, name = headline(verdict), verdict["derivation"]
    about = name if told.startswith(name) else ""
    rest = told.removeprefix(about)
    if (found := STATE.search(rest)) is None:
        return Head(about, rest, "", "")
    return Head(about, rest[: found.start()], found[0].lower(), rest[found.end() :])


def _formulas(formulas: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Where the formulas come from, and which come from there."""
    # The file's own come first.
    for source in sorted(dict.fromkeys(formulas.values()), key=REFERENCE.name.__eq__):
        yield source, listed(name for name, origin in formulas.items() if origin == source)


def _finding(finding: dict[str, Any], verdict: dict[str, Any]) -> dict[str, Any]:
    """A disagreement with its drawing, and whoever says what is expected and observed."""
    by_hand = f"{finding['place']} in {verdict['formulas'].get(finding['formula'], '')}"
    ours = finding["outlier"] == DERIVATION
    # In a notebook a place begins with its cell.
    subject = finding["place"].split(", ")[-1] if ours else finding["outlier"]
    others = [finding["framework"] if ours else by_hand, *finding["agreeing"]]
    case = cases.from_json(finding["case"])
    return finding | {
        "values_differ": finding["kind"] == VALUES,
        "says_expected": listed(others) if finding["kind"] == VALUES else "",
        "says_observed": by_hand if ours else finding["outlier"],
        "subject": subject,
        "advice": on(finding["kind"], finding["outlier"]),
        "exact": is_bit_for_bit(finding["regime"]),
        "drawing": drawn(finding, verdict["kink"]),
        "whole": matrices.whole_case(case),
        "rate": matrices.number(case.learning_rate) if case.layers else "",
        "place_of": place_of(finding),
        "constant": finding["census"]["constant_ratio"],
        "worst": _worst(finding),
    }


def _worst(finding: dict[str, Any]) -> str:
    """The element that is farthest off; how far, unless one of the two is no number."""
    worst = finding["census"]["worst"]
    if not worst["layer_and_index"]:
        return ""
    layer, *index = worst["layer_and_index"]
    ulps = float(worst["ulps"])
    far = f", {ulps:.3g} units in the last place apart" if isfinite(ulps) else ""
    said = f"expected {worst['expected']}, observed {worst['observed']}"
    at = f", index {index}" if index else ""
    return f"The worst, {place_of(finding, layer)}{at}: {said}{far}."


def _table(verdict: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each quantity: the cases that each witness was compared on, and how near."""
    for quantity in met(verdict):
        cells = []
        for name in (witness["name"] for witness in verdict["frameworks"]):
            of_quantity = (row for row in verdict["checked"] if row["quantity"] == quantity)
            rows = [row for row in of_quantity if row["framework"] == name]
            ratios = [row["largest_error_over_radius"] or 0.0 for row in rows]
            bits = [row["cases"] for row in rows if is_bit_for_bit(row["regime"])]
            cells.append(
                {
                    "apart": any(
                        finding["quantity"] == quantity and name in finding["parted"]
                        for finding in verdict["disagreements"]
                    ),
                    "equal": sum(bits),
                    "inside": sum(row["cases"] for row in rows) - sum(bits),
                    # Cut, not rounded: 1.00 would look like a bound that is reached.
                    "largest": int(max(ratios, default=0.0) * 1000) / 1000,
                }
            )
        yield {"quantity": quantity, "cells": cells}


def _special(conventions: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Each formula with what it is asked for at each special value."""
    asked: dict[str, dict[str, None]] = {}
    for each in conventions:
        asked.setdefault(each["formula"], {}).update(dict.fromkeys(each["answers"]))
    return [(formula, list(given)) for formula, given in asked.items()]


def _points(conventions: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Each special value with all answers, in the order of `_special`."""
    told = {(each["formula"], each["point"]): each["answers"] for each in conventions}
    for point in dict.fromkeys(each["point"] for each in conventions):
        yield (
            point,
            [
                told.get((formula, point), {}).get(each, "")
                for formula, given in _special(conventions)
                for each in given
            ],
        )


def _gaps(verdict: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """What was not checked, why, and whether it had been asked for."""
    gaps = verdict["not_checked"]
    if left_out := [gap["quantity"] for gap in gaps if gap["quantity"] and not gap["asked"]]:
        yield listed(left_out), f"{TRAIN_STEP} does not return it", False
    for gap in gaps:
        if gap["asked"] or not gap["quantity"]:
            place = gap["quantity"], gap["framework"], gap["regime"], gap["dtype"]
            yield " ".join(part for part in place if part), gap["reason"], gap["asked"]
    for name in verdict["not_asked"]:
        yield name, "the run chose its frameworks with --framework", False


def _joined(lines: Iterable[str]) -> list[str]:
    """Sentences that are wrapped for a terminal, as one line each paragraph."""
    told = " ".join(line.strip() for line in lines)
    return [each for each in re.split(r"(?<=\.) (?=Not judged: |Every case )", told) if each]


def _drawn(panel: figures.Panel) -> tuple[str, Markup]:
    """A figure, the one thing of a page that is markup already: text in it is escaped."""
    return panel.caption, Markup(panel.svg)
