"""An update alone, with a learning rate that is no literal factor."""

import numpy as np

inputs = np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 2.0]])
weights = np.array([[0.2, 0.8, -0.5], [0.5, -0.91, 0.26]]).T
biases = np.array([[2.0, 3.0]])

new_weights = weights - np.dot(inputs.T, np.ones((2, 2))) / 1000
