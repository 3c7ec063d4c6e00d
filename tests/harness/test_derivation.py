"""The walk of the formulas over a case, and the reference on other kinds of number."""

import inspect

import numpy as np
import pytest

from harness.ball import Ball
from harness.calling import one_by_one
from harness.case import ALL_QUANTITIES, QUANTITIES, pick
from harness.derivation import (
    FORMULAS,
    PARAMETERS,
    REFERENCE,
    STEPS,
    TRAIN_STEP,
    alone,
    formula_of,
    quantities_of,
)
from harness.formats import precision
from harness.head import deep_stack
from harness.lattice import LADDER, lattice_stack
from harness.walk import reference_on, walk

DTYPE = np.dtype(np.float64)


@pytest.fixture
def case():
    return lattice_stack(np.random.default_rng(2), (3, 2, 4, 2), DTYPE, LADDER[0], 1)


def by_hand(case):
    """Two layers as someone would write them down, one after the other."""
    x, ((w0, b0), (w1, b1)), upstream, rate, *_ = case
    x, w0, b0, w1, b1, upstream = (array[0] for array in (x, w0, b0, w1, b1, upstream))
    z0 = x @ w0 + b0
    y0 = z0 * (z0 > 0)
    z1 = y0 @ w1 + b1
    d1 = upstream * (z1 > 0)
    down = d1 @ w1.T
    d0 = down * (z0 > 0)
    gw0, gb0 = x.T @ d0, d0.sum(0, keepdims=True)
    gw1, gb1 = y0.T @ d1, d1.sum(0, keepdims=True)
    first = z0, y0, d0, d0 @ w0.T, gw0, gb0, w0 - rate * gw0, b0 - rate * gb0
    return first, (z1, z1 * (z1 > 0), d1, down, gw1, gb1, w1 - rate * gw1, b1 - rate * gb1)


def test_a_walk_is_the_training_step_of_all_layers(case):
    trace = walk(one_by_one(REFERENCE, case.shape, []), case)

    for layer, expected in zip(trace, by_hand(case), strict=True):
        for quantity, ours, theirs in zip(QUANTITIES, layer, expected, strict=True):
            np.testing.assert_array_equal(ours[0], theirs, quantity)


def test_a_walk_with_a_head_goes_back_from_the_loss_and_leaves_out_the_relu_of_linear_layers():
    """As someone would write it down; the middle layer is linear, too."""
    case = pick(deep_stack(np.random.default_rng(4), (3, 2, 4, 3, 5), DTYPE, 1), 0)
    case = case._replace(linear=(1, 2))

    *layers, head = walk(one_by_one(REFERENCE, case.shape, [], head=True), case)

    x, ((w0, b0), (w1, b1), (w2, b2)), targets = case.inputs[0], [
        (weights[0], biases[0]) for weights, biases in case.layers
    ], case.targets[0]  # fmt: skip
    z0 = np.dot(x, w0) + b0
    y0 = np.maximum(0, z0)
    z1 = np.dot(y0, w1) + b1
    z2 = np.dot(z1, w2) + b2
    s = REFERENCE.softmax_forward(z2)
    d2 = REFERENCE.softmax_cross_entropy_backward(s, targets)
    d1 = np.dot(d2, w2.T)
    d0 = REFERENCE.relu_backward(np.dot(d1, w1.T), z0)
    by_hand = {
        "softmax_outputs": s,
        "deriv_softmax_wrt_z": REFERENCE.softmax_backward(case.upstream[0], s),
        "loss": -np.mean(np.log(s[np.arange(3), targets])),
        "deriv_loss_wrt_softmax_outputs": REFERENCE.cross_entropy_backward(s, targets),
        "deriv_loss_wrt_z": d2,
    }
    for quantity, value in by_hand.items():
        np.testing.assert_array_equal(getattr(head, quantity)[0], value, quantity)
    for layer, below, derivative in zip(layers, (x, y0, z1), (d0, d1, d2), strict=True):
        gradient = np.dot(below.T, derivative)
        np.testing.assert_array_equal(layer.deriv_relu_wrt_weights[0], gradient)
    assert [layer.relu_outputs is None for layer in layers] == [False, True, True]
    assert [layer.deriv_relu_wrt_z is None for layer in layers] == [False, True, True]


def test_with_given_values_a_wrong_formula_spoils_its_own_quantity_alone(case):
    truth = walk(one_by_one(REFERENCE, case.shape, []), case)
    wrong = REFERENCE._replace(dense_forward=lambda x, w, b: x @ w - 2 * b - 1)

    alone = walk(one_by_one(wrong, case.shape, []), case, truth)
    chained = walk(one_by_one(wrong, case.shape, []), case)

    def spoilt(trace):
        return {
            (layer, quantity)
            for layer in range(2)
            for quantity in QUANTITIES
            if (getattr(trace[layer], quantity) != getattr(truth[layer], quantity)).any()
        }

    assert spoilt(alone) == {(0, "layer_outputs"), (1, "layer_outputs")}
    assert spoilt(alone) < spoilt(chained)


def test_formulas_are_called_forward_then_backward(case):
    called = []

    def call(step, layer, arguments):
        called.append((step.formula, layer))
        return [0.0] * len(step.quantities)

    walk(call, case)

    forward = ["dense_forward", "relu_forward"]
    backward = ["relu_backward", "dense_backward", "sgd_step", "sgd_step"]
    assert called == [
        *((formula, layer) for layer in (0, 1) for formula in forward),
        *((formula, layer) for layer in (1, 0) for formula in backward),
    ]


def test_every_quantity_comes_from_one_step():
    assert sorted(q for step in STEPS for q in step.quantities) == sorted(ALL_QUANTITIES)
    assert {formula_of(quantity) for quantity in ALL_QUANTITIES} == set(FORMULAS)


def test_a_formulas_quantities_are_those_of_its_steps_and_a_whole_steps_are_all():
    of_all = [quantity for formula in FORMULAS for quantity in quantities_of(formula)]

    assert sorted(of_all) == sorted(ALL_QUANTITIES)
    assert {formula_of(quantity) for quantity in quantities_of("sgd_step")} == {"sgd_step"}
    assert quantities_of(TRAIN_STEP) == QUANTITIES


def test_a_formula_alone_stands_among_the_references():
    mine = REFERENCE._replace(name="mine.py", own=("relu_forward", TRAIN_STEP), sgd_step=min,
                              relu_forward=max, train_step=sum)  # fmt: skip

    one, step = alone(mine, "relu_forward"), alone(mine, TRAIN_STEP)

    assert one == REFERENCE._replace(name="mine.py", own=("relu_forward",), relu_forward=max)
    assert step == REFERENCE._replace(name="mine.py", own=(TRAIN_STEP,), train_step=sum)


@pytest.mark.parametrize("formula", FORMULAS)
def test_parameters_are_those_of_the_reference(formula):
    assert tuple(inspect.signature(getattr(REFERENCE, formula)).parameters) == PARAMETERS[formula]


@pytest.mark.parametrize("formula", FORMULAS)
def test_it_is_the_reference_that_runs_on_balls(formula, monkeypatch):
    """Each formula, made to fail, fails the walk."""

    def planted(*arguments):
        raise ZeroDivisionError(formula)

    monkeypatch.setattr("harness.walk.REFERENCE", REFERENCE._replace(**{formula: planted}))
    tested = precision(DTYPE)
    call = reference_on(lambda v: v if isinstance(v, Ball) else Ball.exact(v, tested))

    with pytest.raises(ZeroDivisionError, match=formula):
        walk(call, deep_stack(np.random.default_rng(0), (2, 3, 2, 2), DTYPE, 1))
