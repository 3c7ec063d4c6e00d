"""Looks as if somebody had pressed Ctrl-C."""


def relu_forward(layer_outputs):
    raise KeyboardInterrupt
