"""The document's own style as a file: no functions, and its own learning rate and pictures."""

import random

import matplotlib.pyplot as plt
import numpy as np

random.seed(0)
np.set_printoptions(precision=3)

inputs = [[1, 2, 3, 2.5], [2.0, 5.0, -1.0, 2], [-1.5, 2.7, 3.3, -0.8]]
inputs = np.array(inputs)
weights = np.random.default_rng(0).normal(size=(4, 3))
biases = np.zeros((1, 3))
learning_rate = 0.01

layer_outputs = inputs @ weights + biases
relu_outputs = np.where(layer_outputs > 0, layer_outputs, 0)
assert relu_outputs.shape == (3, 3)
print(f"outputs\n{relu_outputs}")
figure, axes = plt.subplots()
axes.imshow(relu_outputs)

deriv_from_next_layer = np.ones((3, 3))
mask = np.where(layer_outputs > 0, 1, 0)
deriv_relu_wrt_z = deriv_from_next_layer * mask
deriv_relu_wrt_inputs = deriv_relu_wrt_z @ weights.T
deriv_relu_wrt_weights = inputs.T @ deriv_relu_wrt_z
deriv_relu_wrt_biases = deriv_relu_wrt_z.sum(axis=0, keepdims=True)

step = learning_rate * deriv_relu_wrt_weights
new_weights = weights - step
new_biases = biases - learning_rate * deriv_relu_wrt_biases
