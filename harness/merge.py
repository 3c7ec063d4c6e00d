"""Verdicts on the parts of one run, as one: `python -m harness.merge A.json B.json ...`.

A part is a shard of a campaign, or one of its tasks: the same derivation before the same versions,
with the same seed, on cases of its own. Counts add, shapes unite, the largest ratio is the largest
of all, findings of one quantity, kind and outlier are one, what one part would have caught has not
survived, and what was left unchecked is worked out anew. In any order and any grouping the parts
make the same verdict, to the byte.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from harness import certificate
from harness.blame import framework_of
from harness.certificate import Certificate
from harness.entries import RULES, Keyed, keyed, together
from harness.render import render
from harness.tally import Tally
from harness.terminal import Parser, say
from harness.verdict import NO_CASE, compared, unchecked
from harness.verdict_json import check_writable, checked_as_json, gap_as_json, tallies_of, write
from harness.verdict_read import FORM, VerdictError, read

# What all parts of a run have in common.
COMMON: Final = ("derivation", "formulas", "kink", "against", "seed", "numpy")
# The exit status, as pytest's.
AGREES, DISAGREES = 0, 1


class MergeError(Exception):
    """A verdict is on no part of the run; the message says what is expected and what it has."""


def merge(verdicts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One verdict of one or more. Raises MergeError unless all are on parts of one run."""
    first, *others = verdicts
    merged = Merged(first)
    for part in others:
        merged.add(part)
    return merged.verdict()


class Merged:
    """The parts so far, added one by one. The parts themselves are left as they are."""

    def __init__(self, first: dict[str, Any]) -> None:
        self._common = _common(first)
        self._calls: int = first["calls_in_other_ways"]
        self._tallies = tallies_of(first)
        self._left_out = _left_out(first)
        self._lists = {name: _entries(name, first) for name in RULES}
        self._certificate = Certificate(first["kink"])
        certificate.add(self._certificate, first["sensitivity"])

    def add(self, part: dict[str, Any]) -> None:
        """Raises MergeError, and adds nothing, if it is on no part of the same run."""
        self._check(part)
        self._calls += part["calls_in_other_ways"]
        for row, tally in tallies_of(part).items():
            self._tallies.setdefault(row, Tally()).add(tally)
        self._left_out |= _left_out(part)
        certificate.add(self._certificate, part["sensitivity"])
        for name, kept in self._lists.items():
            self._lists[name] = together(name, kept, _entries(name, part))

    def verdict(self) -> dict[str, Any]:
        """The verdict on all of them."""
        lists = {name: list(entries.values()) for name, entries in self._lists.items()}
        witnesses = [each["name"] for each in lists["frameworks"]]
        frameworks = set(map(framework_of, witnesses))
        findings = [self._counted(finding) for finding in lists["disagreements"]]
        refused = {finding["formula"] for finding in findings}
        gaps = list(map(gap_as_json, unchecked(self._tallies, witnesses, refused, self._left_out)))
        # What cannot run on one machine may have run on another.
        gaps += [gap for gap in lists["not_checked"] if gap["framework"] not in witnesses]
        asked = [gap for gap in gaps if gap["asked"]]
        verdict = self._common | lists | checked_as_json(self._tallies)
        verdict |= {
            "agrees": not (findings or self._certificate.survivors or asked),
            "sensitivity": certificate.as_json(self._certificate),
            "not_asked": [name for name in lists["not_asked"] if name not in frameworks],
            "not_checked": gaps,
            "exhaustive": [each for each in lists["exhaustive"] if each["formula"] not in refused],
            "calls_in_other_ways": self._calls,
            "disagreements": findings,
        }
        return {key: verdict[key] for key in FORM}

    def _check(self, part: dict[str, Any]) -> None:
        theirs = _common(part)
        for what, actual in theirs.items():
            expected = self._common.get(what, actual)
            if actual != expected:
                where = "as in the parts before it"
                raise MergeError(f"{what}: expected {expected} {where}, not {actual}")
        self._common |= theirs

    def _counted(self, finding: dict[str, Any]) -> dict[str, Any]:
        """The finding with how much was compared in all parts."""
        census = finding["census"]
        count = compared(self._tallies, finding["quantity"], census["frameworks"])
        return finding | {"census": census | {"compared": count}}


def _common(part: dict[str, Any]) -> dict[str, Any]:
    """What no other part of the run may have otherwise."""
    versions = {f"version of {each['name']}": each["version"] for each in part["frameworks"]}
    return {key: part[key] for key in COMMON} | versions


def _left_out(part: dict[str, Any]) -> set[str]:
    """The quantities that a whole step does not return."""
    return {gap["quantity"] for gap in part["not_checked"] if gap["quantity"] and not gap["asked"]}


def _entries(name: str, part: dict[str, Any]) -> Keyed:
    """The entries of a list. Of what was not checked, what the rows do not say: a test that
    crashed, a variant that cannot run."""
    entries = part[name]
    if name == "not_checked":
        told = (gap for gap in entries if not gap["quantity"] and not gap["dtype"])
        entries = [gap for gap in told if gap["reason"] != NO_CASE]
    return keyed(name, entries)


def main(arguments: Sequence[str] | None = None) -> int:
    """Merge the verdicts in files, print the one that they make; returns the exit status."""
    parser = Parser(prog="python -m harness.merge", description=__doc__, allow_abbrev=False)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a part's verdict")
    parser.add_argument(
        "--verdict-json", type=Path, metavar="PATH", help="write the merged verdict there, too"
    )
    given = parser.parse_args(arguments)
    try:
        if given.verdict_json:
            check_writable(given.verdict_json)
    except OSError as error:
        parser.error(f"--verdict-json {given.verdict_json}: cannot be written: {error.strerror}")
    try:
        verdict = _merged(given.files)
    except VerdictError as error:
        parser.error(str(error))
    if given.verdict_json:
        write(verdict, given.verdict_json)
    say(render(verdict))
    return AGREES if verdict["agrees"] else DISAGREES


def _merged(files: Sequence[Path]) -> dict[str, Any]:
    first, *others = files
    merged, known = Merged(read(first)), {first.resolve()}
    for file in others:
        if file.resolve() in known:
            raise VerdictError(f"{file}: expected each part once, and it is given twice")
        known.add(file.resolve())
        try:
            merged.add(read(file))
        except MergeError as error:
            raise VerdictError(f"{file}: {error}") from None
    return merged.verdict()


if __name__ == "__main__":
    sys.exit(main())
