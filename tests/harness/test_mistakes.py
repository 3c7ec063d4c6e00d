"""The catalogue: every mistake is caught for what it spoils, is no other, is explained truly."""

import re
from itertools import combinations

import numpy as np
import pytest
from battery import (
    RIGHT,
    arrays,
    calls,
    fresh,
    outcome,
    right_step,
    single_cases,
    stacks,
    true_trace,
)
from lessons import SHOWN, example_calls, numbers
from respelled import SPELLINGS
from unknown import UNKNOWN

from harness.case import QUANTITIES
from harness.derivation import DOCUMENT_FORMULAS, FORMULAS, HEAD_FORMULAS, TRAIN_STEP
from harness.lattice import LADDER
from harness.mistakes import CATALOGUE
from harness.walk import in_order

ON_LATTICE = [each for each in CATALOGUE if each.formula not in HEAD_FORMULAS]
OF_STEPS = [each for each in CATALOGUE if each.formula == TRAIN_STEP]


def named(mistakes):
    return [pytest.param(each, id=each.name) for each in mistakes]


def test_the_catalogue_is_as_large_as_promised():
    assert len(ON_LATTICE) - len(OF_STEPS) >= 36
    assert len(OF_STEPS) >= 12
    assert len(CATALOGUE) - len(ON_LATTICE) >= 18
    assert {each.formula for each in CATALOGUE} == {*FORMULAS, TRAIN_STEP}


def test_names_are_unique():
    names = [each.name for each in CATALOGUE]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("mistake", named(CATALOGUE))
def test_a_mistake_is_caught_for_what_it_spoils_and_nothing_else(mistake, of_mistake):
    findings = of_mistake(mistake)

    assert {finding.quantity for finding in findings} == set(mistake.quantities)
    assert {finding.outlier for finding in findings} == {"derivation"}


@pytest.mark.parametrize("mistake", named(OF_STEPS))
def test_a_whole_step_goes_wrong_first_where_it_says(mistake):
    firsts = set()
    for stack in stacks(
        [(2, 3, 2), (3, 3, 3), (2, 2, 2, 2), (3, 4, 3, 2), (3, 2, 2, 2)], LADDER[:1], 24
    ):
        trace = true_trace(stack)
        cases = list(zip(stack.inputs, stack.upstream, strict=True))
        observed = []
        for place, (inputs, upstream) in enumerate(cases):
            layers = [(weights[place], biases[place]) for weights, biases in stack.layers]
            observed.append(mistake.code(inputs, layers, upstream, stack.learning_rate))
        firsts.add(first_wrong(trace, observed))

    assert firsts - {None} == set(mistake.quantities)
    assert len(mistake.quantities) == 1


def first_wrong(trace, observed):
    """The first quantity, in the order of computation, that is wrong in any case of a stack."""
    for layer, step in in_order(len(trace)):
        for quantity in step.quantities:
            expected = getattr(trace[layer], quantity)
            if not all(
                np.array_equal(array, steps[layer][quantity])
                for array, steps in zip(expected, observed, strict=True)
            ):
                return quantity
    return None


def test_the_pieces_of_whole_steps_make_the_right_step():
    for case, trace in single_cases(TRAIN_STEP):
        layers = [(layer.weights[0], layer.biases[0]) for layer in case.layers]
        steps = right_step(case.inputs[0], layers, case.upstream[0], case.learning_rate)

        assert [list(step) for step in steps] == [list(QUANTITIES)] * len(layers)
        assert all(
            np.array_equal(step[quantity], getattr(layer, quantity))
            for step, layer in zip(steps, trace, strict=True)
            for quantity in QUANTITIES
        )


@pytest.mark.parametrize("formula", [*DOCUMENT_FORMULAS, TRAIN_STEP])
def test_no_two_mistakes_of_a_formula_are_the_same(formula):
    codes = {each.name: each.code for each in CATALOGUE if each.formula == formula}
    codes |= {code.__name__: code for code, of in UNKNOWN.items() if of == formula}
    outcomes = {
        name: [outcome(formula, code, arguments) for arguments in calls(formula)]
        for name, code in (codes | {"the right one": RIGHT[formula]}).items()
    }

    assert [
        pair for pair in combinations(outcomes, 2) if outcomes[pair[0]] == outcomes[pair[1]]
    ] == []


@pytest.mark.parametrize("mistake", named(CATALOGUE))
@pytest.mark.filterwarnings("ignore:Mean of empty slice:RuntimeWarning")
def test_an_empty_batch_is_no_error(mistake):
    for arguments in calls(mistake.formula, empty=True):
        outcome(mistake.formula, mistake.code, arguments)


def test_every_mistake_has_a_second_spelling():
    assert sorted(SPELLINGS) == sorted(each.name for each in CATALOGUE)


@pytest.mark.parametrize("mistake", named(ON_LATTICE))
def test_a_second_spelling_makes_the_same_error_bit_for_bit(mistake):
    for arguments in calls(mistake.formula):
        first = outcome(mistake.formula, mistake.code, arguments)
        second = outcome(mistake.formula, SPELLINGS[mistake.name], arguments)

        assert first == second


@pytest.mark.parametrize("mistake", named(CATALOGUE))
def test_a_lesson_is_short(mistake):
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", mistake.lesson)

    assert 2 <= len(sentences) <= 4
    assert len(mistake.lesson) <= 400
    assert all(sentence[-1] in ".!?" for sentence in sentences)


@pytest.mark.parametrize("mistake", named(CATALOGUE))
def test_the_numbers_of_a_lesson_are_those_of_its_example(mistake):
    shown = list(SHOWN)
    for arguments in example_calls(mistake.formula):
        given = [fresh(argument) for argument in arguments]
        with np.errstate(all="ignore"):
            made = [mistake.code(*given), RIGHT[mistake.formula](*arguments)]
        shown += arrays([*made, given, list(arguments)])
    known = np.concatenate([np.ravel(array) for array in shown])

    for number, half_a_digit in numbers(mistake.lesson):
        assert np.nanmin(np.abs(known - number)) <= half_a_digit, number
