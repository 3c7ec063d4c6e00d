"""Who is wrong: the derivation, a framework, or both; and what a run counts."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from adapters import Witness, torch_autograd
from harness.case import QUANTITIES, Case
from harness.derivation import REFERENCE
from harness.finding import VALUES
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.tally import Row
from harness.verdict import compared
from harness.verification import Verification

DTYPE = np.dtype(np.float64)


class ReluWithSlopeAtTheKink(torch.autograd.Function):
    """torch.relu with another gradient where z == 0."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        (z,) = ctx.saved_tensors
        return upstream * (z >= 0)


class ReluOfTwiceTheGradient(ReluWithSlopeAtTheKink):
    @staticmethod
    def backward(ctx, upstream):
        (z,) = ctx.saved_tensors
        return 2 * upstream * (z > 0)


def in_float32(left, right):
    return torch.bmm(left.float(), right.float()).to(left.dtype)


PLANTED = [
    ("relu", ReluWithSlopeAtTheKink.apply, {"deriv_relu_wrt_z"}),
    ("relu", ReluOfTwiceTheGradient.apply, {"deriv_relu_wrt_z"}),
    # The float32 product's own gradients are products in float32 too.
    (
        "matmul",
        in_float32,
        {"layer_outputs", "deriv_relu_wrt_inputs", "deriv_relu_wrt_weights"},
    ),
]


@pytest.mark.parametrize(("function", "planted", "spoilt"), PLANTED)
def test_a_framework_with_a_planted_error_is_the_outlier(
    function, planted, spoilt, verify, monkeypatch
):
    monkeypatch.setattr(torch, function, planted)

    findings = verify(REFERENCE).findings.values()

    assert {finding.outlier for finding in findings} == {"torch"}
    assert {finding.quantity for finding in findings} == spoilt


@pytest.mark.parametrize(("function", "planted", "spoilt"), PLANTED)
def test_it_is_the_outlier_beside_a_candidate_of_the_same_formula_too(
    function, planted, spoilt, load, verify, monkeypatch
):
    monkeypatch.setattr(torch, function, planted)

    findings = verify(load("right/einsum.py")).findings.values()

    assert {finding.outlier for finding in findings} == {"torch"}


def test_with_one_framework_the_reference_is_the_second_voice_about_a_candidate(
    load, verify, monkeypatch
):
    monkeypatch.setattr(torch, "relu", ReluWithSlopeAtTheKink.apply)
    witness = Witness("torch", torch_autograd.VERSION, torch_autograd.trace)

    right = verify(load("right/einsum.py"), [witness]).findings.values()
    wrong = verify(load("wrong/mask_missing.py"), [witness]).findings.values()

    assert {finding.outlier for finding in right} == {"torch"}
    assert "derivation" in {finding.outlier for finding in wrong}


def test_a_wrong_derivation_and_a_wrong_framework_are_told_apart(load, verify, monkeypatch):
    monkeypatch.setattr(torch, "relu", ReluOfTwiceTheGradient.apply)

    findings = verify(load("wrong/bias_mean.py")).findings.values()

    assert {(finding.quantity, finding.outlier) for finding in findings} == {
        ("deriv_relu_wrt_z", "torch"),
        ("deriv_relu_wrt_biases", "derivation"),
    }


def test_an_error_that_both_frameworks_share_cannot_be_theirs(load, verify):
    finding = next(iter(verify(load("wrong/mask_ge.py")).findings.values()))

    assert (finding.outlier, finding.framework, finding.agreeing) == (
        "derivation",
        "jax",
        ("torch",),
    )


def tallies(verification, shape, count):
    """The tallies of one exact check, by quantity."""
    rng = np.random.default_rng(3)
    verification.check(lattice_stack(rng, shape, DTYPE, LADDER[0], count), "exact")
    return {row.quantity: tally for row, tally in verification.tallies.items()}


def test_a_run_counts_cases_elements_and_what_is_alive_in_them(witnesses):
    verification = Verification(REFERENCE, witnesses[:1])

    counted = tallies(verification, (2, 3, 4), 10)
    counted = tallies(verification, (2, 3, 4), 5)

    assert set(verification.tallies) == {Row(q, "jax", "exact", "float64") for q in QUANTITIES}
    assert {tally.cases for tally in counted.values()} == {15}
    assert {len(tally.shapes) for tally in counted.values()} == {1}
    assert counted["deriv_relu_wrt_weights"].elements == 15 * 3 * 4
    relu = counted["deriv_relu_wrt_z"]
    assert relu.on + relu.off + relu.kinks == relu.elements == 15 * 2 * 4
    assert min(relu.on, relu.off, relu.kinks) > 0
    assert 0 < relu.live <= relu.on


def test_layers_of_a_case_are_elements_of_one_case(witnesses):
    counted = tallies(Verification(REFERENCE, witnesses[:1]), (2, 3, 4, 5), 10)

    assert counted["new_weights"].cases == 10
    assert counted["new_weights"].elements == 10 * (3 * 4 + 4 * 5)


def test_a_finding_is_kept_once_with_a_census_of_the_whole_run(load, witnesses):
    verification = Verification(load("wrong/sgd_sign.py"), witnesses)

    for count in (20, 30):
        tallies(verification, (1, 2, 2), count)
    found = verification.findings["new_weights", VALUES, "derivation"]

    assert len(verification.findings) == 2
    assert compared(verification.tallies, found.quantity, [found.framework]) == 50 * 4
    assert 0 < found.census.differing < 50 * 4


def test_chained_near_the_kink_both_answers_pass_and_are_counted(witnesses):
    verification = Verification(REFERENCE, witnesses)
    rng = np.random.default_rng(0)

    for _ in range(4):
        case = float_stack(rng, (2, 3, 3, 2), DTYPE, 200)
        assert verification.check(case, "certified", chained=True) == []

    assert verification.tallies["deriv_relu_wrt_z", "jax", "certified", "float64"].ambiguous > 0


def test_a_case_of_another_form_is_no_verdict(witnesses):
    broken = SimpleNamespace(name="jax", version="0", trace=lambda case: ())
    case = lattice_stack(np.random.default_rng(0), (1, 1, 1), DTYPE, LADDER[0], 1)

    with pytest.raises(Exception, match="framework jax on shape"):
        Verification(REFERENCE, [broken]).check(Case(*case), "exact")
