"""The exhaustive part: what it catches, what it claims, and when it claims nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
from covering import FLOAT64, TOYS, checking, covering, mine, shapes_of, traced

from harness import verdict, verification
from harness.derivation import REFERENCE
from harness.exhaustive import as_json, cover, in_a_run
from harness.grid import grids
from harness.verification import Verification


def dense_forward(x, w, b):
    return x @ w + b


def test_right_formulas_are_covered_and_claimed():
    run = covering(mine(dense_forward=dense_forward, relu_forward=REFERENCE.relu_forward))

    assert run.findings == {}
    first, *others = as_json(run)
    assert first == {
        "formula": "dense_forward",
        "free": ["inputs", "weights", "biases"],
        "shape": [1, 1, 1],
        "entries": [-1, 0, 1],
        "learning_rates": [1],
        "dtype": "float64",
        "frameworks": ["one", "two"],
        "cases": 27,
        "degree": 2,
        "polynomial_in": ["inputs", "weights", "biases"],
    }
    assert [(each["formula"], *each["shape"], each["cases"]) for each in others] == [
        ("dense_forward", 1, 1, 2, 243),
        ("dense_forward", 1, 2, 1, 243),
        ("dense_forward", 1, 2, 2, 6561),
        ("dense_forward", 2, 1, 1, 81),
        ("dense_forward", 2, 1, 2, 729),
        ("dense_forward", 2, 2, 1, 2187),
        ("relu_forward", 1, 1, 1, 3),
        ("relu_forward", 1, 1, 2, 9),
        ("relu_forward", 2, 2, 1, 9),
        ("relu_forward", 2, 2, 2, 81),
    ]
    assert (others[-1]["degree"], others[-1]["polynomial_in"]) == (None, [])
    assert verdict.conclude(run, 0, "pytest", (), ()).agrees is False  # it is not all that is asked


def test_only_the_formula_itself_is_counted():
    run = covering(mine(dense_backward=REFERENCE.dense_backward), largest=300)

    assert {row.quantity: tally.cases for row, tally in run.tallies.items()} == dict.fromkeys(
        ("deriv_relu_wrt_inputs", "deriv_relu_wrt_weights", "deriv_relu_wrt_biases"),
        27 + 3 * 243,
    )
    assert {row.regime for row in run.tallies} == {"exhaustive"}


def of_degree(degree):
    """A right dense_forward, and a term that vanishes at so many whole numbers from -1 on."""

    def wrong(x, w, b):
        term = np.prod([x[:, :1] - root for root in range(-1, degree - 1)], axis=0)
        return x @ w + b + term

    return mine(dense_forward=wrong)


def too_small_to_be_seen(x, w, b):
    return (x @ w + b + 1) + 1e-30 * x[:, :1] - 1


@pytest.mark.parametrize(
    ("derivation", "radius", "caught"),
    [
        (of_degree(1), 1, True),
        (of_degree(2), 1, True),
        (of_degree(3), 1, False),
        (of_degree(3), 2, True),
        (mine(dense_forward=too_small_to_be_seen), 1, False),
        (mine(relu_forward=lambda z: (z * z + z) / 2), 1, False),
        (mine(relu_forward=lambda z: (z * z + z) / 2), 2, True),
    ],
)
def test_a_wrong_term_of_degree_2_is_caught_and_the_claims_conditions_are_needed(
    derivation, radius, caught
):
    """A term of degree 3, or that rounding takes away, or no ReLU: the claim excepts them all."""
    run = covering(derivation, radius, largest=5**4)

    assert bool(run.findings) == caught
    claims = as_json(run)
    assert bool(claims) != caught
    for claim in claims:
        expected = (2, True) if claim["formula"] == "dense_forward" else (None, False)
        assert (claim["degree"], bool(claim["polynomial_in"])) == expected


def test_what_is_wrong_at_2x2_to_2_alone_is_caught_there():
    def dense_backward(d, x, w):
        square = len(x) == 2 and w.shape == (2, 2)
        return d @ (w if square else w.T), x.T @ d, d.sum(axis=0, keepdims=True)

    derivation = mine(dense_backward=dense_backward)

    assert not covering(derivation).findings
    run = covering(derivation, largest=3**12)
    assert {finding.quantity for finding in run.findings.values()} == {"deriv_relu_wrt_inputs"}
    assert (2, 2, 2) not in shapes_of(run, "dense_backward")
    assert as_json(run) == []


def doubled_mask(upstream, z):
    return 2 * upstream * (z > 0)


def test_a_witness_that_gives_the_formula_another_argument_spoils_the_claim():
    """Its own gradients follow from its own doubled one, so that dense_backward agrees with it."""
    doubled = SimpleNamespace(
        name="two", version="1", trace=lambda case: traced(case, doubled_mask)
    )
    run = covering(mine(dense_backward=REFERENCE.dense_backward), 1, 300, [TOYS[0], doubled])

    assert {(each.quantity, each.outlier) for each in run.findings.values()} == {
        ("deriv_relu_wrt_z", "two")
    }
    assert run.covered == set()


def nothing(run):
    return lambda regime, case, of: None


def all_but_one(run):
    """Checks all but the first stack that it gets."""
    left = []

    def check(regime, case, of):
        if left:
            run.check(case, regime, of=of)
        left.append(case)

    return check


def one_witness(run):
    def check(regime, case, of):
        both, run.witnesses = run.witnesses, {"one": run.witnesses["one"]}
        run.check(case, regime, of=of)
        run.witnesses = both

    return check


def another_formula(run):
    return lambda regime, case, of: run.check(case, regime, of="relu_forward")


@pytest.mark.parametrize("check", [nothing, all_but_one, one_witness, another_formula])
def test_what_was_not_compared_is_not_claimed(check):
    run = Verification(REFERENCE, TOYS)
    rates = grids("sgd_step", 1, FLOAT64)[0]

    cover(run, rates, check(run))

    assert run.covered == set()
    cover(run, rates, checking(run))
    assert run.covered == {rates}


def test_a_grid_that_was_cut_short_is_not_claimed():
    run = Verification(REFERENCE, TOYS)
    rates = grids("sgd_step", 1, FLOAT64)[0]

    def interrupted(regime, case, of):
        if case.learning_rate == 2:
            raise KeyboardInterrupt
        run.check(case, regime, of=of)

    with pytest.raises(KeyboardInterrupt):
        cover(run, rates, interrupted)

    assert run.covered == set()
    assert as_json(run) == []


def test_without_a_witness_nothing_is_claimed():
    assert covering(mine(dense_forward=dense_forward), largest=300, witnesses=()).covered == set()


def test_of_a_formula_that_is_wrong_elsewhere_nothing_is_claimed():
    """Its smallest cases are right, and no learner should read that it is right for all reals."""

    def in_float16(x, w, b):
        return (x.astype(np.float16) @ w.astype(np.float16) + b).astype(x.dtype)

    run = covering(mine(dense_forward=in_float16), largest=300)
    assert {claim["formula"] for claim in as_json(run)} == {"dense_forward"}

    (case,) = grids("dense_forward", 1, FLOAT64)[0].stacks()
    run.check(case._replace(inputs=case.inputs * 2049), "exact")

    assert run.findings
    assert run.covered
    assert as_json(run) == []


def test_a_wrong_formula_is_shrunk_once_and_ends_its_grid(monkeypatch):
    shrunk, checked = [], []
    smallest = verification.smallest
    monkeypatch.setattr(verification, "smallest", lambda *a: shrunk.append(a) or smallest(*a))
    run = Verification(mine(sgd_step=lambda p, g, rate: p + rate * g), TOYS)

    def check(regime, case, of):
        checked.append(case)
        return run.check(case, regime, of=of)

    for grid in in_a_run(run, "sgd_step"):
        cover(run, grid, check)

    assert len(shrunk) == len(run.findings) == 2  # new_weights and new_biases
    assert sum(case.learning_rate != 0 for case in checked) == 6  # one a grid: 0 hides it
    assert {each.shown.regime for each in run.findings.values()} == {"exact"}


def test_three_values_decide_a_polynomial_of_degree_2_and_no_less_do():
    """The lemma in one variable, from which the others follow."""
    for degree in (2, 4):
        values = np.arange(degree + 1) - degree // 2
        assert np.linalg.matrix_rank(np.vander(values, degree + 1)) == degree + 1
        assert np.linalg.matrix_rank(np.vander(values[1:], degree + 1)) == degree
