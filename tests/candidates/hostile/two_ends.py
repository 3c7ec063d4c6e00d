"""Ends the process in two formulas."""

import os


def relu_forward(layer_outputs):
    os._exit(3)


def sgd_step(parameter, gradient, learning_rate):
    os._exit(4)
