"""Softmax and cross-entropy: what is exact there bit for bit, any logits within the radius."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness import depth, head, plan
from harness.verification import Verification

NAMES = [dtype.name for dtype in head.DTYPES]
# Of the deep networks, with ReLU and without.
LAYERS = {False: (4,), True: (8,)}
BATCH, WIDTH = 4, 8
FEW = 16

Checked: TypeAlias = Callable[..., None]


@pytest.fixture
def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_equal_logits_of_a_power_of_two_classes_give_its_inverse(
    check_planned: Checked, seed: int, dtype: np.dtype[Any]
) -> None:
    """Bit for bit: 2^-k each, the Jacobian of that, and the loss's gradient -2^k over the batch."""
    check_planned(plan.equal_stacks, seed, dtype)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_one_logit_far_above_the_others_takes_everything(
    check_planned: Checked, seed: int, dtype: np.dtype[Any]
) -> None:
    """Bit for bit: 1 and 0, and of the loss's gradient what is left of them and the targets."""
    check_planned(plan.alone_stacks, seed, dtype)


@pytest.mark.parametrize("dtype", head.DTYPES, ids=NAMES)
def test_any_logits_agree_within_the_radius(
    check_planned: Checked, seed: int, dtype: np.dtype[Any]
) -> None:
    """Logits of every magnitude, in batches of classes from one on."""
    check_planned(plan.logits_stacks, seed, dtype)


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
