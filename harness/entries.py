"""How the lists of verdicts are merged: the entries of one key become one.

Every rule is associative and commutative, so that parts merge in any order and grouping to the
same: numbers add, sets unite, and of two examples, or two worst elements, one is chosen by what it
is, not by when it came.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from math import inf
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from harness import exhaustive, regression
from harness.case import ALL_QUANTITIES
from harness.special import SPECIAL

Entry: TypeAlias = Any
# Entries by their keys.
Keyed: TypeAlias = dict[Any, Entry]


class Rule(NamedTuple):
    """What an entry is about, and one entry of two that are about the same."""

    key: Callable[[Entry], Any]
    merge: Callable[[Entry, Entry], Entry]


def keyed(name: str, entries: Iterable[Entry]) -> Keyed:
    """The entries of a list of the verdict, by their keys."""
    return {RULES[name].key(entry): entry for entry in entries}


def together(name: str, one: Keyed, other: Keyed) -> Keyed:
    """The entries of both, in their order if it is the same, and sorted if not."""
    return _together(one, other, RULES[name].merge)


def _together(one: Keyed, other: Keyed, merge: Callable[[Entry, Entry], Entry]) -> Keyed:
    # Also for three parts: the order is that of all of them, or sorted.
    both = one | {key: merge(one[key], other[key]) if key in one else other[key] for key in other}
    return both if list(one) == list(other) else {key: both[key] for key in sorted(both)}


def _united(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return list(_together(dict.fromkeys(one), dict.fromkeys(other), _same))


def _same(one: Entry, _: Entry) -> Entry:
    return one


def _repeats(one: Entry, other: Entry) -> Entry:
    """What was asked of one witness twice. Machines may have other numbers of threads."""
    return one | {
        "cases": one["cases"] + other["cases"],
        "threads": sorted({*one["threads"], *other["threads"]}),
        "rounded_by_threads": sorted({*one["rounded_by_threads"], *other["rounded_by_threads"]}),
    }


def _alike(one: Entry, other: Entry) -> Entry:
    """Who answers the same at a special value."""
    return one | {"spellings": _united(one["spellings"], other["spellings"])}


def _covered(one: Entry, other: Entry) -> Entry:
    """Every case of one kind, compared with the witnesses of both."""
    return one | {"frameworks": _united(one["frameworks"], other["frameworks"])}


def _change(one: Entry, other: Entry) -> Entry:
    """What a change of formulas changed in one quantity."""
    ulps = one["largest_ulps"], other["largest_ulps"]
    change = regression.Change(
        one["elements"] + other["elements"],
        one["changed"] + other["changed"],
        inf if None in ulps else max(ulps),
        *(one[side] or other[side] for side in regression.SIDES),
    )
    return regression.as_json({one["quantity"]: change})[0]


def _finding(one: Entry, other: Entry) -> Entry:
    """One disagreement: the smaller example, and the census of both."""
    return min(one, other, key=_size) | {
        "census": _census(one["census"], other["census"]),
        "parted": _united(one["parted"], other["parted"]),
    }


def _size(finding: Entry) -> tuple[Any, ...]:
    """How large an example is, and of two with as many numbers, how long to write; then whatever
    tells them apart, but the more witnesses agree the better."""
    case = finding["case"]
    arrays = [case["inputs"], case["upstream"]]
    arrays += [array for layer in case["layers"] for array in layer.values()]
    numbers = sum(len(row) for array in arrays for row in array)
    length, agreeing = len(json.dumps(case)), len(finding["agreeing"])
    example = {key: finding[key] for key in finding if key not in ("census", "parted")}
    text = json.dumps(example, sort_keys=True)
    return not finding["smallest"], numbers, length, -agreeing, text


def _census(one: Entry, other: Entry) -> Entry:
    """How a quantity differs. How much was compared is known at the end, of all parts."""
    ratios = one["ratios"], other["ratios"]
    low = min((each["smallest"] for each in ratios), key=_in_order)
    high = max((each["largest"] for each in ratios), key=_in_order)
    return one | {
        "frameworks": _united(one["frameworks"], other["frameworks"]),
        "differing": one["differing"] + other["differing"],
        "worst": min(one["worst"], other["worst"], key=_worst_first),
        "ratios": {"smallest": low, "largest": high},
        "constant_ratio": float(low) if float(low) == float(high) else None,
    }


def _in_order(number: str) -> tuple[float, str]:
    # Zero has two signs.
    return float(number), number


def _worst_first(element: Entry) -> tuple[Any, ...]:
    place = element["layer_and_index"]
    return not place, -float(element["ulps"]), place, element["expected"], element["observed"]


def _about(finding: Entry) -> tuple[int, str, str]:
    return ALL_QUANTITIES.index(finding["quantity"]), finding["outlier"], finding["kind"]


def _point(alike: Entry) -> tuple[str, int, str]:
    answers = json.dumps(alike["answers"], sort_keys=True)
    return alike["formula"], SPECIAL.index(alike["point"]), answers


RULES: Final[dict[str, Rule]] = {
    "frameworks": Rule(lambda each: each["name"], _same),
    "exhaustive": Rule(exhaustive.place, _covered),
    "determinism": Rule(lambda each: each["framework"], _repeats),
    "not_asked": Rule(str, _same),
    "not_checked": Rule(lambda gap: (gap["framework"], gap["reason"]), _same),
    "accumulation": Rule(itemgetter("framework", "dtype", "sums"), _same),
    "conventions": Rule(_point, _alike),
    "notes": Rule(str, _same),
    "regression": Rule(lambda each: ALL_QUANTITIES.index(each["quantity"]), _change),
    "disagreements": Rule(_about, _finding),
}
