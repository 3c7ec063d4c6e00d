"""The verdict's table: how often each witness was compared, and how tight agreement is."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from harness.blame import framework_of
from harness.case import QUANTITIES
from harness.compare import is_bit_for_bit
from harness.verification import Tally, Verification

QUANTITY = 24
CELL = 27
# So many witnesses have a column each, with a row for each quantity; more have a row each.
COLUMNS = 2
# A witness's name, and a number of cases.
NAME = 24
COUNT = 11


def frameworks(verification: Verification) -> list[str]:
    """Each framework once, with its version; or the variant, if it is the only one."""
    variants: dict[str, list[str]] = {}
    for name in verification.witnesses:
        variants.setdefault(framework_of(name), []).append(name)
    return [
        f"{names[0] if len(names) == 1 else framework} {verification.witnesses[names[0]].version}"
        f"{f' ({len(names)} variants)' if len(names) > 1 else ''}"
        for framework, names in variants.items()
    ]


def listed(words: Iterable[str]) -> str:
    """The words with commas and an `and`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def table(verification: Verification) -> Iterator[str]:
    """A row for each quantity; with many witnesses, a row for each of them."""
    if len(verification.witnesses) <= COLUMNS:
        yield from _by_quantity(verification)
    else:
        yield from _by_witness(verification)


def _by_quantity(verification: Verification) -> Iterator[str]:
    names = [f"{witness.name} {witness.version}" for witness in verification.witnesses.values()]
    yield "Cases equal bit for bit / cases inside the radius (largest error over radius)"
    yield f"{'quantity':<{QUANTITY}}" + "".join(f"{name:<{CELL}}" for name in names).rstrip()
    for quantity in QUANTITIES:
        cells = (
            f"{_cell(verification, quantity, name):<{CELL}}" for name in verification.witnesses
        )
        yield f"{quantity:<{QUANTITY}}{''.join(cells)}".rstrip()


def _cell(verification: Verification, quantity: str, witness: str) -> str:
    if _disagrees(verification, quantity, witness):
        return "DISAGREES"
    counts = _counts(verification, quantity, witness)
    if counts.inside is None:
        return f"{counts.equal:,} / none"
    return f"{counts.equal:,} / {counts.inside:,} ({_cut(counts.tight)})"


def _by_witness(verification: Verification) -> Iterator[str]:
    """Of the quantities of each, the fewest cases and the tightest agreement."""
    yield "Cases of each quantity: equal bit for bit, and inside the radius"
    count = f"{{:>{COUNT}}}"
    cells = f"{count.format('equal')}{count.format('inside')}"
    yield f"{'witness':<{NAME}}{cells}  largest error over radius"
    for name in verification.witnesses:
        if wrong := [each for each in QUANTITIES if _disagrees(verification, each, name)]:
            yield f"{name:<{NAME}}DISAGREES in {listed(wrong)}"
            continue
        counts = {quantity: _counts(verification, quantity, name) for quantity in QUANTITIES}
        equal = min(each.equal for each in counts.values())
        inside = min(each.inside or 0 for each in counts.values())
        tightest = max(QUANTITIES, key=lambda quantity: counts[quantity].tight)
        numbers = f"{count.format(f'{equal:,}')}{count.format(f'{inside:,}')}"
        yield f"{name:<{NAME}}{numbers}  {_cut(counts[tightest].tight)} in {tightest}"


def _disagrees(verification: Verification, quantity: str, witness: str) -> bool:
    return any(
        finding.quantity == quantity and witness in (finding.framework, *finding.agreeing)
        for finding in verification.findings.values()
    )


class Counts(NamedTuple):
    """Cases compared by bits and by the radius, None without any, and the largest ratio."""

    equal: int
    inside: int | None
    tight: float


def _counts(verification: Verification, quantity: str, witness: str) -> Counts:
    rows = [
        (row, tally)
        for row, tally in verification.tallies.items()
        if row[:2] == (quantity, witness)
    ]
    equal = sum(tally.cases for row, tally in rows if is_bit_for_bit(row.regime))
    certified = [tally for row, tally in rows if not is_bit_for_bit(row.regime)]
    tight = max((tally.largest_error_over_radius or 0.0 for tally in certified), default=0.0)
    inside = sum(tally.cases for tally in certified) if certified else None
    return Counts(equal, inside, tight)


def _cut(ratio: float) -> float:
    """Cut, not rounded: 1.00 would look like a bound that is reached."""
    return int(ratio * 1000) / 1000


def totals(verification: Verification) -> Iterator[str]:
    """How much was compared, and how much of it at or near the kink."""

    def total(of: Any, tallies: Iterable[Tally]) -> int:
        return sum(of(tally) for tally in tallies)

    tallies = verification.tallies
    shapes = set().union(*(tally.shapes for tally in tallies.values()))
    dtypes = listed(sorted({row.dtype for row in tallies}, reverse=True))
    elements = total(lambda tally: tally.elements, tallies.values())
    backward = [tally for row, tally in tallies.items() if row.quantity == "deriv_relu_wrt_z"]
    kinks = total(lambda tally: tally.kinks, backward)
    units = total(lambda tally: tally.elements, backward)
    ambiguous = total(lambda tally: tally.ambiguous, backward)
    of_shapes = f"{len(shapes)} shape{'' if len(shapes) == 1 else 's'}"
    yield f"{elements:,} elements of {of_shapes} in {dtypes}."
    yield f"Kinks (z exactly 0) met: {kinks:,} of {units:,} units."
    yield f"Ambiguous, so near the kink that rounding decides: {ambiguous:,} (both answers pass)."
    if verification.varied:
        yield f"Calls again, in other memory layouts and with other rates: {verification.varied:,}."
