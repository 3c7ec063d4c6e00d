"""The diagnosis: it names the mistake that was made, in whatever words, and no other."""

import numpy as np
import pytest
from planting import TOY, finding, names
from unknown import UNKNOWN

from harness import verdict
from harness.case import HEAD_QUANTITIES, QUANTITIES
from harness.derivation import HEAD_FORMULAS, TRAIN_STEP
from harness.diagnosis import diagnose
from harness.finding import Diagnosis
from harness.lattice import LADDER, lattice_stack
from harness.mistakes import CATALOGUE
from harness.verification import Verification


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_mistake_in_other_words_is_named(mistake, of_mistake):
    for found in of_mistake(mistake):
        assert found.diagnosis == Diagnosis((mistake,)), found.quantity


# The pattern of each quantity that an unknown wrong formula spoils.
PATTERNS = {
    "deriv_relu_wrt_z_tripled": ["3 times the truth"],
    "mask_above_1": ["right except where z is above 0"],
    "slope_of_softplus": [None],
    "relu_of_tanh": ["right except where z is above 0"],
    "relu_shifted": ["right except where z is above 0"],
    "dense_forward_of_reversed_samples": ["right except where batch is more than 1"],
    "dense_backward_without_second_input": ["right except in the rows after the first"],
    "dense_backward_of_absolute_weights": [None],
    "sgd_step_of_squared_gradient": [None, None],
    "sgd_step_with_decay": [None, None],
}
# Where exponentials round, no pattern is looked for.
PATTERNS |= {code.__name__: [None] for code, of in UNKNOWN.items() if of in HEAD_FORMULAS}


@pytest.mark.parametrize("code", UNKNOWN, ids=lambda code: code.__name__)
def test_for_an_unknown_error_no_mistake_is_named_but_its_pattern_is(code, concluded):
    found = concluded(code.__name__, UNKNOWN[code], code)

    assert [each.diagnosis for each in found] == [
        Diagnosis(pattern=pattern) for pattern in PATTERNS[code.__name__]
    ]


@pytest.mark.parametrize("file", ["document_in_place", "einsum", "loops", "reversed_sums"])
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_nothing_is_said_of_a_right_formula(file, quantity, load):
    assert diagnose(load(f"right/{file}.py"), finding(quantity), TOY) == Diagnosis()


@pytest.mark.parametrize("file", ["whole_step", "parameters_alone"])
@pytest.mark.parametrize("quantity", ["layer_outputs", "new_biases"])
def test_nothing_is_said_of_a_right_whole_step(file, quantity, load):
    right = load(f"right/{file}.py")

    assert diagnose(right, finding(quantity, TRAIN_STEP), TOY) == Diagnosis()


@pytest.mark.parametrize("quantity", HEAD_QUANTITIES)
def test_nothing_is_said_of_a_right_formula_of_the_head(quantity, load):
    assert diagnose(load("right/softmax_by_loops.py"), finding(quantity), TOY) == Diagnosis()


CANDIDATES = {
    "bias_axis_1": {"deriv_relu_wrt_biases": "biases_axis_1_reshaped"},
    "bias_axis_1_plain": {"deriv_relu_wrt_biases": "biases_axis_1"},
    "bias_mean": {"deriv_relu_wrt_biases": "biases_mean"},
    "divided_by_batch": {
        "deriv_relu_wrt_weights": "parameters_divided_by_batch",
        "deriv_relu_wrt_biases": "parameters_divided_by_batch",
    },
    "float32_inside": {"layer_outputs": "outputs_in_float32"},
    "two_errors": {"layer_outputs": "biases_subtracted", "deriv_relu_wrt_biases": "biases_mean"},
    "weights_updated_too_early": {"deriv_relu_wrt_inputs": "updated_weights_passed_down"},
}


@pytest.mark.parametrize("file", CANDIDATES)
def test_each_quantity_of_a_candidate_is_told_its_own_mistake(file, load):
    candidate = load(f"wrong/{file}.py")
    verification = Verification(candidate, [TOY])
    rng = np.random.default_rng(3)
    for shape in ((2, 2, 2), (2, 3, 2), (1, 3, 3)):
        for rung in LADDER[:3]:
            stack = lattice_stack(rng, shape, np.dtype(np.float64), rung, 20)
            verification.check(stack, "exact")
    verdict.conclude(verification, 0, "pytest", (), ())
    found = verification.findings.values()

    assert {each.quantity: names(each.diagnosis)[0] for each in found} == CANDIDATES[file]
    assert {len(each.diagnosis.mistakes) for each in found} == {1}
