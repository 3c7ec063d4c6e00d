"""Second spellings of the mistakes in the step of stochastic gradient descent."""

import numpy as np


def sign_plus(parameter, gradient, learning_rate):
    parameter += learning_rate * gradient
    return parameter


def learning_rate_twice(parameter, gradient, learning_rate):
    return parameter - learning_rate**2 * gradient


def learning_rate_missing(parameter, gradient, learning_rate):
    return -gradient + parameter


def learning_rate_hard_coded(parameter, gradient, learning_rate):
    parameter += -0.001 * gradient
    return parameter


def learning_rate_divides(parameter, gradient, learning_rate):
    return parameter - (1 / learning_rate) * gradient


def learning_rate_times_all(parameter, gradient, learning_rate):
    return learning_rate * parameter - learning_rate * gradient


def update_lost(parameter, gradient, learning_rate):
    return parameter


def step_alone(parameter, gradient, learning_rate):
    return gradient * -learning_rate


def step_twice_by_alias(parameter, gradient, learning_rate):
    step = learning_rate * gradient
    parameter -= step
    parameter -= step
    return parameter


def gradient_scaled_in_place(parameter, gradient, learning_rate):
    np.multiply(gradient, learning_rate, out=gradient)
    parameter = parameter.copy()
    parameter -= gradient
    return parameter


def step_truncated(parameter, gradient, learning_rate):
    step = learning_rate * gradient
    return parameter - np.sign(step) * np.floor(np.abs(step))


def step_in_float32(parameter, gradient, learning_rate):
    new_parameter = parameter.astype("float32")
    new_parameter -= gradient.astype("float32") * learning_rate.astype("float32")
    return new_parameter.astype(parameter.dtype)


def first_row_not_updated(parameter, gradient, learning_rate):
    step = learning_rate * gradient
    step[0] = 0
    return parameter - step


def first_row_for_all(parameter, gradient, learning_rate):
    new_parameter = parameter.copy()
    for row in new_parameter:
        row -= learning_rate * gradient[0]
    return new_parameter
