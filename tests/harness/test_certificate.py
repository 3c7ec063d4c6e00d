"""The certificate: what these very cases would have caught, and what they would have let pass."""

import numpy as np
import pytest
from checked import FLOAT64, SMALL, run, survivors
from planting import TOY, with_formula, witness

from harness import certificate, plan
from harness.derivation import REFERENCE, reference_at
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.mistakes import CATALOGUE, Mistake
from harness.verification import Verification

FLOAT32 = np.dtype(np.float32)
TINY = LADDER[:1]


@pytest.mark.parametrize(("seed", "kink"), [(0, 0), (1, 0), (2, 0), (0, 0.5), (1, 1.0)])
def test_the_stacks_of_a_run_would_catch_every_known_mistake(seed, kink):
    """In float64 alone, and on stacks that are shorter than a run's."""
    reference = reference_at(kink)
    verification = Verification(reference, [witness(reference)], kink=kink)

    for planned in plan.layers_stacks(seed, FLOAT64, 16):
        if planned.regime == "exact":
            verification.check(**planned._asdict())
    for planned in plan.stacks("exact", seed, FLOAT64, 16):
        if not survivors(verification):
            break
        verification.check(**planned._asdict())
    for drawn in (plan.equal_stacks, plan.alone_stacks, plan.logits_stacks):
        for planned in drawn(seed, FLOAT64):
            verification.check(**planned._asdict())

    assert verification.findings == {}
    assert survivors(verification) == set()
    assert len(verification.certificate.caught) == len(CATALOGUE) == 154


ONE_SAMPLE_HIDES = {
    "biases_as_column", "biases_axis_1_reshaped", "biases_gradient_per_sample", "biases_mean",
    "biases_not_summed", "inputs_divided_by_batch", "inputs_not_transposed", "mask_of_first_sample",
    "mask_squeezed", "mask_transposed", "parameters_divided_by_batch", "star_for_dot",
    "weights_divided_by_batch", "weights_of_last_sample",
}  # fmt: skip
NO_EQUAL_SIZES_HIDE = {
    "biases_as_column", "biases_axis_1_reshaped", "inputs_not_transposed", "mask_transposed",
    "star_for_dot", "weights_not_transposed", "weights_transposed_again",
}  # fmt: skip
FLOAT32_HIDES = {"outputs_in_float32", "step_in_float32"}
TINY_HIDES = FLOAT32_HIDES | {"biases_in_float16", "gradient_in_float16", "weights_in_float16"}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({}, set()),
        ({"shapes": [s for s in SMALL if len(set(s)) == 1]}, {"biases_squeezed", "mask_squeezed"}),
        ({"shapes": [s for s in SMALL if s[0] == 1]}, ONE_SAMPLE_HIDES),
        ({"shapes": [(2, 3, 4), (1, 2, 3), (3, 1, 2), (2, 3, 1)]}, NO_EQUAL_SIZES_HIDE),
        ({"rungs": TINY}, TINY_HIDES),
        ({"dtype": FLOAT32}, FLOAT32_HIDES),
    ],
    ids=["all", "squares", "one sample", "no equal sizes", "tiny integers", "float32"],
)
def test_what_is_missing_from_the_cases_leaves_its_mistakes(options, left):
    assert survivors(run(**options)) == left


def test_any_floats_leave_only_what_needs_the_kink():
    verification, rng = Verification(REFERENCE, [TOY]), np.random.default_rng(1)
    for shape in SMALL:
        verification.check(float_stack(rng, shape, FLOAT64, 8), "certified", chained=True)

    # Drawn to within a few units of 0, some biases meet it.
    assert survivors(verification) <= set(certificate.AT_KINK)
    assert len(verification.certificate.caught) >= 98


def test_what_is_caught_is_not_asked_again_and_no_shape_often(monkeypatch):
    asked, blamed = [], certificate.blamed
    monkeypatch.setattr(
        certificate,
        "blamed",
        lambda mistake, *rest: asked.append(mistake.name) or blamed(mistake, *rest),
    )
    verification, rng = Verification(REFERENCE, [TOY]), np.random.default_rng(0)
    for _ in range(50):
        verification.check(lattice_stack(rng, (1, 2, 2), FLOAT32, TINY[0], 40), "exact")

    caught, left = verification.certificate.caught, survivors(verification)
    often = certificate.MOST // certificate.CASES
    assert {name: asked.count(name) for name in left} == dict.fromkeys(left, often)
    assert len(asked) < 2 * len(caught) + often * len(left)
    assert verification.certificate.cases == certificate.MOST


def test_only_the_formulas_that_a_derivation_owns_are_asked():
    verification = run(
        SMALL[:27], derivation=with_formula("sgd_step", lambda p, g, rate: p - rate * g)
    )

    asked = verification.certificate.caught | survivors(verification)
    assert asked == {each.name for each in CATALOGUE if each.formula == "sgd_step"}
    text = list(certificate.lines(certificate.as_json(verification.certificate)))
    assert text == [f"These cases would have caught all {len(asked)} known mistakes in sgd_step."]


@pytest.mark.parametrize("chained", [False, True])
def test_wiring_is_asked_where_formulas_are_chained(chained):
    verification = Verification(REFERENCE, [TOY])
    case = lattice_stack(np.random.default_rng(0), (2, 2, 2, 2), FLOAT64, TINY[0], 8)
    verification.check(case, "exact", chained=chained)

    asked = verification.certificate.caught | survivors(verification)
    assert ("layers_reversed" in asked) is chained


def test_a_whole_step_is_asked_for_the_mistakes_in_what_it_returns(load):
    right = load("right/whole_step.py").train_step

    def weights_alone(*arguments):
        return [{"new_weights": step["new_weights"]} for step in right(*arguments)]

    whole, part = (
        run([(2, 2, 2, 2)], TINY, derivation=with_formula("train_step", step)).certificate
        for step in (right, weights_alone)
    )
    steps = [each for each in CATALOGUE if each.formula == "train_step"]

    assert whole.caught | whole.survivors == {each.name for each in steps}
    assert part.caught | part.survivors == {
        each.name for each in steps if each.quantities == ("new_weights",)
    }


def test_nothing_is_asked_where_the_derivation_is_refused():
    """There the truth itself is in question: a wrong witness would refuse everything."""
    wrong = with_formula("sgd_step", lambda p, g, rate: p + rate * g)
    verification = Verification(REFERENCE, [witness(wrong)])
    case = lattice_stack(np.random.default_rng(0), (2, 2, 2), FLOAT64, TINY[0], 8)

    assert verification.check(case, "exact")
    assert verification.certificate == certificate.Certificate()
    assert list(certificate.lines(certificate.as_json(verification.certificate))) == []


def test_a_mistake_that_only_raises_is_caught_and_what_is_no_mistake_survives(monkeypatch):
    def raises(parameter, gradient, learning_rate):
        raise IndexError

    planted = [
        Mistake(name, "sgd_step", ("new_weights", "new_biases"), code, "")
        for name, code in (("raises", raises), ("right", REFERENCE.sgd_step))
    ]
    monkeypatch.setattr(certificate, "CATALOGUE", planted)
    ours = run([(2, 2, 2)]).certificate

    assert (ours.caught, ours.survivors) == ({"raises"}, {"right"})
