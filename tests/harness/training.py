"""What the tests of training share: a small network, and images that it can tell apart."""

from types import SimpleNamespace

import numpy as np

from harness.calling import one_by_one
from harness.derivation import REFERENCE
from harness.training import data
from harness.training.data import Plan
from harness.walk import walk

PLAN = Plan(seed=3, epochs=2, batch=4, hidden=(5, 5), test=9)


def few(plan=PLAN, images=25):
    """Images of 6 pixels: one of three is bright, and that is the class."""
    rng = np.random.default_rng(0)
    classes = rng.integers(3, size=images)
    pixels = rng.integers(8, size=(images, 6)).astype(float)
    pixels[np.arange(images), classes] += 8
    return pixels, classes


def digits(plan=PLAN, **options):
    return data.split(*few(**options), plan)


def right(case):
    """The reference; as a framework does, it passes on what its last layer has without a ReLU."""
    head = case.targets is not None
    trace = list(walk(one_by_one(REFERENCE, case.shape, [], head), case))
    if case.layers:
        last = trace[len(case.layers) - 1]
        upstream = trace[-1].deriv_loss_wrt_z if head else case.upstream
        trace[len(case.layers) - 1] = last._replace(
            relu_outputs=last.layer_outputs, deriv_relu_wrt_z=upstream
        )
    return tuple(trace)


def backwards(case):
    """Right, too, but for its rounding: each sum runs from the last image to the first."""
    turned = case._replace(
        inputs=case.inputs[:, ::-1],
        upstream=case.upstream[:, ::-1],
        targets=None if case.targets is None else case.targets[:, ::-1],
    )
    rows = {"deriv_relu_wrt_weights", "deriv_relu_wrt_biases", "new_weights", "new_biases", "loss"}
    return tuple(
        entry._replace(**{
            name: array[:, ::-1] for name, array in entry._asdict().items() if name not in rows
        })
        for entry in right(turned)
    )  # fmt: skip


def doubles(case):
    """Wrong in one quantity."""
    first, *others = right(case)
    return first._replace(deriv_relu_wrt_biases=2 * first.deriv_relu_wrt_biases), *others


def witness(name, trace):
    return SimpleNamespace(name=name, version="1.0", trace=trace)


RIGHT, BACKWARDS = witness("right", right), witness("backwards", backwards)
