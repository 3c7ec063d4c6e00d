"""Certified training: what is inside its radii goes on, and what is not ends the run by name."""

import re
from itertools import pairwise

import numpy as np
import pytest
from training import BACKWARDS, PLAN, RIGHT, digits, doubles, witness

from harness.case import Layer
from harness.derivation import REFERENCE
from harness.mistakes import CATALOGUE, planted
from harness.training import certified, data
from harness.training.certified import OutsideError
from harness.training.network import unguarded, updated
from harness.walk import walk

MISTAKES = {mistake.name: mistake for mistake in CATALOGUE}


def trained(witnesses, epochs=1, dtype="float64", derivation=REFERENCE):
    found = digits()
    training = certified.begin(found, PLAN, dtype, [each.name for each in witnesses])
    steps = []
    for _ in range(epochs):
        steps += certified.epoch(found, PLAN, training, witnesses, derivation)
        training = steps[-1]
    return steps


@pytest.mark.parametrize("dtype", PLAN.dtypes)
def test_every_step_is_inside_its_radii_before_both_frameworks(witnesses, dtype):
    *steps, whole = trained(witnesses, dtype=dtype)

    assert len(steps) == 4
    assert (whole.epoch, whole.dtype) == (1, dtype)
    assert {len(series) for series in whole.series.values()} == {4}
    for name in ("jax", "torch"):
        for how in ("alone", "whole"):
            assert all(0 < ratio <= 1 for ratio in whole.series[f"{how} {name}"])
        assert 0 < whole.series[f"distance {name}"][-1] < 100 * np.finfo(dtype).eps
    assert set(whole.accuracy) == {"reference", "jax", "torch"}


def test_the_next_state_is_that_of_the_step_that_was_compared():
    found = digits()
    before = certified.begin(found, PLAN, "float64", ["right"])
    first, *_ = certified.epoch(found, PLAN, before, [RIGHT])
    places = next(data.minibatches(found, PLAN, 0))
    case = data.step_case(found, PLAN, before.layers["reference"], places, np.zeros((4, 3)))

    after = updated(walk(unguarded(REFERENCE), case))

    for mine, theirs in zip(first.layers["reference"], after, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


def test_nothing_of_a_step_is_left_out():
    """Every quantity of three layers and of the head, alone and whole, before each framework."""
    training = trained([RIGHT, BACKWARDS])[-1]

    widths, batch = (6, 5, 5, 3), 4
    of_layers = sum(
        # The last layer has no ReLU.
        batch * (n * (3 if n == 5 else 1) + m) + 2 * (m * n + n)
        for m, n in pairwise(widths)
    )
    of_head = 4 * batch * 3 + 1
    assert set(training.series["compared"]) == {4 * (of_layers + of_head)}


def test_trajectories_part_where_rounding_does_and_nowhere_else():
    training = trained([RIGHT, BACKWARDS], epochs=2)[-1]

    assert not any(training.series["distance right"])
    assert 0 < training.series["distance backwards"][-1] < 1e-14
    assert training.series["distance backwards"][-1] == certified.distance(
        training.layers["backwards"], training.layers["reference"]
    )


def test_the_distance_is_that_of_all_parameters_relative_to_the_others():
    one = [Layer(np.full((1, 2, 2), 3.0), np.zeros((1, 1, 2)))]
    other = [Layer(np.full((1, 2, 2), 4.0), np.array([[[0.0, 6.0]]]))]

    assert certified.distance(one, other) == pytest.approx(np.sqrt((4 + 36) / (64 + 36)))
    assert certified.distance(one, one) == 0


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("biases_mean", "deriv_relu_wrt_biases of layer 2"),
        ("weights_in_float16", "deriv_relu_wrt_weights of layer"),
        ("outputs_in_float32", "layer_outputs of layer 0"),
        ("relu_leaky", "relu_outputs of layer 0"),
        ("mask_missing", "deriv_relu_wrt_z of layer"),
        ("step_in_float32", "new_weights of layer"),
        ("gradient_scaled_in_place", "sgd_step changed its argument gradient, in layer 2"),
    ],
)
def test_a_mistake_is_caught_at_the_first_step_by_its_quantity(name, quantity):
    with pytest.raises(OutsideError) as told:
        trained([RIGHT], derivation=planted(MISTAKES[name]))

    assert str(told.value).startswith("float64, epoch 0, step 0: ")
    assert quantity in str(told.value)


def test_a_mistake_that_begins_later_is_caught_at_that_step():
    calls = []

    def sgd_step(parameter, gradient, learning_rate):
        calls.append(parameter)
        wrong = 1 + 1e-9 * (len(calls) > 100)
        return parameter - learning_rate * gradient * wrong

    with pytest.raises(OutsideError, match=r"^float64, epoch \d+, step \d+: ") as told:
        trained([RIGHT], epochs=8, derivation=REFERENCE._replace(sgd_step=sgd_step))

    epoch, step = map(int, re.findall(r"\d+", str(told.value).partition("64")[2])[:2])
    assert (epoch, step) > (0, 0)


@pytest.mark.parametrize(
    "formula",
    ["softmax_forward", "softmax_backward", "cross_entropy_forward", "cross_entropy_backward",
     "softmax_cross_entropy_backward"],
)  # fmt: skip
def test_a_wrong_head_is_caught(formula):
    right = getattr(REFERENCE, formula)
    wrong = REFERENCE._replace(**{formula: lambda *given: right(*given) * (1 + 1e-12)})

    with pytest.raises(OutsideError, match=r"step 0: .* is outside its radius, before right"):
        trained([RIGHT], derivation=wrong)


def test_a_wrong_framework_is_named():
    with pytest.raises(OutsideError, match=r"wrt_biases of layer 0 .* before wrong, at"):
        trained([RIGHT, witness("wrong", doubles)])
