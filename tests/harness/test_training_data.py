"""The seed deals out the images: who is tested on, in which order the others come, the start."""

import numpy as np
import pytest
from training import PLAN, digits, few

from harness.training import data
from harness.training.data import Plan


def test_every_image_is_in_one_part_with_its_class():
    images, classes = few()
    found = digits()

    assert len(found.test_images) == PLAN.test
    everything = np.concatenate([found.images, found.test_images])
    named = np.concatenate([found.classes, found.test_classes])
    order, before = np.lexsort(everything.T), np.lexsort(images.T)
    np.testing.assert_array_equal(everything[order] * 16, images[before])
    np.testing.assert_array_equal(named[order], classes[before])


@pytest.mark.parametrize("epoch", [0, 1, 7])
def test_an_epoch_has_each_image_at_most_once_and_another_order(epoch):
    found = digits()
    batches = list(data.minibatches(found, PLAN, epoch))
    places = np.concatenate(batches)

    assert [len(batch) for batch in batches] == [PLAN.batch] * found.steps(PLAN) == [4] * 4
    assert len(set(places.tolist())) == 16
    following = np.concatenate(list(data.minibatches(found, PLAN, epoch + 1)))
    assert places.tolist() != following.tolist()


def test_another_seed_is_another_split_start_and_order():
    other = PLAN._replace(seed=4)

    assert (digits().test_images != digits(other).test_images).any()
    starts = [data.start(digits(), plan, np.dtype("float64")) for plan in (PLAN, other)]
    assert (starts[0][0].weights != starts[1][0].weights).any()
    orders = [np.concatenate([*data.minibatches(digits(), plan, 0)]) for plan in (PLAN, other)]
    assert (orders[0] != orders[1]).any()


def test_a_float32_start_is_the_rounded_float64_one_and_has_its_variance():
    found = data.Data(np.zeros((1, 400)), np.array([299]), np.zeros((0, 400)), np.array([]))
    plan = Plan(hidden=())
    ((weights, biases),) = data.start(found, plan, np.dtype("float64"))
    ((rounded, _),) = data.start(found, plan, np.dtype("float32"))

    assert weights.shape == (1, 400, 300)
    assert abs(weights.var() * 400 / 2 - 1) < 0.02
    assert not biases.any()
    np.testing.assert_array_equal(rounded, weights.astype(np.float32))


def test_a_step_is_a_case_of_its_images_with_softmax_after_the_last_layer():
    found, places = digits(), np.array([3, 1, 4, 1])
    layers = data.start(found, PLAN, np.dtype("float32"))
    case = data.step_case(found, PLAN, layers, places, np.ones((4, 3)))

    assert case.shape == (4, 6, 5, 5, 3)
    assert case.dtype == case.learning_rate.dtype == case.upstream.dtype == np.float32
    assert case.linear == (2,)
    np.testing.assert_array_equal(case.inputs[0], found.images[places])
    np.testing.assert_array_equal(case.targets[0], found.classes[places])
