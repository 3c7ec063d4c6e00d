"""Softmax and cross-entropy: what is exact there bit for bit, any logits within the radius."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness import depth, head
from harness.verification import Verification

NAMES = [dtype.name for dtype in head.DTYPES]
CASES = 64
# Of the deep networks, with ReLU and without.
LAYERS = {False: (2, 8), True: (8,)}
BATCH, WIDTH = 4, 8
FEW = 16


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_equal_logits_of_a_power_of_two_classes_give_its_inverse(
    check: Callable[..., None], rng: np.random.Generator, dtype: np.dtype[Any]
) -> None:
    """Bit for bit: 2^-k each, the Jacobian of that, and the loss's gradient -2^k over the batch."""
    for batch, classes in head.OF_POWERS:
        case = head.equal_logits(rng, batch, classes, dtype, CASES)
        for formula in head.EQUAL:
            check("exact", case, of=formula)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_one_logit_far_above_the_others_takes_everything(
    check: Callable[..., None], rng: np.random.Generator, dtype: np.dtype[Any]
) -> None:
    """Bit for bit: 1 and 0, and of the loss's gradient what is left of them and the targets."""
    for batch, classes in head.OF_POWERS[1:] + head.OF_ANY:
        case = head.one_alone(rng, batch, classes, dtype, CASES)
        for formula in head.ALONE:
            check("exact", case, of=formula)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_any_logits_agree_within_the_radius(
    check: Callable[..., None], rng: np.random.Generator, dtype: np.dtype[Any]
) -> None:
    """Logits of every magnitude, in batches of classes from one on."""
    check("certified", *(head.head_stack(rng, shape, dtype, CASES) for shape in head.SHAPES))


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_deep_networks_agree_from_inputs_to_loss_as_far_as_radii_reach(
    check: Callable[..., None],
    verification: Verification,
    rng: np.random.Generator,
    dtype: np.dtype[Any],
) -> None:
    """The loss's gradient goes back through all layers, with and without ReLU."""
    for linear, several in LAYERS.items():
        reaches = []
        for layers in several:
            case = head.deep_stack(rng, (BATCH, *[WIDTH] * (layers + 1)), dtype, FEW, linear)
            reaches.append(depth.reach(case))
            check("certified", case, chained=reaches[-1].useful)
        if verification.derivation.takes(case):
            what = f"{'linear ' if linear else ''}networks in {dtype.name}"
            verification.notes[depth.told(what, reaches)] = None
