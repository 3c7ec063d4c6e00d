"""A witness whose reverse pass computes z anew: where rounding decides its side, both pass."""

from types import SimpleNamespace

import numpy as np
import pytest

import adapters
from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.derivation import REFERENCE
from harness.verification import Verification
from harness.walk import walk

SINGLE = np.float32


def near_kink(z):
    """inputs . weights + biases, which is 1 + 2^-23 - 1 but for the rounding of the product."""
    one = np.ones((1, 1, 1), SINGLE)
    layer = Layer(one * SINGLE(1 + 2**-23), one * SINGLE(z - (1 + 2**-23)))
    return Case(one, (layer,), 3 * one, SINGLE(0.5))


def witness(passes, recomputes):
    """The reference's trace, but for what ReLU's gradient lets through: all, or nothing."""

    def trace(case):
        (right,) = walk(one_by_one(REFERENCE, case.shape, []), case)
        wrt_z = case.upstream * SINGLE(passes)
        again = right._replace(deriv_relu_wrt_z=wrt_z)
        layer = case.layers[0]
        return (
            again._replace(
                deriv_relu_wrt_inputs=wrt_z * layer.weights,
                deriv_relu_wrt_weights=wrt_z * case.inputs,
                deriv_relu_wrt_biases=wrt_z,
                new_weights=layer.weights - case.learning_rate * wrt_z * case.inputs,
                new_biases=layer.biases - case.learning_rate * wrt_z,
            ),
        )

    return SimpleNamespace(name="toy", version="1", trace=trace, recomputes=recomputes)


def found(passes, recomputes, z, regime="certified"):
    findings = Verification(REFERENCE, [witness(passes, recomputes)]).check(near_kink(z), regime)
    return {finding.quantity for finding in findings}


@pytest.mark.parametrize("passes", [0, 1])
@pytest.mark.parametrize("z", [0.0, 2.0**-24, -(2.0**-24)])
def test_both_answers_pass_where_rounding_decides_the_side(passes, z):
    assert found(passes, recomputes=True, z=z) == set()


def test_of_any_other_witness_the_mask_is_that_of_the_z_that_it_returned():
    assert found(1, recomputes=False, z=0.0) == {"deriv_relu_wrt_z"}


@pytest.mark.parametrize(("passes", "z"), [(0, 0.5), (1, -0.5)])
def test_where_the_side_is_sure_a_wrong_mask_is_seen(passes, z):
    assert found(passes, recomputes=True, z=z) == {"deriv_relu_wrt_z"}


def test_integers_are_not_rounded_so_their_side_is_always_sure():
    assert found(1, recomputes=True, z=0.0, regime="exact") == {"deriv_relu_wrt_z"}


def test_checkpoint_alone_recomputes():
    names = ("jax", "jax:grad", "jax:checkpoint", "torch", "torch:func")

    assert [name for name in names if adapters.load(name).recomputes] == ["jax:checkpoint"]
