"""The verdict: what was found, what was checked, and what was not.

`verdict_json.py` makes it the one form that everything presents, stores and merges.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from harness import exhaustive
from harness.case import ALL_QUANTITIES, HEAD_QUANTITIES, QUANTITIES
from harness.compare import BIT_FOR_BIT
from harness.derivation import HEAD_FORMULAS, TRAIN_STEP, formula_of
from harness.diagnosis import diagnose
from harness.finding import DERIVATION, Finding
from harness.formats import FORMATS
from harness.tally import Row, Tally
from harness.verification import Verification
from harness.witness import has_head

# What a full run checks, against each framework.
REGIMES: Final = ("exact", "certified")
DTYPES: Final = tuple(dtype.name for dtype in FORMATS)


HEAD: Final = "softmax and cross-entropy"
NOWHERE: Final = Row("", "", "", "")
NO_CASE: Final = "no case was checked"

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
        """Every quantity that was asked for was checked, by cases that would have caught every
        known mistake, and none disagrees."""
        verification = self.verification
        let_pass = verification.findings or verification.certificate.survivors
        return not let_pass and not any(gap.asked for gap in self.gaps)


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
    findings = verification.findings.values()
    for finding in findings:
        if finding.outlier == DERIVATION:
            witness = verification.witnesses[finding.framework]
            finding.diagnosis = diagnose(verification.derivation, finding, witness)
    refused = {finding.formula for finding in findings}
    tallies, left_out = verification.tallies, verification.left_out
    gaps = list(unchecked(tallies, verification.witnesses, refused, left_out))
    gaps += [Gap(NOWHERE, why) for why in crashed]
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


def of_head(verdict: Verdict, asked: bool = True) -> Verdict:
    """The verdict, saying which witnesses softmax and cross-entropy were not compared with.

    It is no fault if a witness has none, or if the run was not `asked` for them.
    """
    verification = verdict.verification
    if set(HEAD_FORMULAS).isdisjoint(verification.derivation.own):
        return verdict
    met = {row.framework for row in verification.tallies if row.quantity in HEAD_QUANTITIES}
    gaps = []
    for name in verification.witnesses.keys() - met:
        able = has_head(verification.witnesses[name])
        reason = "no case of it was checked" if able else "has no such formulas here"
        gaps.append(Gap(Row("", name, "", ""), f"{HEAD}: {reason}", asked and able))
    return verdict._replace(gaps=(*verdict.gaps, *sorted(gaps)))


def unchecked(
    tallies: Mapping[Row, Tally],
    witnesses: Collection[str],
    refused: Collection[str],
    left_out: Collection[str],
) -> Iterator[Gap]:
    """What a run, or several together, left unchecked: nothing agrees by having nothing in it.

    `refused` are the formulas of which there are findings, `left_out` the quantities that a whole
    step does not return.
    """
    if not tallies and not refused:
        yield Gap(NOWHERE, NO_CASE)
        return
    # What exhaustive cases say is claimed formula by formula, by `exhaustive.py`.
    met = {row[1:] for row in tallies if row.regime != exhaustive.REGIME}
    asked = set(product(witnesses, REGIMES, DTYPES))
    for framework, regime, dtype in sorted(asked - met):
        yield Gap(Row("", framework, regime, dtype), "no case of it was checked")
    for framework, regime, dtype in sorted(met):
        of_head = any(Row(each, framework, regime, dtype) in tallies for each in HEAD_QUANTITIES)
        for quantity in ALL_QUANTITIES if of_head and regime not in BIT_FOR_BIT else QUANTITIES:
            row = Row(quantity, framework, regime, dtype)
            reason = _vacuous(row, tallies.get(row, Tally()))
            # A formula that misbehaved leaves its quantities unknown, and is reported for it;
            # after a wrong quantity of a whole step none is compared.
            known = formula_of(quantity) in refused or TRAIN_STEP in refused
            if reason and not known and quantity not in left_out:
                yield Gap(row, reason)
    for quantity in QUANTITIES:
        if quantity in left_out:
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
        return f"{tally.live} of {tally.elements} elements are not zero: zeros would pass"
    if formula_of(row.quantity).startswith("relu"):
        met = {"on": tally.on, "off": tally.off}
        if row.regime == "exact":
            met["at the kink"] = tally.kinks
        missing = [side for side, count in met.items() if not count]
        if missing:
            return f"no unit was {' or '.join(missing)}: any answer there would pass"
    return None


def in_order(verification: Verification) -> list[Finding]:
    """The findings in the order of the quantities."""
    return sorted(
        verification.findings.values(),
        key=lambda finding: (ALL_QUANTITIES.index(finding.quantity), finding.outlier),
    )


def compared(tallies: Mapping[Row, Tally], quantity: str, frameworks: Collection[str]) -> int:
    """How many elements of a quantity were compared with these witnesses."""
    return sum(
        tally.elements
        for row, tally in tallies.items()
        if row.quantity == quantity and row.framework in frameworks
    )
