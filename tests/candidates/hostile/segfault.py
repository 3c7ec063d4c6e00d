"""Reads memory at address 0."""

import ctypes


def relu_forward(layer_outputs):
    ctypes.string_at(0)
