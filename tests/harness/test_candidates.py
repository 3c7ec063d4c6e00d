"""Sensitivity, planted: each wrong derivation is refused for its own fault, each right one passes.

One table row a file of `tests/candidates/wrong`: the quantities that it spoils, which must be all
that are blamed, with the shape of the smallest example: (batch, n_inputs, n_neurons), or (batch,
n_classes).
"""

from pathlib import Path

import numpy as np
import pytest

from harness.finding import VALUES
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

CANDIDATES = Path(__file__).parents[1] / "candidates"
ONE = (1, 1, 1)
TWO_SAMPLES = (2, 1, 1)
BOTH_STEPS = {"new_weights": ONE, "new_biases": ONE}

WRONG = {
    "bias_axis_1": {"deriv_relu_wrt_biases": (2, 1, 2)},
    "bias_axis_1_plain": {"deriv_relu_wrt_biases": (1, 1, 2)},
    "bias_mean": {"deriv_relu_wrt_biases": TWO_SAMPLES},
    "divided_by_batch": {
        "deriv_relu_wrt_weights": TWO_SAMPLES,
        "deriv_relu_wrt_biases": TWO_SAMPLES,
    },
    "float16_inside": {"deriv_relu_wrt_weights": ONE},
    "float32_inside": {"layer_outputs": ONE},
    "inputs_not_transposed": {"deriv_relu_wrt_weights": (1, 2, 2)},
    "kink_half": {"deriv_relu_wrt_z": ONE},
    "learning_rate_hard_coded": BOTH_STEPS,
    "learning_rate_twice": BOTH_STEPS,
    "loss_gradient_in_place": {"deriv_loss_wrt_z": (1, 1)},
    "mask_from_upstream": {"deriv_relu_wrt_z": ONE},
    "mask_ge": {"deriv_relu_wrt_z": ONE},
    "mask_missing": {"deriv_relu_wrt_z": ONE},
    "sgd_sign": BOTH_STEPS,
    "softmax_as_sigmoid": {"deriv_softmax_wrt_z": (1, 2)},
    "two_errors": {"layer_outputs": ONE, "deriv_relu_wrt_biases": TWO_SAMPLES},
    "upstream_ignored": {"deriv_relu_wrt_z": ONE},
    "weights_updated_too_early": {"deriv_relu_wrt_inputs": ONE},
    "weights_not_transposed": {"deriv_relu_wrt_inputs": (1, 2, 2)},
}
RIGHT = sorted(path.stem for path in (CANDIDATES / "right").glob("*.py"))


def test_every_wrong_file_has_its_row():
    assert sorted(path.stem for path in (CANDIDATES / "wrong").glob("*.py")) == sorted(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_derivation_is_refused_for_its_own_fault(name, load, verify):
    findings = verify(load(f"wrong/{name}.py")).findings.values()

    assert {finding.quantity: finding.shown.case.shape for finding in findings} == WRONG[name]
    assert {finding.outlier for finding in findings} == {"derivation"}
    assert {finding.agreeing for finding in findings} <= {("torch",), ()}


@pytest.mark.parametrize(
    ("name", "dtype"), [("float32_inside", np.float64), ("float16_inside", np.float32)]
)
@pytest.mark.parametrize("regime", ["exact", "certified"])
def test_a_narrower_intermediate_is_found_in_the_next_wider_format_and_in_either_regime(
    name, dtype, regime, load, witnesses
):
    verification = Verification(load(f"wrong/{name}.py"), witnesses)
    rng, dtype = np.random.default_rng(7), np.dtype(dtype)
    if regime == "exact":
        stacks = [lattice_stack(rng, (3, 4, 3), dtype, rung, 24) for rung in LADDER]
    else:
        stacks = [float_stack(rng, (3, 4, 3), dtype, 24)]

    for stack in stacks:
        verification.check(stack, regime)

    assert {each.quantity for each in verification.findings.values()} == set(WRONG[name])


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_derivation_is_accepted(name, load, verify):
    verification = verify(load(f"right/{name}.py"))

    assert verification.findings == {}
    assert {row.framework for row in verification.tallies} == {"jax", "torch"}


@pytest.mark.parametrize(
    ("name", "expected", "observed", "numbers"),
    [
        # x, w, b and upstream of the smallest example.
        ("kink_half", 0.0, 0.5, (0, 0, 0, 1)),
        ("mask_ge", 0.0, 1.0, (0, 0, 0, 1)),
        ("sgd_sign", -1.0, 1.0, (1, 0, 1, 1)),
        ("float16_inside", 2049.0, 2048.0, (2049, 0, 1, 1)),
    ],
)
def test_the_smallest_example_has_the_simplest_numbers(
    name, expected, observed, numbers, load, verify
):
    finding = next(iter(verify(load(f"wrong/{name}.py")).findings.values()))
    (layer,) = finding.shown.case.layers
    arrays = finding.shown.case.inputs, layer.weights, layer.biases, finding.shown.case.upstream

    assert finding.kind == VALUES
    assert (float(finding.shown.expected), float(finding.shown.observed)) == (expected, observed)
    assert tuple(float(np.ravel(array)[0]) for array in arrays) == numbers
