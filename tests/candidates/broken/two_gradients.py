"""Two variables, of which either may be the gradient passed in."""

import numpy as np

inputs = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 2.0]])
weights = np.array([[0.2, 0.8, -0.5], [0.5, -0.91, 0.26]]).T
biases = np.array([[2.0, 3.0]])

layer_outputs = np.dot(inputs, weights) + biases
relu_outputs = np.maximum(0, layer_outputs)
gradient = relu_outputs - np.array([[1.0, 2.0], [3.0, 4.0]])
penalty = 0.5 * relu_outputs
deriv_relu_wrt_z = (gradient + penalty) * (layer_outputs > 0)
