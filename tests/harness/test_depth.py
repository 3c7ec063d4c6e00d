"""How far radii reach: they grow with depth, and where they say nothing it is seen."""

import numpy as np
import pytest

from harness.case import Layer
from harness.depth import Reach, reach, told
from harness.formats import FORMATS
from harness.head import deep_stack

FLOAT64, FLOAT32 = FORMATS[:2]


def networks(layers, dtype=FLOAT32, linear=False):
    rng = np.random.default_rng(3)
    return deep_stack(rng, (4, *[8] * (layers + 1)), dtype, 16, linear)


def test_radii_grow_with_every_layer_and_by_the_roundoff_of_the_dtype():
    single, double = ([reach(networks(n, d)) for n in (1, 2, 4, 8)] for d in (FLOAT32, FLOAT64))

    for reaches in (single, double):
        ratios = [each.radius_over_value for each in reaches]
        assert ratios == sorted(ratios)
        assert [each.layers for each in reaches] == [1, 2, 4, 8]
    for wide, narrow in zip(double, single, strict=True):
        assert 2.0**-33 < wide.radius_over_value / narrow.radius_over_value < 2.0**-25


@pytest.mark.parametrize(("layers", "linear"), [(24, False), (16, True)])
def test_too_deep_a_network_is_out_of_reach(layers, linear):
    far = reach(networks(layers, linear=linear))

    assert not far.useful
    assert reach(networks(layers, FLOAT64, linear)).useful
    assert far.radius_over_value >= 1


def test_units_at_a_kink_are_ambiguous_and_many_of_them_are_out_of_reach():
    """Where a layer's outputs are a rounded difference of equal numbers."""
    case = networks(2)
    (first, second) = case.layers
    pairs = np.repeat(first.weights[..., ::2], 2, axis=-1)
    twins = Layer(pairs, np.repeat(first.biases[..., ::2], 2, axis=-1))
    signs = np.where(np.arange(8) % 2, -1, 1).reshape(1, 8, 1).astype(FLOAT32)
    weights = signs * np.abs(second.weights[:, ::2].repeat(2, axis=1))
    cancelling = Layer(weights, np.zeros_like(second.biases))
    deeper = case._replace(layers=(twins, cancelling, second), linear=(0, 2))

    found = reach(deeper)

    assert found.ambiguous > 0.5
    assert not found.useful


def test_a_verdict_says_how_radii_grew_and_how_networks_were_checked():
    near, far = Reach(2, 3e-6, 0.002), Reach(8, 1.5, 0.0)

    assert told("networks in float32", [near, far]) == (
        "networks in float32 of 2 and 8 layers: radii 3e-06 and 2e+00 of the values, at most 0.2% "
        "of units ambiguous; checked whole through 2, layer by layer through 8"
    )
    assert told("networks in float64", [near]).endswith("; checked whole through 2")
    assert told("networks in float64", [far]).endswith("; layer by layer through 8")
