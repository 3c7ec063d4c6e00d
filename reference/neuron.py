"""Scenarios A and B of the document: one neuron, in plain Python numbers, loops and sums.

No arrays: this is the derivation as a learner writes it the first time, before the matrix form
of Scenario C (`dense.py`, `relu.py`, `sgd.py`), which must agree with it.
"""

from collections.abc import Sequence
from typing import NamedTuple


class NeuronStep(NamedTuple):
    """What one neuron computes in one training step on one sample, in the document's names."""

    layer_output: float
    relu_output: float
    deriv_relu_wrt_z: float
    deriv_relu_wrt_inputs: list[float]
    deriv_relu_wrt_weights: list[float]
    deriv_relu_wrt_bias: float
    new_weights: list[float]
    new_bias: float


def forward(x: Sequence[float], w: Sequence[float], b: float) -> float:
    """z, the neuron's weighted sum of its inputs plus its bias."""
    z = b
    for i in range(len(x)):
        z += x[i] * w[i]
    return z


def relu(z: float) -> float:
    """The neuron's output."""
    return max(0.0, z)


def one_next(
    x: Sequence[float], w: Sequence[float], b: float, deriv_from_next: float, learning_rate: float
) -> NeuronStep:
    """Scenario A: 1 neuron in the current layer, 1 in the next, which passes back one derivative.

    x and w hold one number for each input, b is the bias; deriv_from_next is the document's
    `deriv_from_next_layer`.
    """
    z = forward(x, w, b)

    deriv_relu_wrt_z = deriv_from_next * (1.0 if z > 0 else 0.0)

    deriv_relu_wrt_x = [deriv_relu_wrt_z * w_i for w_i in w]
    deriv_relu_wrt_w = [deriv_relu_wrt_z * x_i for x_i in x]
    deriv_relu_wrt_b = deriv_relu_wrt_z

    new_w = [w[i] - learning_rate * deriv_relu_wrt_w[i] for i in range(len(w))]
    new_b = b - learning_rate * deriv_relu_wrt_b

    return NeuronStep(
        z,
        relu(z),
        deriv_relu_wrt_z,
        deriv_relu_wrt_x,
        deriv_relu_wrt_w,
        deriv_relu_wrt_b,
        new_w,
        new_b,
    )


def several_next(
    x: Sequence[float],
    w: Sequence[float],
    b: float,
    derivs_from_next: Sequence[float],
    learning_rate: float,
) -> NeuronStep:
    """Scenario B: 1 neuron in the current layer, several in the next.

    Each neuron of the next layer returns its partial derivative with respect to this neuron's
    output, derivs_from_next[j]; to continue, this vector is summed to a singular value.
    """
    deriv_from_next = sum(derivs_from_next)
    return one_next(x, w, b, deriv_from_next, learning_rate)
