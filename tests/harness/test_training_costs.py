"""What a mistake costs is what training with it comes to, whatever the mistake does."""

import numpy as np
import pytest
from training import PLAN, few

from harness.derivation import REFERENCE
from harness.mistakes import CATALOGUE, planted
from harness.mistakes.mistake import Mistake
from harness.training import costs, measured
from harness.training.costs import outcome
from harness.training.network import unguarded
from harness.walk import walk

LONGER = PLAN._replace(epochs=20, hidden=(4, 4))
GIVEN = few(images=49)
MISTAKES = {mistake.name: mistake for mistake in CATALOGUE}


def train(name, plan=LONGER):
    return outcome(name, *GIVEN, plan)


@pytest.fixture(scope="module")
def right():
    return train(None)


def test_the_right_derivation_learns(right):
    assert right.ended == ""
    assert len(right.losses) == LONGER.epochs
    assert right.losses[-1] < right.losses[0] / 2
    assert right.accuracy > 0.5


def test_another_seed_is_another_training(right):
    assert train(None) == right
    assert train(None, LONGER._replace(seed=4)).weights != right.weights


@pytest.mark.parametrize(
    "name",
    ["relu_in_place", "mask_in_place", "gradient_scaled_in_place", "inputs_masked",
     "biases_without_keepdims", "relu_overwrites_z", "forward_after_update"],
)  # fmt: skip
def test_what_the_training_does_not_show_leaves_the_right_weights(right, name):
    assert train(name) == right


@pytest.mark.parametrize(
    "name", ["sign_plus", "mask_inverted", "biases_mean", "relu_missing_between", "upstream_twice"]
)
def test_what_it_shows_leaves_others(right, name):
    assert train(name).weights != right.weights


@pytest.mark.parametrize(
    "name", ["weights_gradient_transposed", "biases_not_summed", "biases_gradient_per_sample"]
)
def test_what_raises_ends_its_own_training_alone(name):
    found = train(name)

    assert (found.accuracy, found.weights, found.ended) == (None, "", "raises ValueError")


def test_parameters_that_are_no_numbers_end_it(monkeypatch):
    def sgd_step(parameter, gradient, learning_rate):
        return parameter - 1e200 * gradient

    monkeypatch.setattr(costs, "CATALOGUE", [Mistake("far", "sgd_step", (), sgd_step, "")])
    found = train("far")

    assert (found.accuracy, found.weights, found.ended) == (None, "", "nan")


def test_what_a_mistake_leaves_changed_is_its_own(right):
    """In the arrays that it is given, and in the images."""
    before = [each.copy() for each in GIVEN]
    for name in ("step_twice_by_alias", "relu_in_place", "gradient_scaled_in_place"):
        train(name)

    for one, other in zip(before, GIVEN, strict=True):
        np.testing.assert_array_equal(one, other)
    assert train(None) == right


@pytest.mark.parametrize("formula", ["softmax_backward", "cross_entropy_backward"])
def test_a_gradient_of_the_head_alone_is_trained_with_in_sequence(monkeypatch, right, formula):
    """Otherwise a mistake in it would cost nothing."""
    code = getattr(REFERENCE, formula)
    same = Mistake("same", formula, (), code, "")
    other = Mistake("other", formula, (), lambda *given: code(*given) / 2, "")
    monkeypatch.setattr(costs, "CATALOGUE", [same, other])

    assert train("same").losses == pytest.approx(right.losses)
    assert train("other").losses != pytest.approx(right.losses)


def test_the_five_formulas_are_called_on_matrices_and_may_change_them():
    found = []

    def dense_forward(inputs, weights, biases):
        found.append(inputs.shape)
        weights += 1
        return REFERENCE.dense_forward(inputs, weights, biases)

    code = planted(Mistake("", "dense_forward", (), dense_forward, ""))
    case = costs.step_case(
        costs.split(*GIVEN, PLAN),
        PLAN,
        layers := costs.start(costs.split(*GIVEN, PLAN), PLAN, np.dtype(float)),
        np.arange(4),
        np.zeros((4, 3)),
    )
    before = layers[0].weights.copy()
    walk(unguarded(code), case)

    assert found == [(4, 6), (4, 5), (4, 5)]
    np.testing.assert_array_equal(layers[0].weights, before + 1)


def test_processes_measure_what_one_does():
    some = [MISTAKES["biases_mean"], MISTAKES["biases_not_summed"]]
    told = []
    found = measured.measure(*GIVEN, PLAN, some, 2, 2, lambda *done: told.append(done))

    assert found == {
        name: [outcome(name, *GIVEN, PLAN._replace(seed=seed)) for seed in (3, 4)]
        for name in (None, "biases_mean", "biases_not_summed")
    }
    assert told == [(done, 6) for done in range(1, 7)]
    results = measured.results(PLAN, {}, some, found)
    mean, raised = results["mistakes"]
    assert mean["accuracy"] == pytest.approx(
        np.mean([each.accuracy for each in found["biases_mean"]]), rel=1e-4
    )
    assert (raised["accuracy"], raised["ended"]) == (None, "raises ValueError")
    assert not mean["same"]
