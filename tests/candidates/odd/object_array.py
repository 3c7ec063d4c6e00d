"""The result is an array of Python objects, not of floating-point numbers."""

import numpy as np


def dense_forward(inputs, weights, biases):
    return (np.dot(inputs, weights) + biases).astype(object)
