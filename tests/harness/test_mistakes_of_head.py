"""The head's mistakes in other words: no two are the same, and neither is right or unknown."""

from functools import cache
from itertools import combinations

import pytest
from battery import head_stacks, true_trace
from planting import with_formula
from respelled import SPELLINGS
from unknown import UNKNOWN

from harness.calling import one_by_one
from harness.derivation import HEAD_FORMULAS, REFERENCE
from harness.mistakes import CATALOGUE
from harness.seen import radii, said_of, same
from harness.walk import only, walk

MISTAKES = [each for each in CATALOGUE if each.formula in HEAD_FORMULAS]


@cache
def truth(formula):
    found = ((case, true_trace(case)) for case in head_stacks(formula))
    return [(case, trace, radii(case, trace)) for case, trace in found]


@cache
def outcomes(formula, code):
    """What a formula makes of each stack: its trace, and what the faults of its calls say."""
    found = []
    for case, trace, _ in truth(formula):
        faults = []
        call = one_by_one(with_formula(formula, code), case.shape, faults, head=True)
        made = walk(only([formula], call), case, trace)
        found.append((made, said_of([fault.quantity for fault in faults], faults, rounds=True)))
    return found


def alike(formula, quantities, one, other):
    """Whether two spellings of a formula do the same wherever rounding leaves them."""
    return all(
        mine[1] == theirs[1] and same(mine[0], theirs[0], quantities, near)
        for (_, _, near), mine, theirs in zip(
            truth(formula), outcomes(formula, one), outcomes(formula, other), strict=True
        )
    )


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_second_spelling_makes_the_same_error(mistake):
    assert alike(mistake.formula, mistake.quantities, mistake.code, SPELLINGS[mistake.name])


@pytest.mark.parametrize("formula", HEAD_FORMULAS)
def test_no_two_mistakes_of_a_formula_are_the_same(formula):
    codes = [each.code for each in MISTAKES if each.formula == formula]
    codes += [code for code, of in UNKNOWN.items() if of == formula]
    codes.append(getattr(REFERENCE, formula))
    quantities = next(each.quantities for each in MISTAKES if each.formula == formula)

    assert [
        (one.__name__, other.__name__)
        for one, other in combinations(codes, 2)
        if alike(formula, quantities, one, other)
    ] == []
