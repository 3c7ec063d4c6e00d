"""Sensitivity, proved: a default run catches every mistake, and the table says how soon."""

import re
from functools import cache
from itertools import islice

import pytest

from harness import plan, sensitivity
from harness.calling import one_by_one
from harness.case import pick
from harness.derivation import FORMULAS, REFERENCE, TRAIN_STEP
from harness.mistakes import CATALOGUE, Mistake
from harness.walk import walk

WRITTEN = sensitivity.TABLE.read_text(encoding="utf-8")
COUNTS = dict(re.findall(r"^\| (\w+) \|[^|]*\| ([\d,]+) \|", WRITTEN, re.MULTILINE))
# One of each formula, of those that do not need a rare shape.
SPOT = [next(each for each in CATALOGUE if each.formula == formula)
        for formula in (*FORMULAS, TRAIN_STEP)]  # fmt: skip


@pytest.fixture(scope="module")
def run():
    """What a default run catches; each seed is walked once."""
    return cache(lambda seed: sensitivity.caught(CATALOGUE, seed))


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_default_run_catches_a_mistake_for_what_it_declares_alone(mistake, run):
    found = run(20)[mistake.name]

    assert found.cases <= sensitivity.EXACT_CASES
    assert found.quantities <= set(mistake.quantities)


def test_a_mistake_is_caught_at_the_first_case_that_shows_it():
    """Counted one case at a time."""
    mistake = next(each for each in CATALOGUE if each.name == "mask_ge")
    count = sensitivity.caught([mistake], 3)["mask_ge"].cases

    single_cases = (
        pick(stack, place) for stack in sensitivity.stacks(3) for place in range(len(stack.inputs))
    )
    first = next(place for place, case in enumerate(single_cases) if shows_kink(case))
    assert count == first + 1


def shows_kink(case):
    trace = walk(one_by_one(REFERENCE, case.shape, []), case)
    upstreams = [*(layer.deriv_relu_wrt_inputs for layer in trace[1:]), case.upstream]
    return any(
        (upstream[layer.layer_outputs == 0] != 0).any()
        for layer, upstream in zip(trace, upstreams, strict=True)
    )


def test_what_is_no_mistake_is_never_caught(monkeypatch):
    right = Mistake("right", "sgd_step", ("new_weights",), REFERENCE.sgd_step, "")
    few = list(islice(sensitivity.stacks(0), 6))
    monkeypatch.setattr(sensitivity, "stacks", lambda seed: few)

    assert sensitivity.caught([right], 0) == {}


def test_the_stacks_are_those_of_a_run_on_somebody_s_derivation(monkeypatch):
    drawn = []
    monkeypatch.setattr(plan, "stacks", lambda *asked: drawn.append(asked) or [])

    assert list(sensitivity.stacks(3)) == []
    assert drawn == [("exact", 3, dtype, plan.ONE_BY_ONE) for dtype in plan.DTYPES]


def test_the_table_is_what_is_generated():
    """All but the counts, which are read back here and checked below."""
    assert sorted(COUNTS) == sorted(each.name for each in CATALOGUE)

    assert "\n".join(sensitivity.table(COUNTS)) + "\n" == WRITTEN


def test_the_counts_in_the_table_are_those_of_its_seeds():
    assert sensitivity.medians(SPOT) == {each.name: COUNTS[each.name] for each in SPOT}
