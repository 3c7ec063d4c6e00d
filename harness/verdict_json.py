"""The verdict as JSON, in the form of contract 4: what is stored, merged, and shown to people.

Whatever presents a verdict takes this dict, so that one that was read back from a file, or merged
of several, is shown as a fresh one is.
"""

import errno
import json
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness import (
    accumulation,
    certificate,
    determinism,
    exhaustive,
    files,
    kinds,
    regression,
    special,
)
from harness.case import ALL_QUANTITIES, Array, Shape
from harness.case import as_json as case_as_json
from harness.compare import Census
from harness.derivation import REFERENCE
from harness.finding import DERIVATION, Diagnosis, Finding
from harness.tally import Row, Tally
from harness.verdict import Gap, Verdict, compared, in_order

# Kinds of faults that are no quantity's, but the whole call's.
OF_A_CALL: Final = (*kinds.FATAL, f"{kinds.CHANGES} ", kinds.CHANGED)
# What a row of `checked` is about, and what was counted there.
_PLACE: Final = itemgetter(*Row._fields)
_COUNTED: Final = itemgetter(*(field.name for field in fields(Tally) if field.name != "shapes"))


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict in the form of contract 4; its numbers read back to the same bits."""
    verification = verdict.verification
    return {
        "derivation": verification.derivation.name,
        "agrees": verdict.agrees,
        "seed": verdict.seed,
        "kink": verification.kink,
        "frameworks": [
            {"name": witness.name, "version": witness.version}
            for witness in verification.witnesses.values()
        ],
        "numpy": np.__version__,
        "formulas": {
            formula: verification.derivation.name if formula in verification.derivation.own
            else REFERENCE.name
            for formula in (*REFERENCE.own, *verification.derivation.own)
        },
        **checked_as_json(verification.tallies),
        "exhaustive": exhaustive.as_json(verification),
        "determinism": determinism.as_json(verification.repeats),
        "not_asked": list(verdict.not_asked),
        "not_checked": [gap_as_json(gap) for gap in verdict.gaps],
        "sensitivity": certificate.as_json(verification.certificate),
        "calls_in_other_ways": verification.varied,
        "accumulation": accumulation.as_json(verification.accumulation),
        "conventions": special.as_json(verification.special),
        "notes": list(verdict.notes),
        "against": verification.against.name if verification.against else None,
        "regression": regression.as_json(verification.changes),
        "disagreements": [
            _finding_as_json(finding, verdict) for finding in in_order(verification)
        ],
    }  # fmt: skip


def checked_as_json(tallies: Mapping[Row, Tally]) -> dict[str, Any]:
    """The rows of `checked`, and for each framework, regime and dtype the `shapes` of its rows.

    The quantities that met the same shapes are together; a quantity that was left out on some of
    them, say by a whole step, or because its formula misbehaved there, has an entry of its own.
    """
    checked = []
    shapes: dict[tuple[tuple[str, str, str], frozenset[Shape]], list[str]] = {}
    for row, tally in sorted(tallies.items(), key=lambda item: _in_order(item[0])):
        checked.append(row._asdict() | vars(tally) | {"shapes": len(tally.shapes)})
        shapes.setdefault((row[1:], frozenset(tally.shapes)), []).append(row.quantity)
    return {
        "checked": checked,
        "shapes": [
            {
                "framework": framework,
                "regime": regime,
                "dtype": dtype,
                "quantities": quantities,
                "shapes": " ".join("x".join(map(str, shape)) for shape in sorted(met)),
            }
            for ((framework, regime, dtype), met), quantities in sorted(
                shapes.items(), key=lambda item: (item[0][0], ALL_QUANTITIES.index(item[1][0]))
            )
        ],
    }


def tallies_of(verdict: dict[str, Any]) -> dict[Row, Tally]:
    """The tallies of a verdict. Raises ValueError if its shapes and their counts do not agree."""
    shapes: dict[Row, set[Shape]] = {}
    for each in verdict["shapes"]:
        met = {tuple(map(int, shape.split("x"))) for shape in each["shapes"].split()}
        for quantity in each["quantities"]:
            shapes[Row(quantity, each["framework"], each["regime"], each["dtype"])] = met
    tallies = {}
    for each in verdict["checked"]:
        row = Row(*_PLACE(each))
        met = shapes.get(row, set())
        if len(met) != each["shapes"]:
            raise ValueError(f"{' '.join(row)}: {each['shapes']} shapes, expected {len(met)}")
        tallies[row] = Tally(set(met), *_COUNTED(each))
    return tallies


def gap_as_json(gap: Gap) -> dict[str, Any]:
    """One entry of `not_checked`."""
    return gap.row._asdict() | {"reason": gap.reason, "asked": gap.asked}


def _in_order(row: Row) -> tuple[int, tuple[str, str, str]]:
    return ALL_QUANTITIES.index(row.quantity), row[1:]


def _finding_as_json(finding: Finding, verdict: Verdict) -> dict[str, Any]:
    """One disagreement. `parted` are all witnesses that it is about, `agreeing` those that were
    asked, too, and say what is expected."""
    shown, verification = finding.shown, verdict.verification
    of_values = not finding.kind.startswith(OF_A_CALL)
    place = verification.derivation.place(finding.formula, finding.quantity if of_values else "")
    parted = finding.framework, *finding.agreeing
    others = [name for name in verification.witnesses if name not in parted]
    agreeing = finding.agreeing if finding.outlier == DERIVATION else others
    counted = compared(verification.tallies, finding.quantity, (finding.framework,))
    return {
        "quantity": finding.quantity,
        "formula": finding.formula,
        "place": place,
        "kind": finding.kind,
        "layer": shown.layer,
        "framework": finding.framework,
        "regime": shown.regime,
        "index": list(shown.at),
        "expected": shown.expected,
        "observed": shown.observed,
        "case": case_as_json(shown.case),
        "smallest": shown.smallest,
        "arrays": _arrays_as_json(*shown.arrays) if shown.arrays else None,
        "census": _census_as_json(finding.census, finding.framework, counted),
        "outlier": finding.outlier,
        "agreeing": list(agreeing),
        "parted": list(parted),
        **_diagnosis_as_json(finding.diagnosis),
        "reproduce": verdict.reproduce,
    }


def _arrays_as_json(expected: Array, observed: Array) -> dict[str, list[list[float | str]]]:
    """Rows of numbers; what JSON has no number for is text that reads back as a float."""
    return {
        said: [[value if isfinite(value) else repr(value) for value in row] for row in rows]
        for said, rows in (("expected", expected.tolist()), ("observed", observed.tolist()))
    }


def _census_as_json(census: Census, framework: str, compared: int) -> dict[str, Any]:
    low, high = census.ratios
    return {
        "frameworks": [framework],
        "compared": compared,
        "differing": census.differing,
        "worst": {
            "ulps": repr(census.worst),
            "layer_and_index": list(census.place),
            "expected": repr(census.expected),
            "observed": repr(census.observed),
        },
        "ratios": {"smallest": repr(low), "largest": repr(high)},
        "constant_ratio": low if low == high else None,
    }


def _diagnosis_as_json(made: Diagnosis | None) -> dict[str, Any]:
    """`mistakes` is null if there is no diagnosis, and empty if it knows none that does this."""
    diagnosis = made or Diagnosis()
    mistakes = [{"name": each.name, "lesson": each.lesson} for each in diagnosis.mistakes]
    return {
        "mistakes": mistakes if made else None,
        "mistake": " or ".join(mistake.name for mistake in diagnosis.mistakes) or None,
        "lesson": " ".join(mistake.lesson for mistake in diagnosis.mistakes) or None,
        "pattern": diagnosis.pattern,
    }


def check_writable(path: Path) -> None:
    """Raises OSError if a verdict could not be written there; leaves nothing behind."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory, expected a file", str(path))
    if not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "its folder does not exist", str(path))
    with tempfile.TemporaryFile(dir=path.parent):
        pass


def write(verdict: dict[str, Any] | list[dict[str, Any]], path: Path) -> None:
    """Write it, or many, atomically: a reader finds the old file or the new one, never a part."""
    files.replace(path, json.dumps(verdict, indent=1, allow_nan=False) + "\n")
