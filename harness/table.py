"""The verdict's table: how often each witness was compared, and how tight agreement is."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from harness.blame import framework_of
from harness.case import HEAD_QUANTITIES, QUANTITIES
from harness.compare import is_bit_for_bit
from harness.terminal import WIDTH

QUANTITY = 24
CELL = 28
# So many witnesses have a column each, with a row for each quantity; more have a row each.
COLUMNS = 2
# A witness's name, and a number of cases.
NAME = 24
COUNT = 11


def frameworks(verdict: dict[str, Any]) -> list[str]:
    """Each framework once, with its version; or the variant, if it is the only one."""
    variants: dict[str, list[dict[str, str]]] = {}
    for witness in verdict["frameworks"]:
        variants.setdefault(framework_of(witness["name"]), []).append(witness)
    return [
        f"{of[0]['name'] if len(of) == 1 else framework} {of[0]['version']}"
        f"{f' ({len(of)} variants)' if len(of) > 1 else ''}"
        for framework, of in variants.items()
    ]


def listed(words: Iterable[str]) -> str:
    """The words with commas and an `and`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def table(verdict: dict[str, Any]) -> Iterator[str]:
    """A row for each quantity; with many witnesses, a row for each of them.

    Columns that are too wide to be side by side are one under the other.
    """
    if len(verdict["frameworks"]) <= COLUMNS:
        yield from _by_quantity(verdict)
    else:
        yield from _by_witness(verdict)


def met(verdict: dict[str, Any]) -> tuple[str, ...]:
    """The quantities that a verdict is about: of the head only where there was one."""
    known = {each["quantity"] for each in verdict["checked"] + verdict["disagreements"]}
    return QUANTITIES + tuple(quantity for quantity in HEAD_QUANTITIES if quantity in known)


def _by_quantity(verdict: dict[str, Any]) -> Iterator[str]:
    yield "Cases equal bit for bit / cases inside the radius (largest error over radius)"
    quantities = met(verdict)
    columns = [
        [f"{witness['name']} {witness['version']}"]
        + [_cell(verdict, quantity, witness["name"]) for quantity in quantities]
        for witness in verdict["frameworks"]
    ]
    of_name = max(QUANTITY, *(len(quantity) + 1 for quantity in quantities))
    longest = max(len(cell) for column in columns for cell in column)
    # A long name leaves less room for the cells.
    of_cell = CELL if of_name == QUANTITY else longest + 1
    fit = longest < of_cell and of_name + len(columns) * of_cell <= WIDTH + 1
    for beside in [columns] if fit else [[column] for column in columns]:
        for name, *cells in zip(("quantity", *quantities), *beside, strict=True):
            row = "".join(f"{cell:<{of_cell}}" for cell in cells)
            yield f"{name:<{of_name}}{row}".rstrip()


def _cell(verdict: dict[str, Any], quantity: str, witness: str) -> str:
    if _disagrees(verdict, quantity, witness):
        return "DISAGREES"
    counts = _counts(verdict, quantity, witness)
    if counts.inside is None:
        return f"{counts.equal:,} / none"
    return f"{counts.equal:,} / {counts.inside:,} ({_cut(counts.tight)})"


def _by_witness(verdict: dict[str, Any]) -> Iterator[str]:
    """Of the quantities of each, the fewest cases and the tightest agreement."""
    yield "Cases of each quantity: equal bit for bit, and inside the radius"
    count = f"{{:>{COUNT}}}"
    cells = f"{count.format('equal')}{count.format('inside')}"
    yield f"{'witness':<{NAME}}{cells}  largest error over radius"
    for name in (witness["name"] for witness in verdict["frameworks"]):
        if wrong := [each for each in met(verdict) if _disagrees(verdict, each, name)]:
            yield f"{name:<{NAME}}DISAGREES in {listed(wrong)}"
            continue
        counts = {quantity: _counts(verdict, quantity, name) for quantity in QUANTITIES}
        equal = min(each.equal for each in counts.values())
        inside = min(each.inside or 0 for each in counts.values())
        tightest = max(QUANTITIES, key=lambda quantity: counts[quantity].tight)
        numbers = f"{count.format(f'{equal:,}')}{count.format(f'{inside:,}')}"
        yield f"{name:<{NAME}}{numbers}  {_cut(counts[tightest].tight)} in {tightest}"


def _disagrees(verdict: dict[str, Any], quantity: str, witness: str) -> bool:
    return any(
        finding["quantity"] == quantity and witness in finding["parted"]
        for finding in verdict["disagreements"]
    )


class Counts(NamedTuple):
    """Cases compared by bits and by the radius, None without any, and the largest ratio."""

    equal: int
    inside: int | None
    tight: float


def _counts(verdict: dict[str, Any], quantity: str, witness: str) -> Counts:
    asked = quantity, witness
    rows = [row for row in verdict["checked"] if (row["quantity"], row["framework"]) == asked]
    equal = sum(row["cases"] for row in rows if is_bit_for_bit(row["regime"]))
    certified = [row for row in rows if not is_bit_for_bit(row["regime"])]
    tight = max((row["largest_error_over_radius"] or 0.0 for row in certified), default=0.0)
    inside = sum(row["cases"] for row in certified) if certified else None
    return Counts(equal, inside, tight)


def _cut(ratio: float) -> float:
    """Cut, not rounded: 1.00 would look like a bound that is reached."""
    return int(ratio * 1000) / 1000


def totals(verdict: dict[str, Any]) -> Iterator[str]:
    """How much was compared, and how much of it at or near the kink."""
    rows = verdict["checked"]
    backward = [row for row in rows if row["quantity"] == "deriv_relu_wrt_z"]
    shapes = set().union(*(each["shapes"].split() for each in verdict["shapes"]))
    dtypes = listed(sorted({row["dtype"] for row in rows}, reverse=True))
    of_shapes = f"{len(shapes)} shape{'' if len(shapes) == 1 else 's'}"
    kinks, units = _total("kinks", backward), _total("elements", backward)
    ambiguous = _total("ambiguous", backward)
    yield f"{_total('elements', rows):,} elements of {of_shapes} in {dtypes}."
    yield f"Kinks (z exactly 0) met: {kinks:,} of {units:,} units."
    yield f"Ambiguous, so near the kink that rounding decides: {ambiguous:,} (both answers pass)."
    if again := verdict["calls_in_other_ways"]:
        yield f"Calls again, in other memory layouts and with other rates: {again:,}."


def _total(field: str, rows: Iterable[dict[str, Any]]) -> int:
    return sum(row[field] for row in rows)
