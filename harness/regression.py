"""What a change of formulas changed: two derivations on the same cases, quantity by quantity."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from harness.case import ALL_QUANTITIES
from harness.compare import differs, distance_in_ulps
from harness.compared import Compared

SAME = "same bits"
LEGAL = "within the radius"
DIFFERENT = "different"

# The fields of a change that say which side is wrong.
SIDES: Final = ("old_wrong", "new_wrong", "old_outside", "new_outside")


@dataclass
class Change:
    """One quantity, before and after.

    `old_wrong` and `new_wrong` say whether a changed element, or a failed call, of that side
    disagrees with a framework bit for bit; `old_outside` and `new_outside`, by the radius.
    """

    elements: int = 0
    changed: int = 0
    largest_ulps: float = 0.0
    old_wrong: bool = False
    new_wrong: bool = False
    old_outside: bool = False
    new_outside: bool = False

    @property
    def wrong(self) -> tuple[bool, bool]:
        """Whether the old side and the new one are wrong: by bits, or else by balls.

        Balls are made by today's reference. Where bits show that it is wrong, its balls accuse
        whom they like.
        """
        by_bits = self.old_wrong, self.new_wrong
        return by_bits if any(by_bits) else (self.old_outside, self.new_outside)

    @property
    def answer(self) -> str:
        """SAME; LEGAL if what changed is inside the certified radius on both sides; DIFFERENT."""
        if any(self.wrong):
            return DIFFERENT
        return LEGAL if self.changed else SAME

    @property
    def sides_with(self) -> str | None:
        """Whom the frameworks side with where the answer is DIFFERENT."""
        if self.answer != DIFFERENT:
            return None
        old, new = self.wrong
        return "neither" if old and new else "new" if old else "old"


def note(changes: dict[str, Change], old: Iterable[Compared], new: Iterable[Compared]) -> None:
    """Count what differs between two derivations' comparisons with one witness on one stack."""
    before = {(item.layer, item.quantity): item for item in old}
    after = {(item.layer, item.quantity): item for item in new}
    for where in before.keys() | after.keys():
        change = changes.setdefault(where[1], Change())
        if where not in before or where not in after:
            change.old_wrong |= where not in before
            change.new_wrong |= where not in after
            continue
        mine, theirs = after[where], before[where]
        changed = differs(theirs.observed, mine.observed)
        change.elements += changed.size
        if not changed.any():
            continue
        change.changed += int(np.count_nonzero(changed))
        ulps = distance_in_ulps(theirs.observed[changed], mine.observed[changed])
        change.largest_ulps = max(change.largest_ulps, float(ulps.max()))
        old_apart, new_apart = (bool(side.apart[changed].any()) for side in (theirs, mine))
        if mine.witness_out is None:
            change.old_wrong |= old_apart
            change.new_wrong |= new_apart
        else:
            change.old_outside |= old_apart
            change.new_outside |= new_apart


def as_json(changes: dict[str, Change]) -> list[dict[str, Any]]:
    """The `regression` list of the verdict."""
    return [
        {
            "quantity": quantity,
            "answer": changes[quantity].answer,
            "sides_with": changes[quantity].sides_with,
            **asdict(changes[quantity]),
            "largest_ulps": _finite(changes[quantity].largest_ulps),
        }
        for quantity in ALL_QUANTITIES
        if quantity in changes
    ]


def _finite(ulps: float) -> float | None:
    return ulps if np.isfinite(ulps) else None


def lines(name: str, changes: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The same for people."""
    yield f"Compared with {name}, on the same cases:"
    for change in changes:
        first, *others = _in_words(change)
        yield f"{change['quantity']:<24}{first}"
        yield from (f"{'':<24}{line}" for line in others)


def _in_words(change: dict[str, Any]) -> list[str]:
    if change["answer"] == SAME:
        return [f"the same bits in all {change['elements']:,} elements"]
    count = f"{change['changed']:,} of {change['elements']:,} elements"
    if change["answer"] == LEGAL:
        ulps = np.inf if change["largest_ulps"] is None else change["largest_ulps"]
        return [
            f"other bits in {count}, by at most {ulps:.3g} ulp:",
            "a legal reformulation, both inside the certified radius",
        ]
    sides = {
        "new": "the frameworks side with today's: an error was corrected",
        "old": "the frameworks side with the other: an error was made",
        "neither": "the frameworks side with neither",
    }
    return [f"DIFFERENT in {count}:", sides[change["sides_with"]]]
