"""A derivation before its witnesses: every case it is checked on, and what came of it."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from harness import blame, certificate, determinism, regression
from harness import kink as kinks
from harness.accumulation import Seen
from harness.calling import Fault
from harness.case import ALL_QUANTITIES, QUANTITIES, Case, Trace, part_of_trace
from harness.checking import Kept, compare, compare_all
from harness.compare import Census, is_bit_for_bit
from harness.compared import Compared
from harness.derivation import FORMULAS, Derivation, alone, quantities_of, reference_at
from harness.finding import (
    DERIVATION,
    VALUES,
    Finding,
    Shown,
    against_outlier,
    in_call,
    in_values,
    smallest,
)
from harness.grid import Grid
from harness.memory import Counted, Known, Memory
from harness.special import Alike
from harness.tally import Row, Tally
from harness.variations import KINDS, vary
from harness.witness import Witness, has_head, same

Result: TypeAlias = tuple[list[Compared], list[Fault]]


class Verification:
    """Runs cases; keeps the tallies, and one finding for each quantity, kind and outlier."""

    def __init__(
        self,
        derivation: Derivation,
        witnesses: Sequence[Witness],
        against: Derivation | None = None,
        kink: float = 0,
        memory: Memory | None = None,
    ) -> None:
        self.derivation = derivation
        self.memory = memory  # what other derivations have met before the same witnesses
        self.kink = kink  # ReLU's derivative where z == 0, as the witnesses choose it
        self.reference = reference_at(kink)
        self.against = against  # what the derivation is also compared with, on the same cases
        self.changes: dict[str, regression.Change] = {}
        self.witnesses = {witness.name: witness for witness in witnesses}
        self.tallies: dict[Row, Tally] = {}
        self.findings: dict[tuple[str, str, str], Finding] = {}
        self.repeats: dict[str, determinism.Repeats] = {}
        self.certificate = certificate.Certificate(kink, derivation.one_layer)
        self.left_out: set[str] = set()  # the quantities that a whole step does not return
        self.special: list[Alike] = []  # what its ReLU does at special values
        self.accumulation: list[Seen] = []  # how the witnesses add up half formats
        self.varied = 0  # calls in another way
        self.covered: set[Grid] = set()  # every case of it was compared, and agrees
        # What is worth saying, and no disagreement.
        spellings = [(witness.name, getattr(witness, "relu", "")) for witness in witnesses]
        self.notes = dict.fromkeys([*derivation.told, *kinks.told(kink, spellings)])

    def check(
        self,
        case: Case,
        regime: str,
        chained: bool = False,
        varied: bool = False,
        at_true_shape: bool = False,
        of: str = "",
        only: tuple[str, ...] = (),
    ) -> list[Finding]:
        """Compare the derivation with every witness on a stack of cases; returns the findings.

        The regimes of `compare.BIT_FOR_BIT` are for cases that `lattice.is_exact`. `chained` goes
        on, where each formula by itself agrees, to the derivation's own values, carried from
        formula to formula and from layer to layer. `varied` calls each formula that agrees again
        in other ways, on an exact case. `at_true_shape` spares no witness a compilation. `of` is
        the formula or whole step that alone is tested and counted, among the reference's others;
        `only` are the formulas that are computed at all, for a case that is exact for no others. A
        witness without a head is left out where the case has one.
        """
        if not self.derivation.takes(case):
            return []
        formulas = only or FORMULAS
        exact = is_bit_for_bit(regime)
        derivation = alone(self.derivation, of, self.reference) if of else self.derivation
        about = quantities_of(of) if of else ALL_QUANTITIES
        if exact and self.kink:
            case = kinks.exact_for(case, self.reference)
        known = self.memory.of(case, exact, at_true_shape, of, only) if self.memory else Known(case)
        case = known.case
        traces = {
            name: known.trace(witness, at_true_shape) for name, witness in self._able(case).items()
        }
        results: dict[str, Result] = {}
        counted: dict[str, list[Counted]] = {}
        kept, kept_before = known.kept(derivation.own, chained=False), Kept.nothing()
        for name, trace in traces.items():
            recomputes = self._recomputes(name)
            alike = (other for other in results if self._recomputes(other) == recomputes)
            twin = next((other for other in alike if same(traces[other], trace)), None)
            given = trace, exact, self.reference, recomputes
            if twin:
                results[name], counted[name] = results[twin], counted[twin]
            else:
                counted[name], faults = known.compared(name, derivation, *given, kept, formulas)
                results[name] = [item for item, _ in counted[name]], faults
            told = [pair for pair in counted[name] if pair[0].quantity in about]
            if self.against and self.against.takes(case) and not twin:
                before, _ = compare_all(self.against, case, *given, kept_before, formulas)
                was = (item for item in before if item.quantity in about)
                regression.note(self.changes, was, (item for item, _ in told))
            for item, tally in told:
                row = Row(item.quantity, name, regime, case.dtype.name)
                self.tallies.setdefault(row, Tally()).add(tally)
        known.keep(kept, derivation.own, chained=False)
        if self.derivation.train_step and not of and not any(map(_parted, results.values())):
            returned = {item.quantity for result in results.values() for item in result[0]}
            self.left_out |= set(QUANTITIES) - returned
        findings = list(self._judged(regime, known, traces, results))
        if chained and not findings and not self.derivation.train_step:
            kept = known.kept(derivation.own, chained=True)
            for name, trace in traces.items():
                result = compare(
                    self.derivation, case, trace, exact, True, self.reference, kept=kept
                )
                for item in result[0]:
                    row = Row(item.quantity, name, regime, case.dtype.name)
                    self.tallies[row].ambiguous += item.ambiguous
                # What follows from the first quantity that is apart says nothing more.
                first = [item for item in result[0] if item.apart.any()][:1]
                found = self._judged(regime, known, {name: trace}, {name: (first, result[1])})
                findings += list(found)
            known.keep(kept, derivation.own, chained=True)
        if traces and not findings:
            # Beside another z than the one returned, a mistake might look caught that is not.
            name = min(traces, key=self._recomputes)
            agreed = [item for item in results[name][0] if item.quantity in about]
            asked = self.derivation.own, chained, agreed, case, traces[name], exact, known.blamed
            certificate.ask(self.certificate, *asked)
        if varied and traces:
            findings += self._vary(regime, case, traces, findings)
        return findings

    def _able(self, case: Case) -> dict[str, Witness]:
        """The witnesses that know all of a case's formulas."""
        head = case.targets is not None
        return {name: each for name, each in self.witnesses.items() if not head or has_head(each)}

    def _recomputes(self, name: str) -> bool:
        return bool(getattr(self.witnesses[name], "recomputes", False))

    def _vary(
        self, regime: str, case: Case, traces: dict[str, Trace], found: Sequence[Finding]
    ) -> list[Finding]:
        """What a formula makes of other layouts; one finding of it is enough."""
        wrong = {finding.formula for finding in found}
        known = {each.formula for each in self.findings.values() if each.kind.startswith(KINDS)}
        name, trace = next(iter(traces.items()))
        calls, faults, notes = vary(self.derivation, case, trace, [*wrong, *known])
        self.varied += calls
        self.notes |= dict.fromkeys(notes)
        return list(self._judged(regime, Known(case), {name: trace}, {name: ([], faults)}))

    def repeat(self, case: Case, regime: str) -> list[Finding]:
        """Ask every witness again, with one thread and with many; returns the findings."""
        if is_bit_for_bit(regime) and self.kink:
            case = kinks.exact_for(case, self.reference)
        kept = self.repeats, self.findings
        return [
            finding
            for witness in self.witnesses.values()
            for finding in determinism.repeat(witness, case, regime, *kept, self.reference)
        ]

    def _judged(
        self, regime: str, known: Known, traces: dict[str, Trace], results: dict[str, Result]
    ) -> Iterator[Finding]:
        """The findings of one stack, new ones and known ones."""
        case = known.case
        apart = {
            name: {(item.layer, item.quantity) for item in compared if item.apart.any()}
            for name, (compared, _) in results.items()
        }
        for name, (compared, faults) in results.items():
            for fault in faults:
                shown = in_call(case, regime, fault)
                trace = part_of_trace(traces[name], slice(fault.place, fault.place + 1))
                key = fault.quantity, fault.kind, DERIVATION
                yield self._finding(key, fault.formula, name, (), shown, trace)
            for item in compared:
                if not item.apart.any():
                    continue
                siding = [
                    other
                    for other in results
                    if other != name and (item.layer, item.quantity) not in apart[other]
                ]
                outlier = blame.outlier(
                    name,
                    self._able(case),
                    siding,
                    self.derivation,
                    self.reference,
                    case,
                    item,
                    traces[name],
                    known.judged,
                )
                agreeing = tuple(n for n in results if n != name and n not in siding)
                item = against_outlier(item, outlier)
                shown = in_values(case, regime, item)
                place = int(np.argwhere(item.apart)[0][0])
                trace = part_of_trace(traces[name], slice(place, place + 1))
                key = item.quantity, VALUES, outlier
                finding = self._finding(key, item.formula, name, agreeing, shown, trace)
                if finding.framework == name:
                    finding.census = finding.census.with_elements(
                        item.expected, item.observed, item.apart, item.layer
                    )
                yield finding

    def _finding(
        self,
        key: tuple[str, str, str],
        formula: str,
        name: str,
        agreeing: tuple[str, ...],
        shown: Shown,
        trace: Trace,
    ) -> Finding:
        if key not in self.findings:
            quantity, kind, outlier = key
            witness = self.witnesses[name]
            small = smallest(self.derivation, witness, shown, trace, key, self.reference)
            self.findings[key] = Finding(
                quantity, formula, kind, name, agreeing, outlier, small, Census()
            )
        return self.findings[key]


def _parted(result: Result) -> bool:
    compared, faults = result
    return bool(faults) or any(item.apart.any() for item in compared)
