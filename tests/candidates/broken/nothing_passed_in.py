"""The mask alone is taken for the gradient: what is passed in cannot be told."""

import numpy as np

inputs = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 2.0]])
weights = np.array([[0.2, 0.8, -0.5], [0.5, -0.91, 0.26]]).T
biases = np.array([[2.0, 3.0]])

layer_outputs = np.dot(inputs, weights) + biases
deriv_relu_wrt_z = np.where(layer_outputs > 0, 1.0, 0.0)
