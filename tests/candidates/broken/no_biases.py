"""The document's own style, but for biases of another name."""

import numpy as np

inputs = np.array([[1.0, 2.0]])
weights = np.array([[1.0], [2.0]])
b = np.array([[0.5]])
layer_outputs = np.dot(inputs, weights) + b
