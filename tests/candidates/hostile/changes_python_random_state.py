"""Draws one of Python's random numbers."""

import random

import numpy as np


def relu_forward(layer_outputs):
    random.random()
    return np.maximum(0, layer_outputs)
