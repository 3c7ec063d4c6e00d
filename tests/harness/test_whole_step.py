"""A whole step: what it may return, and what is said of one that returns something else."""

import numpy as np
import pytest

from harness.case import QUANTITIES
from harness.checking import compare_step
from harness.derivation import REFERENCE
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification
from harness.whole_step import step_by_step

DTYPE = np.dtype(np.float64)


@pytest.fixture
def case():
    return lattice_stack(np.random.default_rng(2), (3, 2, 4, 2), DTYPE, LADDER[0], 5)


@pytest.fixture
def right(load):
    return load("right/whole_step.py").train_step


def faulted(step, case):
    """The single fault of a step that has one, and its trace."""
    faults = []
    trace = step_by_step(step, case, faults)
    (fault,) = faults
    return fault, trace


def test_a_right_step_has_the_trace_of_the_frameworks(right, case, witnesses):
    for exact in (True, False):
        compared, faults = compare_step(right, case, witnesses[0].trace(case), exact)

        assert faults == []
        assert len(compared) == 2 * len(QUANTITIES)
        assert {item.formula for item in compared} == {"train_step"}
        assert not any(item.apart.any() for item in compared)


def test_what_a_step_leaves_out_is_not_known(load, case):
    faults = []
    trace = step_by_step(load("right/parameters_alone.py").train_step, case, faults)

    assert faults == []
    for layer in trace:
        known = {quantity for quantity in QUANTITIES if getattr(layer, quantity) is not None}
        assert known == {"new_weights", "new_biases"}


def test_parameters_updated_in_place_are_no_fault_and_leave_the_case_as_it_was(load, case):
    before = case.layers[0].weights.copy()
    step_by_step(load("right/parameters_alone.py").train_step, case, [])

    assert (case.layers[0].weights == before).all()


def changes_inputs(inputs, layers, upstream, learning_rate):
    inputs += 1
    return [{"new_biases": biases} for _, biases in layers]


def changes_its_mind(inputs, layers, upstream, learning_rate, called=[]):  # noqa: B006
    called.append(1)
    name = "new_biases" if len(called) < 4 else "deriv_relu_wrt_biases"
    return [{name: biases.copy()} for _, biases in layers]


@pytest.mark.parametrize(
    ("step", "kind", "expected", "observed"),
    [
        (lambda *a: None, "returned the wrong thing", "a list of 2 dicts", "a NoneType"),
        (lambda *a: [{}], "returned the wrong thing", "a list of 2 dicts", "a list of dict"),
        (lambda *a: [{}, []], "returned the wrong thing", "a list of 2 dicts", "a list of dict, l"),
        (lambda *a: [{"z": a[0]}, {}], "returned an unknown quantity", "any of layer_out", "z"),
        (
            lambda *a: [{"layer_outputs": a[0]}, {}],
            "has a wrong shape",
            "shape (3, 4)",
            "shape (3, 2)",
        ),
        (
            lambda *a: [{"new_biases": None}, {}],
            "returned the wrong thing",
            "an array of shape (1, 4)",
            "None",
        ),
        (
            lambda *a: 1 / 0,
            "raised an exception",
            "no exception",
            "ZeroDivisionError: division by z",
        ),
        (changes_inputs, "changed its argument inputs", "inputs[0, 0] to stay", ""),
        (
            changes_its_mind,
            "returned other quantities at another call",
            "new_biases of layer 0, new_biases of layer 1",
            "deriv_relu_wrt_biases of layer 0",
        ),
    ],
)
def test_a_step_that_misbehaves_is_told_what_was_expected(step, kind, expected, observed, case):
    fault, trace = faulted(step, case)

    assert (fault.formula, fault.kind) == ("train_step", kind)
    assert fault.expected.startswith(expected)
    assert fault.observed.startswith(observed)
    assert all(value is None for layer in trace for value in layer)


def test_only_the_first_wrong_quantity_in_the_order_of_computation_is_blamed(
    right, case, witnesses
):
    def wrong(inputs, layers, upstream, learning_rate):
        return right(inputs, layers, -upstream, learning_rate)

    compared, _ = compare_step(wrong, case, witnesses[0].trace(case), exact=True)

    assert [(c.layer, c.quantity) for c in compared if c.apart.any()] == [(1, "deriv_relu_wrt_z")]
    assert compared[-1].apart.any()


def test_a_step_of_several_layers_shrinks_to_as_few_as_show_the_mistake(right, witnesses):
    def forgets_the_layer_below(inputs, layers, upstream, learning_rate):
        steps = right(inputs, layers, upstream, learning_rate)
        if len(layers) > 1:
            steps[0]["new_weights"] = layers[0][0].copy()
        return steps

    derivation = REFERENCE._replace(own=("train_step",), train_step=forgets_the_layer_below)
    verification = Verification(derivation, witnesses)
    rng = np.random.default_rng(0)
    verification.check(lattice_stack(rng, (2, 3, 2, 3, 2), DTYPE, LADDER[0], 20), "exact")
    (finding,) = verification.findings.values()

    assert (finding.quantity, finding.formula) == ("new_weights", "train_step")
    assert finding.shown.case.shape == (1, 1, 1, 1)


def test_a_file_of_both_is_checked_in_both(right, case, witnesses):
    both = REFERENCE._replace(
        own=("relu_backward", "train_step"),
        relu_backward=lambda upstream, layer_outputs: upstream,
        train_step=lambda *a: [step | {"new_biases": -step["new_biases"]} for step in right(*a)],
    )
    verification = Verification(both, witnesses)
    verification.check(case, "exact")

    assert {(each.quantity, each.formula) for each in verification.findings.values()} == {
        ("deriv_relu_wrt_z", "relu_backward"),
        ("new_biases", "train_step"),
    }
