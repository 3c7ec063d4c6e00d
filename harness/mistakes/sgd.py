"""Mistakes in the step of stochastic gradient descent."""

from typing import Any, TypeAlias

import numpy as np

from harness.case import Array
from harness.mistakes.mistake import mistake

Rate: TypeAlias = np.floating[Any]
BOTH = ("new_weights", "new_biases")


@mistake("sgd_step", *BOTH)
def sign_plus(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The step climbs: the gradient is added, and descent subtracts it. The sizes of all steps are
    right, only their direction is not. On the document's example weight [0, 0] becomes 0.220485,
    which should be 0.179515."""
    return parameter + learning_rate * gradient


@mistake("sgd_step", *BOTH)
def learning_rate_twice(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The gradient is scaled by the learning rate twice, say once when it is stored and once in
    the update. A learning rate of 1 hides it. On the document's example weight [0, 0] becomes
    0.199979515, which should be 0.179515."""
    step = learning_rate * gradient
    return parameter - learning_rate * step


@mistake("sgd_step", *BOTH)
def learning_rate_missing(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The gradient is subtracted at its full size. A learning rate of 1 hides it. On the
    document's example weight [0, 0] becomes 0.2 - 20.485 = -20.285, which should be 0.179515."""
    return parameter - gradient


@mistake("sgd_step", *BOTH)
def learning_rate_hard_coded(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The document's 0.001 is written into the formula, whatever learning rate is passed. The
    document's example hides it, as its learning rate is that. With a learning rate of 1 weight
    [0, 0] still becomes 0.179515, which should be -20.285."""
    return parameter - 0.001 * gradient


@mistake("sgd_step", *BOTH)
def learning_rate_divides(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The gradient is divided by the learning rate, and should be multiplied by it. A learning
    rate of 1 hides it. On the document's example weight [0, 0] becomes -20484.8, which should be
    0.179515."""
    return parameter - gradient / learning_rate


@mistake("sgd_step", *BOTH)
def learning_rate_times_all(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """A bracket in the wrong place: the learning rate scales the parameter as well as its
    gradient. A learning rate of 1 hides it. On the document's example weight [0, 0] becomes
    -0.020285, which should be 0.179515."""
    return learning_rate * (parameter - gradient)


@mistake("sgd_step", *BOTH)
def update_lost(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """`row = row - step` gives another array the name row, and leaves the parameter as it was;
    `row -= step` would change it. Nothing fails, and nothing is learnt. On the document's example
    weight [0, 0] stays 0.2, which should become 0.179515."""
    new_parameter = parameter.copy()
    for row, slopes in zip(new_parameter, gradient, strict=True):
        row = row - learning_rate * slopes
    return new_parameter


@mistake("sgd_step", *BOTH)
def step_alone(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The step is returned, and the parameter that it should be added to is not in it. Both have
    one shape. On the document's example weight [0, 0] becomes -0.020485, which should be
    0.179515."""
    return -learning_rate * gradient


@mistake("sgd_step", *BOTH)
def step_twice_by_alias(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """new_parameter is the same array as parameter, not a copy of it: the first line has moved
    both when the second line moves them again. On the document's example weight [0, 0] becomes
    0.15903, which should be 0.179515."""
    new_parameter = parameter
    new_parameter -= learning_rate * gradient
    return parameter - learning_rate * gradient


@mistake("sgd_step", *BOTH)
def gradient_scaled_in_place(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The result is right, but the gradient itself is scaled on the way, and whoever reads or
    accumulates it later finds the wrong one. On the document's example deriv_relu_wrt_weights
    [0, 0] is 0.020485 after the call, and was 20.485 before it."""
    gradient *= learning_rate
    return parameter - gradient


@mistake("sgd_step", *BOTH)
def step_truncated(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The step is cut to an integer, as happens where it is stored in an integer array. Steps
    without a fraction look right. On the document's example every step is less than 1, so weight
    [0, 0] stays 0.2, which should become 0.179515."""
    step = np.trunc(learning_rate * gradient)
    return parameter - step


@mistake("sgd_step", *BOTH)
def step_in_float32(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The step is computed in float32, which keeps 24 significant bits, and handed back in the
    parameter's dtype. A loose tolerance lets it pass. On the document's example weight [0, 0]
    becomes 0.179515004, which should be 0.179515 to the last bit of float64."""
    step = np.float32(learning_rate) * gradient.astype(np.float32)
    new_parameter = parameter.astype(np.float32) - step
    return new_parameter.astype(parameter.dtype)


@mistake("sgd_step", *BOTH)
def first_row_not_updated(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The loop over the rows starts at 1, so row 0 never learns; the biases, which have one row,
    never do at all. On the document's example weight [0, 0] stays 0.2 and bias 0 stays 2, which
    should become 0.179515 and 1.98489."""
    new_parameter = parameter.copy()
    for row in range(1, len(parameter)):
        new_parameter[row] -= learning_rate * gradient[row]
    return new_parameter


@mistake("sgd_step", "new_weights")
def first_row_for_all(parameter: Array, gradient: Array, learning_rate: Rate) -> Array:
    """The first row of the gradient moves every row of the weights, and broadcasting hides that
    the others are not used. The biases have one row and are right. On the document's example
    weight [1, 0] becomes 0.779515, which should be 0.742093."""
    return parameter - learning_rate * gradient[:1]
