"""The biases are made of another variable."""

import numpy as np

inputs = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 2.0]])
weights = np.array([[0.2, 0.8, -0.5], [0.5, -0.91, 0.26]]).T
ones = np.ones((1, 2))
biases = 0.5 * ones

layer_outputs = np.dot(inputs, weights) + biases
