"""Where a case's numbers go in a script: its literals, and its learning rate."""

import ast

import pytest
from in_style import HEAD, script

from harness.cells import CandidateError
from harness.injection import RATE, inject


def replaced(text, head=HEAD):
    """What stands in the place of which name, and what is left out."""
    injection = inject("mine.py", script(text, head), set())
    return [ast.unparse(node) for node in injection.replaced.values()], injection


OTHERS = "\nweights = np.eye(2)\nbiases = np.zeros((1, 2))\nlayer_outputs = inputs @ weights"


@pytest.mark.parametrize(
    "text",
    [
        "inputs = np.array([[1, 2.5], [-3, 4]])",
        "inputs = [[1, 2], [3, 4]]",
        "inputs: np.ndarray = np.array([[1.0]])",
        "inputs = np.random.default_rng(0).normal(size=(3, 4))",
        "inputs = np.array(list(range(4)), dtype=float).reshape(2, 2)",
        "n = 3\ninputs = np.ones((n, n))",
        "inputs = [[1, 2]]\ninputs = np.array(inputs)",
    ],
)
def test_literals_make_way_for_the_cases(text):
    names, _ = replaced("import numpy as np\n" + text + OTHERS, "")

    assert names == ["<inputs>", "<weights>", "<biases>"]


def test_another_form_of_a_literal_goes_with_it_and_what_is_computed_of_it_stays():
    text = "import numpy as np\ninputs = np.array([[1.0]])\ninputs = inputs.T\nx = inputs\n"
    _, injection = replaced(text + "inputs = inputs.T" + OTHERS, "")

    assert len(injection.left_out) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inputs = x", "line 2: inputs is x, expected an assignment of literal numbers"),
        ("inputs = np.ones((2, len(x)))", "line 2: inputs is np.ones((2, len(x))), expected"),
        ("for inputs in [1]:\n    pass", "line 2: inputs is "),
    ],
)
def test_what_is_made_of_another_variable_is_refused(text, said):
    with pytest.raises(CandidateError) as refused:
        replaced("import numpy as np; x = np.ones(3)\n" + text + OTHERS, "")

    assert f"mine.py, {said}" in str(refused.value)


RATES = [
    ("weights += -0.25 * d", 0.25),
    ("weights -= 0.25 * d", 0.25),
    ("weights -= d * 0.25", 0.25),
    ("weights -= 0.25 * d / len(inputs)", 0.25),
    ("weights = weights - 0.25 * d", 0.25),
    ("weights = -0.25 * d + weights", 0.25),
    ("weights[...] -= 0.25 * d", 0.25),
    ("new_weights = weights - 0.25 * d", 0.25),
    ("lr = 0.25\nweights -= lr * d", 0.25),
    ("lr = -0.25\nweights += lr * d", -0.25),
    ("step = 0.25 * d\nweights -= step", 0.25),
    ("weights -= 0.25 * d\nweights -= 0.25 * d", 0.25),
    ("weights -= d", None),
    ("weights -= d / 4", None),
    ("weights -= 0.5 * 0.25 * d", None),
    ("lr = 0.25\nlr *= 2\nweights -= lr * d", None),
    ("weights -= 0.25 * d\nweights -= 0.5 * d", None),
]


@pytest.mark.parametrize(("text", "value"), RATES)
def test_a_learning_rate_is_the_one_literal_factor_of_the_update(text, value):
    names, injection = replaced("d = inputs.T @ relu_outputs\n" + text)

    assert any(RATE in name for name in names) is (value is not None)
    if value is None:
        (said,) = injection.told
        assert said.startswith("the learning rate of weights is no literal factor of the update")
        assert said.endswith("new_weights is not checked")
        assert injection.updated == {}
    else:
        place = f"line {(HEAD + 'd' + text).count(chr(10)) + 2}"
        assert injection.told == [f"the case's learning rate stands for {value} in {place}"]
        assert set(injection.updated) == {"new_weights"}
