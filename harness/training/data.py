"""What a training run is given: its plan, its images, and how the seed deals them out."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from harness.case import Array, Case, Layer

# What is drawn from the seed: each has numbers of its own, whatever else is drawn.
SPLIT, START, ORDER, UPSTREAM = range(4)
PIXEL: Final = 16


class Plan(NamedTuple):
    """A network and how it is trained; with the images, it decides everything."""

    seed: int = 0
    epochs: int = 20
    batch: int = 32
    rate: float = 0.2
    hidden: tuple[int, ...] = (32, 32)
    test: int = 357
    dtypes: tuple[str, ...] = ("float64", "float32")

    def random(self, *stream: int) -> np.random.Generator:
        """The random numbers of one stream, wherever a run goes on from."""
        return np.random.default_rng([self.seed, *stream])


class Data(NamedTuple):
    """Images (n, n_pixels), float64 from 0 to 1, and their classes (n,), int64; and the test's."""

    images: Array
    classes: Array
    test_images: Array
    test_classes: Array

    def widths(self, plan: Plan) -> tuple[int, ...]:
        """How many inputs, neurons of each layer, and classes the network has."""
        return (self.images.shape[1], *plan.hidden, int(self.classes.max()) + 1)

    def steps(self, plan: Plan) -> int:
        """How many steps an epoch has; images that fill no batch have their turn in another."""
        return len(self.images) // plan.batch


def split(images: Array, classes: Array, plan: Plan) -> Data:
    """Put `plan.test` images aside for the test. Pixels are from 0 to 16, so scaling is exact."""
    order = plan.random(SPLIT).permutation(len(images))
    train, test = order[: -plan.test], order[-plan.test :]
    scaled, places = images.astype(np.float64) / PIXEL, classes.astype(np.int64)
    return Data(scaled[train], places[train], scaled[test], places[test])


def start(data: Data, plan: Plan, dtype: np.dtype[Any]) -> tuple[Layer, ...]:
    """The layers before the first step, as a stack of one.

    Weights are normal with variance 2 / n_inputs (He et al., 'Delving deep into rectifiers', 2015),
    biases 0. Every dtype rounds the same numbers.
    """
    rng, widths = plan.random(START), data.widths(plan)
    layers = []
    for n_inputs, n_neurons in pairwise(widths):
        weights = rng.standard_normal((1, n_inputs, n_neurons)) * np.sqrt(2 / n_inputs)
        layers.append(Layer(weights.astype(dtype), np.zeros((1, 1, n_neurons), dtype)))
    return tuple(layers)


def minibatches(data: Data, plan: Plan, epoch: int) -> Iterator[Array]:
    """The places of each batch's images in an epoch, in another order every time."""
    order = plan.random(ORDER, epoch).permutation(len(data.images))
    steps = data.steps(plan)
    return iter(order[: steps * plan.batch].reshape(steps, plan.batch))


def step_case(
    data: Data, plan: Plan, layers: tuple[Layer, ...], places: Array, upstream: Array
) -> Case:
    """The case that one training step is: the images at these places, as a stack of one.

    `upstream` (batch, n_classes) serves the gradient of softmax by itself: training goes by way
    of its gradient together with the loss.
    """
    dtype = layers[0].weights.dtype
    return Case(
        data.images[places][None].astype(dtype),
        layers,
        upstream[None].astype(dtype),
        dtype.type(plan.rate),
        linear=(len(layers) - 1,),
        targets=data.classes[places][None],
    )
