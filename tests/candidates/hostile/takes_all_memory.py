"""Takes memory without end."""

import numpy as np


def relu_forward(layer_outputs):
    taken = []
    while True:
        taken.append(np.ones(10**8))
