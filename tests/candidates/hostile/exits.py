"""Asks Python to exit."""

import sys


def relu_forward(layer_outputs):
    sys.exit(3)
