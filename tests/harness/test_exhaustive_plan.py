"""What a run and an hour take of the exhaustive part, what a whole step is to it, and its words."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from covering import FLOAT64, TOYS, checking, covering, mine, shapes_of, traced

from harness import verdict, verdict_json
from harness.derivation import DOCUMENT_FORMULAS, REFERENCE, TRAIN_STEP
from harness.exhaustive import ALL, as_json, beyond, cover, in_a_run, lines
from harness.formats import FORMATS
from harness.grid import grids
from harness.merge import merge
from harness.verification import Verification


def cases_in_a_run(run):
    return sum(grid.cases for formula in ALL for grid in in_a_run(run, formula))


def test_a_run_takes_all_that_are_quick_and_the_rest_is_beyond():
    own = Verification(REFERENCE, TOYS)
    others = Verification(mine(**{formula: max for formula in ALL}), TOYS)
    regression = Verification(REFERENCE, TOYS, against=REFERENCE)

    assert cases_in_a_run(own) == 648_300
    assert cases_in_a_run(regression) == 648_300 - 3**12
    assert cases_in_a_run(others) == 648_300 - 3**12 + 70_227
    for run in (own, others):
        for formula in set(run.derivation.own) & {*ALL}:
            first, then = in_a_run(run, formula), beyond(run, formula, FLOAT64)
            assert not set(first) & set(then)
            for dtype in FORMATS[1:]:
                small = [grid for grid in [*first, *then] if grid.radius == 1]
                again = beyond(run, formula, dtype)
                assert [grid._replace(dtype=FLOAT64) for grid in again] == sorted(
                    small, key=grids(formula, 1, FLOAT64).index
                )


def test_an_hour_takes_all_but_the_largest_of_a_derivation_that_is_called_case_by_case():
    def left_out(run, radius):
        for formula in set(run.derivation.own) & {*ALL}:
            taken = in_a_run(run, formula) + beyond(run, formula, FLOAT64)
            for grid in set(grids(formula, radius, FLOAT64)) - set(taken):
                yield formula, grid.shape

    own = Verification(REFERENCE, TOYS)
    others = Verification(mine(**{formula: max for formula in ALL}), TOYS)

    assert [*left_out(own, 1), *left_out(own, 2)] == []
    assert sorted(left_out(others, 1)) == [(TRAIN_STEP, (2, 2, 2))]
    assert sorted(left_out(others, 2)) == [
        ("dense_backward", (2, 2, 2)),
        ("dense_forward", (2, 2, 2)),
        ("sgd_step", (2, 2, 2)),
        (TRAIN_STEP, (1, 2, 2)),
        (TRAIN_STEP, (2, 1, 2)),
        (TRAIN_STEP, (2, 2, 1)),
        (TRAIN_STEP, (2, 2, 2)),
    ]


@pytest.mark.parametrize("formula", ALL)
def test_what_was_not_asked_for_is_not_run(formula):
    for own in ALL:
        run = Verification(mine(**{own: max}), TOYS)
        assert bool(in_a_run(run, formula)) == (own == formula)
        assert bool(beyond(run, formula, FORMATS[1])) == (own == formula)


def step(inputs, layers, upstream, learning_rate):
    """A whole step that returns no outputs."""
    ((weights, biases),) = layers
    d = upstream * (inputs @ weights + biases > 0)
    return [{"deriv_relu_wrt_inputs": d @ weights.T, "deriv_relu_wrt_weights": inputs.T @ d}]


def test_a_whole_step_is_claimed_for_what_it_returns_and_never_for_all_reals():
    run = covering(mine(train_step=step), largest=3**8)

    assert {row.quantity for row in run.tallies} == {
        "deriv_relu_wrt_inputs", "deriv_relu_wrt_weights",
    }  # fmt: skip
    assert list(lines(as_json(run))) == [
        "Every case with entries in {-1, 0, 1} up to 2x2->2, in float64 (11,178):",
        "train_step (learning rates 0, 1 and 2; but for 1x2->2, 2x1->2, 2x2->1 and",
        "2x2->2).",
    ]


def test_a_whole_step_beside_formulas_leaves_out_nothing_that_they_are_checked_for():
    run = covering(mine(train_step=step, dense_forward=REFERENCE.dense_forward), largest=3**5)

    assert run.left_out == set()
    assert shapes_of(run, TRAIN_STEP) == {(1, 1, 1)}
    assert shapes_of(run, "dense_forward") == {(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1)}


def test_an_empty_step_is_not_covered():
    assert covering(mine(train_step=lambda *a: [{}]), largest=3**5).covered == set()


@pytest.mark.parametrize("kink", [0, 0.5, 1])
def test_a_choice_at_the_kink_is_covered_where_the_witnesses_make_it(kink):
    def relu_backward(upstream, z):
        return upstream * np.where(z == 0, kink, z > 0)

    def otherwise(upstream, z):
        return upstream * np.where(z == 0, 2, z > 0)

    for relu, agrees in ((relu_backward, True), (otherwise, False)):
        witness = SimpleNamespace(name="toy", version="1", trace=partial(traced, relu=relu))
        run = Verification(mine(relu_backward=relu_backward), [witness], kink=kink)
        grid = grids("relu_backward", 1, FLOAT64)[-1]
        cover(run, grid, checking(run))
        assert (run.covered == {grid}, not run.findings) == (agrees, agrees)


def test_a_regression_counts_the_formula_itself_and_no_other():
    before = mine(sgd_step=lambda p, g, rate: p + rate * g)
    run = Verification(REFERENCE, TOYS[:1], against=before)
    grid = grids("sgd_step", 1, FLOAT64)[0]

    cover(run, grid, checking(run))

    assert {quantity: change.elements for quantity, change in run.changes.items()} == {
        "new_weights": 27, "new_biases": 27,
    }  # fmt: skip
    assert {change.sides_with for change in run.changes.values()} == {"new"}
    assert run.covered == {grid}


def test_the_verdict_says_what_holds_with_its_condition():
    run = Verification(REFERENCE, TOYS)
    for dtype in FORMATS:
        run.covered |= {grid for formula in DOCUMENT_FORMULAS for grid in grids(formula, 1, dtype)}
    run.covered |= {grid for grid in grids("dense_backward", 2, FLOAT64) if grid.cases < 5**12}
    run.covered |= set(grids("relu_forward", 2, FLOAT64))

    assert list(lines(as_json(run))) == [
        "Every case with entries in {-1, 0, 1} up to 2x2->2, in float64, float32, float16",
        "and bfloat16 (2,593,200): dense_forward, relu_forward, relu_backward,",
        "dense_backward and sgd_step (learning rates 0, 1 and 2).",
        "Right for all real inputs of these shapes, if it is a polynomial of degree 2 or",
        "less in each entry that does not round there: dense_forward, dense_backward and",
        "sgd_step.",
        "Every case with entries in {-2, -1, 0, 1, 2} up to 2x2->2, in float64",
        "(1,182,055): relu_forward and dense_backward (but for 2x2->2).",
        "Right for all real inputs of these shapes, if it is a polynomial of degree 4 or",
        "less in each entry that does not round there: dense_backward.",
    ]
    assert list(lines([])) == []


def test_the_claims_of_parts_unite_and_a_finding_in_one_part_refuses_them_in_all():
    def part(witness, grids, *cases):
        run = Verification(mine(sgd_step=right_of_one_number), [witness])
        for grid in grids:
            cover(run, grid, checking(run))
        for case in cases:
            run.check(case, "exact")
        return verdict_json.as_json(verdict.conclude(run, 0, "pytest", (), ()))

    def right_of_one_number(parameter, gradient, rate):
        return parameter - (rate if parameter.size == 1 else 2 * rate) * gradient

    one, two_numbers, *_ = grids("sgd_step", 1, FLOAT64)
    other = grids("sgd_step", 1, FORMATS[1])[0]
    shown = next(two_numbers.stacks())
    parts = [part(TOYS[0], [one, other]), part(TOYS[1], [one])]

    claims = merge(parts)["exhaustive"]
    assert [(each["dtype"], each["frameworks"]) for each in claims] == [
        ("float64", ["one", "two"]),
        ("float32", ["one"]),
    ]
    refuting = part(TOYS[1], [], shown._replace(learning_rate=np.float64(1)))
    assert refuting["disagreements"]
    assert merge([*parts, refuting])["exhaustive"] == []
