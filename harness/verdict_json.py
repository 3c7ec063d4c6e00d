"""The verdict for machines: JSON in the form of contract 4, written atomically."""

import errno
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness import accumulation, determinism, files, regression, special
from harness.case import QUANTITIES
from harness.case import as_json as case_as_json
from harness.derivation import REFERENCE
from harness.finding import Diagnosis, Finding
from harness.verdict import Verdict, compared, in_order
from harness.verification import Row, Tally


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
        "formulas": {
            formula: verification.derivation.name if formula in verification.derivation.own
            else REFERENCE.name
            for formula in (*REFERENCE.own, *verification.derivation.own)
        },
        "checked": [
            row._asdict() | asdict(tally) | {"shapes": len(tally.shapes)}
            for row, tally in sorted(verification.tallies.items(), key=_in_order)
        ],
        "determinism": determinism.as_json(verification.repeats),
        "not_asked": list(verdict.not_asked),
        "not_checked": [gap.row._asdict() | {"reason": gap.reason} for gap in verdict.gaps],
        "calls_in_other_ways": verification.varied,
        "accumulation": accumulation.as_json(verification.accumulation),
        "conventions": special.as_json(verification.special),
        "notes": list(verdict.notes),
        "regression": regression.as_json(verification.changes),
        "disagreements": [
            _finding_as_json(finding, compared(verification, finding), verdict.reproduce)
            for finding in in_order(verification)
        ],
    }  # fmt: skip


def _in_order(item: tuple[Row, Tally]) -> Any:
    row = item[0]
    return QUANTITIES.index(row.quantity), row[1:]


def _finding_as_json(finding: Finding, compared: int, reproduce: str) -> dict[str, Any]:
    shown, census = finding.shown, finding.census
    return {
        "quantity": finding.quantity,
        "formula": finding.formula,
        "kind": finding.kind,
        "layer": shown.layer,
        "framework": finding.framework,
        "regime": shown.regime,
        "index": list(shown.at),
        "expected": shown.expected,
        "observed": shown.observed,
        "case": case_as_json(shown.case),
        "census": {
            "compared": compared,
            "differing": census.differing,
            "worst": {
                "ulps": repr(census.worst),
                "layer_and_index": list(census.place),
                "expected": repr(census.expected),
                "observed": repr(census.observed),
            },
            "constant_ratio": census.ratios[0] if census.ratios[0] == census.ratios[1] else None,
        },
        "outlier": finding.outlier,
        **_diagnosis_as_json(finding.diagnosis or Diagnosis()),
        "reproduce": reproduce,
    }


def _diagnosis_as_json(diagnosis: Diagnosis) -> dict[str, str | None]:
    return {
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


def write(verdict: Verdict, path: Path) -> None:
    """Write the JSON atomically: a reader finds the old file or the new one, never a part."""
    text = json.dumps(as_json(verdict), indent=1, allow_nan=False) + "\n"
    files.replace(path, text)
