"""Cases of the head: what they promise, and what their exact identities and radii refuse."""

from fractions import Fraction

import numpy as np
import pytest
from planting import TOY, with_formula

import adapters
from harness import head, plan
from harness.case import Case, pick
from harness.derivation import HEAD_FORMULAS, REFERENCE
from harness.mistakes import CATALOGUE
from harness.verification import Verification

DRAWN = (plan.equal_stacks, plan.alone_stacks, plan.logits_stacks)
RNG = np.random.default_rng(3)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=str)
@pytest.mark.parametrize("shape", head.SHAPES, ids=str)
def test_any_logits_fit_and_are_of_every_magnitude(shape, dtype):
    case = head.head_stack(np.random.default_rng(0), shape, dtype, 200)

    assert head.fits(case)
    assert case.dtype == dtype
    assert case.targets.min() == 0
    assert case.targets.max() == shape[1] - 1
    largest = np.abs(case.inputs).max(axis=(1, 2))
    assert largest.min() < 1e-3
    assert largest.max() > 4 / 2 * head.farthest(dtype) / 2


@pytest.mark.parametrize("dtype", head.DTYPES, ids=str)
def test_some_logits_overflow_without_a_shift_and_some_underflow_by_that_of_another_sample(dtype):
    """Else two mistakes would look right."""
    logits = head.head_stack(np.random.default_rng(0), (3, 5), dtype, 200).inputs
    with np.errstate(all="ignore"):
        alone = np.exp(logits)
    below = logits.max(axis=2) - logits.max(axis=(1, 2))[:, None]

    assert np.isinf(alone).any()
    assert (np.exp(below) == 0).any()


@pytest.mark.parametrize(
    ("logits", "fits"),
    [
        ([[0.0, 700.0]], True),
        ([[0.0, 720.0]], False),
        ([[1e30, 1e30]], True),
        ([[-np.inf, 0]], False),
    ],
)
def test_what_fits_is_decided_by_the_distance_of_logits_and_not_by_their_size(logits, fits):
    case = head.of_logits(np.array([logits]), np.array([[0]]), np.zeros((1, 1, 2)))

    assert head.fits(case) is fits


def test_a_case_is_tamed_until_it_fits_and_no_further():
    far = head.of_logits(np.array([[[0.0, 1e4]]]), np.array([[0]]), np.ones((1, 1, 2)))

    assert head.tamed(far).inputs.tolist() == [[[1e4 - 1e4 / 16, 1e4]]]
    huge = far._replace(upstream=np.full((1, 1, 2), 1e300))
    assert (head.tamed(huge).inputs == 1e4).all()


def refused(mistake, drawn, dtype=head.DTYPES[0]):
    """Whether the stacks refuse a formula in which a mistake is planted."""
    verification = Verification(with_formula(mistake.formula, mistake.code), [TOY])
    for planned in drawn(0, dtype):
        verification.check(**planned._asdict())
    return bool(verification.findings)


# Of each kind of exact cases, the mistakes that they let pass: to these it makes no difference that
# all logits are equal, or that nothing is left of all but one.
EQUAL_HIDE = {
    "softmax_not_shifted", "softmax_shifted_by_batch_max", "softmax_base_2", "softmax_of_negatives",
    "softmax_sums_in_a_row", "jacobian_of_first_sample", "softmax_taken_again",
}  # fmt: skip
ALONE_HIDE = {
    "softmax_shifted_by_batch_max", "softmax_base_2", "softmax_by_largest", "softmax_sums_in_a_row",
}  # fmt: skip


@pytest.mark.parametrize(
    ("drawn", "formulas", "hidden"),
    [(plan.equal_stacks, head.EQUAL, EQUAL_HIDE), (plan.alone_stacks, head.ALONE, ALONE_HIDE)],
    ids=["equal", "alone"],
)
def test_the_exact_identities_refuse_all_but_what_cannot_be_seen_there(drawn, formulas, hidden):
    about = [each for each in CATALOGUE if each.formula in formulas]

    assert {each.name for each in about if not refused(each, drawn)} == hidden


@pytest.mark.parametrize("formula", HEAD_FORMULAS)
def test_any_logits_refuse_every_mistake(formula):
    about = [each for each in CATALOGUE if each.formula == formula]

    assert [each.name for each in about if not refused(each, plan.logits_stacks)] == []


@pytest.mark.parametrize("drawn", DRAWN)
def test_the_same_seed_draws_the_same_cases(drawn):
    one, other = (list(drawn(4, head.DTYPES[1])) for _ in "ab")

    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        assert np.array_equal(mine.case.inputs, theirs.case.inputs)
        assert np.array_equal(mine.case.targets, theirs.case.targets)


@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_the_combined_gradient_is_the_two_in_sequence_for_any_outputs_that_sum_to_1(classes):
    """In exact rationals, by the lines of the reference: with s the outputs and y the right class,
    -1 / s_y times row y of the Jacobian is s - one_hot."""
    rng = np.random.default_rng(classes)
    for _ in range(20):
        parts = rng.integers(1, 50, (3, classes))
        softmax_outputs = np.array(
            [[Fraction(int(part), int(row.sum())) for part in row] for row in parts], object
        )
        targets = rng.integers(classes, size=3)

        upstream = REFERENCE.cross_entropy_backward(softmax_outputs, targets)
        in_sequence = REFERENCE.softmax_backward(upstream, softmax_outputs)
        combined = REFERENCE.softmax_cross_entropy_backward(softmax_outputs, targets)

        assert in_sequence.tolist() == combined.tolist()


@pytest.mark.parametrize("dtype", head.DTYPES, ids=str)
@pytest.mark.parametrize("formula", HEAD_FORMULAS[2:])
def test_class_indices_and_one_hot_rows_give_the_same_bits(formula, dtype):
    case = pick(head.head_stack(RNG, (4, 5), dtype, 1), 0)
    outputs = REFERENCE.softmax_forward(case.inputs[0])
    one_hot = np.eye(5, dtype=dtype)[case.targets[0]]

    by_index, by_row = (
        getattr(REFERENCE, formula)(outputs, targets) for targets in (case.targets[0], one_hot)
    )

    # Zero's sign apart, as everywhere.
    assert (by_index + 0.0).tobytes() == (by_row + 0.0).tobytes()
    assert by_index.dtype == dtype


@pytest.mark.parametrize("name", ["reference", "jax", "torch"])
def test_permuting_the_classes_permutes_the_result_within_the_radius(name):
    """Sums in another order: the permuted answer is put to the radius of the unpermuted case."""
    witness = TOY if name == "reference" else adapters.load(name)
    order = np.random.default_rng(1).permutation(7)

    def permuted(case):
        rows = case.inputs[..., order], case.upstream[..., order], np.argsort(order)[case.targets]
        inputs, upstream, targets = rows
        (found,) = witness.trace(case._replace(inputs=inputs, upstream=upstream, targets=targets))
        back = np.argsort(order)
        arrays = (each if each.ndim == 1 else each[..., back] for each in found)
        return (type(found)(*map(np.ascontiguousarray, arrays)),)

    other = type("Permuted", (), {"name": "permuted", "version": "1", "has_head": True})()
    other.trace = permuted
    verification = Verification(REFERENCE, [other])
    case: Case = head.head_stack(np.random.default_rng(2), (4, 7), head.DTYPES[0], 100)

    assert verification.check(case, "certified") == []
    assert verification.tallies
