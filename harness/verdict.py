"""The verdict: what was found, what was checked, and what was not. Here for machines.

`render.py` shows the same to people.
"""

import errno
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from harness import determinism, files, regression, special
from harness.case import QUANTITIES
from harness.case import as_json as case_as_json
from harness.derivation import REFERENCE, TRAIN_STEP, formula_of
from harness.diagnosis import diagnose
from harness.finding import DERIVATION, Diagnosis, Finding
from harness.formats import FORMATS
from harness.verification import Row, Tally, Verification

# What a full run checks, against each framework.
REGIMES: Final = ("exact", "certified")
DTYPES: Final = tuple(dtype.name for dtype in FORMATS)


# For each derivation's file: what its formulas wrote on standard output or error.
Notes: TypeAlias = Sequence[tuple[str, dict[str, str]]]


class Gap(NamedTuple):
    """Something that was not checked, and why; a row's fields are '' for all.

    `asked` is False for what the derivation or the machine does not offer, which is no fault.
    """

    row: Row
    reason: str
    asked: bool = True


class Verdict(NamedTuple):
    """Everything that there is to say at the end of a run."""

    verification: Verification
    seed: int
    reproduce: str
    not_asked: tuple[str, ...]  # frameworks that there is a witness for, and that were not chosen
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...] = ()  # worth saying, and no disagreement

    @property
    def agrees(self) -> bool:
        """Every quantity that was asked for was checked, and none disagrees."""
        return not self.verification.findings and not any(gap.asked for gap in self.gaps)


def conclude(
    verification: Verification,
    seed: int,
    reproduce: str,
    not_asked: Sequence[str],
    crashed: Sequence[str],
    notes: Notes = (),
) -> Verdict:
    """The verdict on a run. `reproduce` is the command for it; `crashed` tests did not end.

    Such a test fails by no disagreement of the derivation's, so what it checks is not checked.
    What the derivation is found to do wrong is diagnosed now, once for each finding.
    """
    for finding in verification.findings.values():
        if finding.outlier == DERIVATION:
            witness = verification.witnesses[finding.framework]
            finding.diagnosis = diagnose(verification.derivation, finding, witness)
    gaps = [*_gaps(verification), *(Gap(Row("", "", "", ""), why) for why in crashed)]
    said = [
        f"{formula} ({file}) prints, which is held back: {written.strip().splitlines()[0]}"
        for file, by_formula in notes
        for formula, written in by_formula.items()
    ]
    said += verification.notes
    return Verdict(verification, seed, reproduce, tuple(not_asked), tuple(gaps), tuple(said))


def without(verdict: Verdict, unavailable: list[tuple[str, str]]) -> Verdict:
    """The verdict, saying which variants cannot run here. `:*` asks for those that can, so it is
    no fault; agreement is claimed for the others alone."""
    gaps = [Gap(Row("", name, "", ""), reason, asked=False) for name, reason in unavailable]
    return verdict._replace(gaps=(*verdict.gaps, *gaps))


def _gaps(verification: Verification) -> Iterator[Gap]:
    """What a run left unchecked: nothing is agreed by having nothing in it."""
    tallies, findings = verification.tallies, verification.findings
    if not tallies and not findings:
        yield Gap(Row("", "", "", ""), "no case was checked")
        return
    refused = {finding.formula for finding in findings.values()}
    met = {row[1:] for row in tallies}
    asked = set(product(verification.witnesses, REGIMES, DTYPES))
    for framework, regime, dtype in sorted(asked - met):
        yield Gap(Row("", framework, regime, dtype), "no case of it was checked")
    for framework, regime, dtype in sorted(met):
        for quantity in QUANTITIES:
            row = Row(quantity, framework, regime, dtype)
            reason = _vacuous(row, tallies.get(row, Tally()))
            # A formula that misbehaved leaves its quantities unknown, and is reported for it;
            # after a wrong quantity of a whole step none is compared.
            known = refused & {formula_of(quantity), TRAIN_STEP}
            if reason and not known and quantity not in verification.left_out:
                yield Gap(row, reason)
    for quantity in QUANTITIES:
        if quantity in verification.left_out:
            yield Gap(Row(quantity, "", "", ""), f"{TRAIN_STEP} does not return it", asked=False)


def _vacuous(row: Row, tally: Tally) -> str | None:
    """Why a row's cases say too little, or None.

    At least one element a shape must be other than zero, since a formula that returns zeros
    passes everywhere else; ReLU must be met on both sides, and at the kink where cases are drawn
    to meet it.
    """
    if not tally.elements:
        return "never compared"
    with_batch = [shape for shape in tally.shapes if shape[0]]
    if tally.live < max(len(with_batch), 1):
        return f"{tally.live} of {tally.elements} elements are not zero"
    if formula_of(row.quantity).startswith("relu"):
        met = {"on": tally.on, "off": tally.off}
        if row.regime == "exact":
            met["at the kink"] = tally.kinks
        missing = [side for side, count in met.items() if not count]
        if missing:
            return f"no unit was {' or '.join(missing)}"
    return None


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
        "conventions": special.as_json(verification.special),
        "notes": list(verdict.notes),
        "regression": regression.as_json(verification.changes),
        "disagreements": [
            _finding_as_json(finding, compared(verification, finding), verdict.reproduce)
            for finding in in_order(verification)
        ],
    }  # fmt: skip


def in_order(verification: Verification) -> list[Finding]:
    """The findings in the order of the quantities."""
    return sorted(
        verification.findings.values(),
        key=lambda finding: (QUANTITIES.index(finding.quantity), finding.outlier),
    )


def _in_order(item: tuple[Row, Tally]) -> Any:
    row = item[0]
    return QUANTITIES.index(row.quantity), row[1:]


def compared(verification: Verification, finding: Finding) -> int:
    """How many elements of the finding's quantity were compared with its framework."""
    return sum(
        tally.elements
        for row, tally in verification.tallies.items()
        if row[:2] == (finding.quantity, finding.framework)
    )


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
