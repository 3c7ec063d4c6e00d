"""The inputs are read from their memory, as if it held them row after row."""

import numpy as np


def dense_forward(inputs, weights, biases):
    memory = np.frombuffer(inputs.data, inputs.dtype)
    return np.dot(memory.reshape(inputs.shape), weights) + biases
