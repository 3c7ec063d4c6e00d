"""The weights have a row a neuron, where the document has a column."""

import numpy as np

inputs = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 2.0]])
weights = np.array([[0.2, 0.8, -0.5], [0.5, -0.91, 0.26]])
biases = np.array([[2.0, 3.0]])

layer_outputs = np.dot(inputs, weights.T) + biases
