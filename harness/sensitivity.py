"""How soon a run catches each known mistake: `python -m harness.sensitivity` writes the table.

It walks the exact stacks of the default run (`plan.py`), in their order. In the exact regime the
reference is the truth, so no framework is needed. Nor is one where exponentials round, as in
softmax and cross-entropy: the reference is inside its own radii.
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
from harness.compare import is_bit_for_bit
from harness.derivation import FORMULAS, HEAD_FORMULAS, REFERENCE, TRAIN_STEP
from harness.head import DTYPES as HEAD_DTYPES
from harness.mistakes import CATALOGUE, Mistake
from harness.plan import Planned
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
them, is not counted. For softmax and cross-entropy they are cases of logits, and those alone on
which the formula is compared: first what is exact there, then any logits, from one class on.
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


def head_stacks(seed: int, formula: str) -> Iterator[Planned]:
    """The stacks of logits of a run on which a formula of the head is compared, in their order."""
    for drawn in (plan.equal_stacks, plan.alone_stacks, plan.logits_stacks):
        for dtype in HEAD_DTYPES:
            yield from (each for each in drawn(seed, dtype) if formula in (each.only or [formula]))


def caught(mistakes: Iterable[Mistake], seed: int) -> dict[str, Caught]:
    """Each mistake's name, and where the run of this seed catches it; without those it misses."""
    mistakes = list(mistakes)
    others = [each for each in mistakes if each.formula not in HEAD_FORMULAS]
    found = _caught(others, ((case, True) for case in stacks(seed)))
    for formula in HEAD_FORMULAS:
        drawn = ((each.case, is_bit_for_bit(each.regime)) for each in head_stacks(seed, formula))
        found |= _caught([each for each in mistakes if each.formula == formula], drawn)
    return found


def _caught(open_cases: list[Mistake], drawn: Iterable[tuple[Case, bool]]) -> dict[str, Caught]:
    """`drawn` are stacks, each with whether it is exact."""
    found: dict[str, Caught] = {}
    before = 0
    for case, exact in drawn if open_cases else ():
        head = case.targets is not None
        truth = walk(one_by_one(REFERENCE, case.shape, [], head), case)
        for mistake in open_cases:
            if places := blamed(mistake, case, truth, exact):
                first = before + min(places.values()) + 1
                found[mistake.name] = Caught(first, frozenset(places))
        open_cases = [mistake for mistake in open_cases if mistake.name not in found]
        if not open_cases:
            break
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
