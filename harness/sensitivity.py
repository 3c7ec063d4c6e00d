"""How soon a run catches each known mistake: `python -m harness.sensitivity` writes the table.

It walks the exact stacks of the default run (`plan.py`), in their order. In the exact regime the
reference is the truth, so no framework is needed.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import plan
from harness.calling import one_by_one
from harness.case import ALL_QUANTITIES, Case
from harness.certificate import blamed
from harness.derivation import FORMULAS, REFERENCE, TRAIN_STEP
from harness.mistakes import CATALOGUE, Mistake
from harness.walk import walk

TABLE: Final = Path(__file__).parents[1] / "docs" / "mistakes.md"
SEEDS: Final = 20
STACK: Final = plan.ONE_BY_ONE
EXACT_CASES: Final = STACK * sum(len(plan.shapes(plan.EXACT, dtype)) for dtype in plan.DTYPES)

INTRODUCTION: Final = f"""\
# The mistakes that crossgrad knows

Made by `tox -e docs` from `harness/mistakes`: edit that, not this.

Each of the {len(CATALOGUE)} is planted in the reference and must be refused for the quantities it
spoils, and for no other. It is named when a derivation makes the same error in other words.

*Cases* is how many of a default run's {EXACT_CASES:,} generated exact cases are met until it is
caught: the median of {SEEDS} seeds. What needs a shape (a square, several layers) takes longer, for
shapes come in shuffled stacks of {STACK}. The document's own example, which a run meets before
them, is not counted.
"""


class Caught(NamedTuple):
    """A mistake's first stack that shows it: the cases until then, and what is blamed there."""

    cases: int
    quantities: frozenset[str]


def stacks(seed: int) -> Iterator[Case]:
    """The exact stacks of a default run on somebody's derivation, in its order."""
    for dtype in plan.DTYPES:
        for planned in plan.stacks(plan.EXACT, seed, dtype, plan.ONE_BY_ONE):
            yield planned.case


def caught(mistakes: Iterable[Mistake], seed: int) -> dict[str, Caught]:
    """Each mistake's name, and where the run of this seed catches it; without those it misses."""
    found: dict[str, Caught] = {}
    open_cases = list(mistakes)
    before = 0
    for case in stacks(seed):
        if not open_cases:
            break
        truth = walk(one_by_one(REFERENCE, case.shape, []), case)
        for mistake in open_cases:
            if places := blamed(mistake, case, truth, exact=True):
                first = before + min(places.values()) + 1
                found[mistake.name] = Caught(first, frozenset(places))
        open_cases = [mistake for mistake in open_cases if mistake.name not in found]
        before += len(case.inputs)
    return found


def medians(mistakes: Iterable[Mistake] = CATALOGUE) -> dict[str, str]:
    """The median, over seeds, of the cases until each mistake is caught."""
    mistakes = tuple(mistakes)
    runs = [caught(mistakes, seed) for seed in range(SEEDS)]
    return {each.name: f"{median(run[each.name].cases for run in runs):,.0f}" for each in mistakes}


def table(counts: dict[str, str]) -> Iterator[str]:
    """The lines of the table in Markdown; `counts` are the cases until each mistake is caught."""
    yield from INTRODUCTION.splitlines()
    order = (*FORMULAS, TRAIN_STEP)
    by_formula = sorted(CATALOGUE, key=lambda mistake: order.index(mistake.formula))
    for formula, mistakes in groupby(by_formula, key=lambda mistake: mistake.formula):
        yield ""
        yield f"## {formula}"
        yield ""
        yield "| mistake | spoils | cases | what went wrong |"
        yield "|---|---|--:|---|"
        for mistake in sorted(mistakes, key=lambda each: ALL_QUANTITIES.index(each.quantities[0])):
            spoils = ", ".join(mistake.quantities)
            cases = counts[mistake.name]
            yield f"| {mistake.name} | {spoils} | {cases} | {mistake.lesson} |"


if __name__ == "__main__":
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(table(medians())) + "\n", encoding="utf-8")
