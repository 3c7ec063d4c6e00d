"""Right scripts in the document's own style: each makes one part of it in another way."""

FORWARD = """
import numpy as np

inputs = np.array([[1, 2, 3, 2.5], [2., 5., -1., 2], [-1.5, 2.7, 3.3, -0.8]])
weights = np.array([[0.2, 0.8, -0.5, 1], [0.5, -0.91, 0.26, -0.5], [-0.26, -0.27, 0.17, 0.87]]).T
biases = np.array([[2, 3, 0.5]])
layer_outputs = np.dot(inputs, weights) + biases
relu_outputs = np.maximum(0, layer_outputs)
"""
MASK = """
deriv_relu_wrt_z = relu_outputs.copy()
deriv_relu_wrt_z[layer_outputs <= 0] = 0
"""
GRADIENTS = """
deriv_relu_wrt_inputs = np.dot(deriv_relu_wrt_z, weights.T)
deriv_relu_wrt_weights = np.dot(inputs.T, deriv_relu_wrt_z)
deriv_relu_wrt_biases = np.sum(deriv_relu_wrt_z, axis=0, keepdims=True)
"""
UPDATE = """
weights += -0.001 * deriv_relu_wrt_weights
biases += -0.001 * deriv_relu_wrt_biases
"""
WHOLE = FORWARD + MASK + GRADIENTS + UPDATE


def changed(old, new):
    assert old in WHOLE
    return WHOLE.replace(old, new)


# deriv_relu_wrt_z made in other ways, each of them right.
MASKED = {
    "where": "deriv_relu_wrt_z = np.where(layer_outputs > 0, relu_outputs, 0)",
    "product": "deriv_relu_wrt_z = relu_outputs * (layer_outputs > 0)",
    "mask of the outputs": "deriv_relu_wrt_z = relu_outputs * (relu_outputs > 0)",
    "mask of ones": """
mask = np.ones_like(layer_outputs)
mask[layer_outputs <= 0] = 0
deriv_relu_wrt_z = mask * relu_outputs""",
    "mask of integers": """
mask = np.where(layer_outputs > 0, 1, 0)
deriv_relu_wrt_z = relu_outputs * mask""",
    "own name, ones": """
dvalues = np.ones((3, 3))
deriv_relu_wrt_z = dvalues.copy()
deriv_relu_wrt_z[layer_outputs <= 0] = 0""",
    "no name, ones": """
deriv_relu_wrt_z = np.ones_like(layer_outputs)
deriv_relu_wrt_z[layer_outputs <= 0] = 0""",
    "other name, then masked": """
dz = relu_outputs.copy()
dz[layer_outputs <= 0] = 0
deriv_relu_wrt_z = dz""",
    "difference from a target": """
target = np.eye(3)
dvalues = relu_outputs - target
dvalues /= 3
deriv_relu_wrt_z = dvalues * np.heaviside(layer_outputs, 0)""",
    "alias": """
deriv_relu_wrt_z = relu_outputs
deriv_relu_wrt_z[layer_outputs <= 0] = 0""",
    "document's other name": """
deriv_from_next_layer = np.array([[1., 1., 1.], [2., 2., 2.], [3., 3., 3.]])
scale = deriv_from_next_layer / 2
deriv_relu_wrt_z = deriv_from_next_layer * (layer_outputs > 0)""",
    "loop over indices": """
deriv_relu_wrt_z = np.zeros_like(relu_outputs)
for i in range(len(relu_outputs)):
    for j in range(relu_outputs.shape[1]):
        z = layer_outputs[i, j]
        deriv_relu_wrt_z[i, j] = relu_outputs[i, j] * (1. if z > 0 else 0.)""",
    "loop over rows": """
deriv_relu_wrt_z = np.zeros_like(relu_outputs)
for i, (drow, zrow) in enumerate(zip(relu_outputs, layer_outputs)):
    for j, (d, z) in enumerate(zip(drow, zrow)):
        deriv_relu_wrt_z[i, j] = d * (1. if z > 0 else 0.)""",
    "function": """
def masked(d, z):
    return d * (z > 0)
deriv_relu_wrt_z = masked(relu_outputs, layer_outputs)""",
    "in two steps": """
deriv_relu_wrt_z = layer_outputs > 0
deriv_relu_wrt_z = relu_outputs * deriv_relu_wrt_z""",
}
UPDATED = {
    "named rate": """
learning_rate = 0.001
weights -= learning_rate * deriv_relu_wrt_weights
biases -= learning_rate * deriv_relu_wrt_biases""",
    "new names": """
new_weights = weights - 0.1 * deriv_relu_wrt_weights
new_biases = biases - 0.1 * deriv_relu_wrt_biases""",
    "a step with a sign": """
lr = -0.01
step = lr * deriv_relu_wrt_weights
weights = weights + step
biases[:] = biases + lr * deriv_relu_wrt_biases""",
    "a rate of 1": """
weights += -1 * deriv_relu_wrt_weights
np.subtract(biases, 1.0 * deriv_relu_wrt_biases, out=biases)""",
    "scaled in place": """
step = deriv_relu_wrt_weights.copy()
step *= 0.5
weights -= step
biases -= 0.5 * deriv_relu_wrt_biases""",
}
RIGHT = {
    "the document": WHOLE,
    **{name: changed(MASK, f"\n{mask}\n") for name, mask in MASKED.items()},
    **{name: changed(UPDATE, f"{update}\n") for name, update in UPDATED.items()},
    "transposed afterwards": changed("]]).T", "]])\nweights\nweights = np.array(weights).T"),
    "seeded": changed(
        "biases = np.array([[2, 3, 0.5]])",
        "n_neurons = 3\nnp.random.seed(0)\nnp.set_printoptions(precision=3)\n"
        "biases: np.ndarray = 0.1 * np.random.randn(1, n_neurons)",
    ),
    "talkative": WHOLE + "\nassert weights.shape == (4, 3)\nfor row in weights:\n    print(row)\n"
    "np.testing.assert_allclose(relu_outputs[0, 0], 4.8)\nrelu_outputs[2, 2]\n",
}
