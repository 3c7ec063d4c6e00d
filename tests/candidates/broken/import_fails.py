"""Importing it fails, before any formula is defined."""

ratio = 1 / 0


def relu_forward(layer_outputs):
    return layer_outputs * (layer_outputs > 0)
