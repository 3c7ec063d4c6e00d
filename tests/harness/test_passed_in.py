"""Which gradient a script passes in: told where it is certain, and never guessed."""

import ast

import pytest
from in_style import HEAD, script

from harness.cells import CandidateError
from harness.injection import UPSTREAM, inject

MASK = "\nderiv_relu_wrt_z[layer_outputs <= 0] = 0"
SOURCES = {
    "relu_outputs": [
        "deriv_relu_wrt_z = relu_outputs",
        "deriv_relu_wrt_z = relu_outputs.copy()" + MASK,
        "deriv_relu_wrt_z = np.copy(relu_outputs)" + MASK,
        "deriv_relu_wrt_z = relu_outputs.astype(float).copy()" + MASK,
        "deriv_relu_wrt_z = np.where(layer_outputs > 0, relu_outputs, 0)",
        "deriv_relu_wrt_z = np.where(layer_outputs <= 0, np.zeros_like(inputs), relu_outputs)",
        "deriv_relu_wrt_z = relu_outputs * (layer_outputs > 0)",
        "deriv_relu_wrt_z = relu_outputs * (relu_outputs > 0)",
        "deriv_relu_wrt_z = (layer_outputs > 0).astype(float) * relu_outputs",
        "deriv_relu_wrt_z = np.multiply(relu_outputs, np.where(layer_outputs > 0, 1, 0))",
        "deriv_relu_wrt_z = relu_outputs * np.heaviside(layer_outputs, 0)",
        "mask = layer_outputs > 0\nderiv_relu_wrt_z = relu_outputs * mask",
        "d = np.ones_like(inputs)\nd[layer_outputs <= 0] = 0\nderiv_relu_wrt_z = relu_outputs * d",
        "d = relu_outputs.copy()\nd[layer_outputs <= 0] = 0\nderiv_relu_wrt_z = d",
        "deriv_relu_wrt_z = np.zeros_like(relu_outputs)\nfor i in range(1):\n"
        "    deriv_relu_wrt_z[i] = relu_outputs[i] * (layer_outputs[i] > 0)",
        "def mask(g, z):\n    return g * (z > 0)\n"
        "deriv_relu_wrt_z = mask(relu_outputs, layer_outputs)",
        # What is wrong with it is to be found.
        "deriv_relu_wrt_z = 2 * relu_outputs",
        "deriv_relu_wrt_z = relu_outputs / len(inputs)",
        "deriv_relu_wrt_weights = np.dot(inputs.T, relu_outputs)",
    ],
    "upstream": [
        "upstream = np.ones((1, 1))\nderiv_relu_wrt_z = upstream * (layer_outputs > 0)",
        "upstream = relu_outputs - 1\nderiv_relu_wrt_z = some(upstream, layer_outputs)",
        "upstream = np.ones((1, 1))\nderiv_relu_wrt_weights = inputs.T @ upstream",
        # It was forgotten.
        "upstream = relu_outputs\nderiv_relu_wrt_z = np.where(layer_outputs > 0, 1, 0)",
        "upstream = relu_outputs\nderiv_relu_wrt_z = np.ones_like(layer_outputs)" + MASK,
    ],
    "deriv_from_next_layer": [
        "deriv_from_next_layer = 1.0\n"
        "deriv_relu_wrt_z = deriv_from_next_layer * (layer_outputs > 0)",
    ],
    "grad": [
        "grad = np.array([[1.0]])\nderiv_relu_wrt_z = grad * (layer_outputs > 0)",
        "grad = relu_outputs - 1.0\nderiv_relu_wrt_z = np.where(layer_outputs > 0, grad, 0)",
    ],
    "np.array([[1.0]])": [
        "deriv_relu_wrt_z = np.array([[1.0]])" + MASK,
    ],
    "np.ones_like(layer_outputs)": [
        "deriv_relu_wrt_z = np.ones_like(layer_outputs)" + MASK,
    ],
}  # fmt: skip


def told(text):
    """What stands for the gradient passed in, as the verdict says it."""
    injection = inject("mine.py", script(text), set())
    names = [ast.unparse(node) for node in injection.replaced.values()]
    assert names.count(UPSTREAM) >= 1
    (said,) = (each for each in injection.told if "upstream stands for" in each)
    return said.removeprefix("the case's upstream stands for ").partition(" in line")[0]


@pytest.mark.parametrize(("name", "text"), [(n, t) for n in SOURCES for t in SOURCES[n]])
def test_the_gradient_passed_in_is_found(name, text):
    assert told(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "deriv_relu_wrt_z = np.where(layer_outputs > 0, 1, 0)",
        "deriv_relu_wrt_z = (layer_outputs > 0).astype(float)",
        "deriv_relu_wrt_z = layer_outputs.copy()" + MASK,
        "d = d.copy()\nderiv_relu_wrt_z = d",
        "deriv_relu_wrt_weights = np.dot(inputs.T, inputs)",
    ],
)
def test_where_there_is_none_that_is_said(text):
    last = (HEAD + text).count("\n") - text.count("\nderiv_relu_wrt_z[") + 1
    with pytest.raises(CandidateError) as refused:
        inject("mine.py", script(text), set())

    assert f"mine.py, line {last}: deriv_relu_wrt_" in str(refused.value)
    assert "no gradient passed in that could be told" in str(refused.value)


def test_where_it_may_be_one_of_two_its_name_is_asked_for():
    text = "a = np.array([[1.0]]) - relu_outputs\nb = relu_outputs - 2\nderiv_relu_wrt_z = a * b"

    with pytest.raises(CandidateError, match=r"a or b may be the gradient passed in, expected"):
        inject("mine.py", script(text), set())
