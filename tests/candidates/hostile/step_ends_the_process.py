"""A whole step that ends the process."""

import os


def train_step(inputs, layers, upstream, learning_rate):
    os._exit(3)
