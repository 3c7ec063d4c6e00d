"""The learning rate is made an array, and so float64 if it was a Python float."""

import numpy as np


def sgd_step(parameter, gradient, learning_rate):
    return parameter - np.asarray(learning_rate) * gradient
