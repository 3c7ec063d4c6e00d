"""A witness against itself: the same bits in two equal calls, with one thread and with many.

Two equal calls must be equal bit for bit, everything else being equal. The number of threads may
decide the order of a summation, and so the last bits: where rounding can explain the difference
it is told and is no fault; on the lattice nothing can.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any, Final, NamedTuple

import numpy as np

from harness.blocks import processors
from harness.case import (
    ALL_QUANTITIES,
    Array,
    Case,
    Shape,
    Trace,
    pick,
)
from harness.checking import compare
from harness.compare import Census, is_bit_for_bit
from harness.derivation import REFERENCE, Derivation, formula_of
from harness.finding import Finding, Shown
from harness.kinds import DIFFERS
from harness.witness import Witness, trace_of

EQUAL_CALLS: Final = DIFFERS
THREADS: Final = "differs with the number of threads"
KINDS: Final = (EQUAL_CALLS, THREADS)
# Large enough for PyTorch to split over threads in every dtype, and for sums of so many terms to
# be exact on the lattice of bfloat16, and bounded elsewhere.
SPLIT: Final[Shape] = (32, 64, 32)


@dataclass
class Repeats:
    """What was asked of one witness twice."""

    cases: int = 0
    threads: tuple[int, ...] = ()  # the numbers of threads, if the framework can be told
    rounding: set[str] = field(default_factory=set)  # the quantities whose last bits they decide


class Difference(NamedTuple):
    """Two traces of one case that are not the same bits, and what each is the trace of."""

    kind: str
    one: Trace
    other: Trace
    said: tuple[str, str]


def many() -> int:
    """As many threads as there are processors, but more than one."""
    return max(2, processors())


def repeat(
    witness: Witness,
    case: Case,
    regime: str,
    repeats: dict[str, Repeats],
    findings: dict[tuple[str, str, str], Finding],
    reference: Derivation = REFERENCE,
) -> Iterator[Finding]:
    """Ask a witness again; what it then says otherwise is entered and yielded as findings.

    `reference` computes the certified radii: `reference_at` the kink that the witness chose.
    """
    record = repeats.setdefault(witness.name, Repeats())
    record.cases += len(case.inputs)
    record.threads = (1, many()) if getattr(witness, "threads", None) else ()
    for difference in differences(witness, case, record.threads):
        traces = difference.one, difference.other
        legal = difference.kind == THREADS and not is_bit_for_bit(regime)
        if legal and not any(_outside(case, trace, reference) for trace in traces):
            record.rounding |= {quantity for _, quantity, _ in _apart(difference)}
            continue
        for layer, quantity, apart in _apart(difference):
            key = quantity, difference.kind, witness.name
            if key not in findings:
                shown = _shown(case, regime, layer, quantity, apart, difference)
                about = quantity, formula_of(quantity), difference.kind, witness.name
                findings[key] = Finding(*about, (), witness.name, shown, Census())
            yield findings[key]


def differences(witness: Witness, case: Case, threads: Iterable[int] = ()) -> Iterator[Difference]:
    """Where two traces are not the same: of equal calls, and of one thread and of several."""
    first: list[tuple[int, Trace]] = []
    for count in (*threads,) or (0,):
        if count:
            with witness.threads(count):  # type: ignore[attr-defined]
                pair = trace_of(witness, case), trace_of(witness, case)
        else:
            pair = trace_of(witness, case), trace_of(witness, case)
        said = "in the first call", "in the second"
        first.append((count, pair[0]))
        yield Difference(EQUAL_CALLS, *pair, said)
    for count, trace in first[1:]:
        said = f"with {first[0][0]} thread", f"with {count}"
        yield Difference(THREADS, first[0][1], trace, said)


def as_json(repeats: dict[str, Repeats]) -> list[dict[str, Any]]:
    """What was asked of each witness twice, for the verdict."""
    return [
        {
            "framework": name,
            "cases": record.cases,
            "threads": list(record.threads),
            "rounded_by_threads": sorted(record.rounding),
        }
        for name, record in repeats.items()
    ]


def lines(repeats: Iterable[dict[str, Any]], findings: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The same for people, of the witnesses of which nothing was found."""
    refuted = {finding["outlier"] for finding in findings if finding["kind"] in KINDS}
    kept = [each for each in repeats if each["framework"] not in refuted]
    for threads in dict.fromkeys(tuple(each["threads"]) for each in kept):
        alike = (each for each in kept if tuple(each["threads"]) == threads)
        names = ", ".join(each["framework"] for each in alike)
        counts = f", with {threads[0]} thread and with {threads[-1]}" if threads else ""
        yield from wrap(f"The same bits in two equal calls{counts}: {names}.", 80)
    for each in kept:
        if rounding := each["rounded_by_threads"]:
            what = ", ".join(quantity for quantity in ALL_QUANTITIES if quantity in rounding)
            name = each["framework"]
            text = f"The number of threads decides the last bits, legally: {name} in {what}."
            yield from wrap(text, 80)


def _apart(difference: Difference) -> Iterator[tuple[int, str, Array]]:
    """Each quantity that is not the same, and where: bits are compared, not numbers."""
    for layer, (one, other) in enumerate(zip(difference.one, difference.other, strict=True)):
        for quantity in one._fields:
            bits = [
                array.view(f"u{array.dtype.itemsize}")
                for array in (getattr(one, quantity), getattr(other, quantity))
            ]
            apart = bits[0] != bits[1]
            if apart.any():
                yield layer, quantity, apart


def _outside(case: Case, trace: Trace, reference: Derivation) -> bool:
    """Whether rounding cannot explain the trace."""
    compared, _ = compare(reference, case, trace, exact=False, reference=reference)
    return any(item.witness_out is not None and item.witness_out.any() for item in compared)


def _shown(
    case: Case, regime: str, layer: int, quantity: str, apart: Array, difference: Difference
) -> Shown:
    at = tuple(int(axis) for axis in np.argwhere(apart)[0])
    said = [
        f"{float(getattr(trace[layer], quantity)[at])!r} {when}"
        for trace, when in zip((difference.one, difference.other), difference.said, strict=True)
    ]
    return Shown(pick(case, at[0]), regime, layer, at[1:], said[0], said[1])
