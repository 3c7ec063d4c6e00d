"""A script in the document's own style as a derivation: what is read of it, and how it is run."""

import os

import numpy as np
import pytest
from document_variants import ROOT, concluded, printed
from in_style import HEAD

from harness import isolation
from harness.candidate import CandidateError, load
from harness.case import QUANTITIES
from harness.derivation import TRAIN_STEP

MASKED = HEAD + "deriv_relu_wrt_z = relu_outputs.copy()\nderiv_relu_wrt_z[layer_outputs <= 0] = 0\n"
ONE, HALF = np.ones((1, 1)), np.full((1, 1), 0.5)


@pytest.fixture
def loaded(tmp_path):
    """loaded(source): the derivation in a script called mine.py."""

    def loaded(source):
        (tmp_path / "mine.py").write_text(source)
        return load("mine.py", tmp_path)

    return loaded


def step(derivation, inputs=ONE, weights=ONE, biases=ONE, upstream=HALF, rate=0.5):
    layers = [(weights.copy(), biases.copy())]
    (found,) = derivation.train_step(inputs, layers, upstream, np.float64(rate))
    return found


def test_every_quantity_of_the_documents_notebook_is_read_in_its_cell(capfd):
    derivation = load("examples/document.ipynb", ROOT)
    once = capfd.readouterr().out

    found = step(derivation, upstream=np.full((1, 1), 3.0))

    assert derivation.own == (TRAIN_STEP,)
    assert {name: value.item() for name, value in found.items()} == {
        "layer_outputs": 2, "relu_outputs": 2, "deriv_relu_wrt_z": 3,
        "deriv_relu_wrt_inputs": 3, "deriv_relu_wrt_weights": 3, "deriv_relu_wrt_biases": 3,
        "new_weights": -0.5, "new_biases": -0.5,
    }  # fmt: skip
    assert list(found) == list(QUANTITIES)
    assert derivation.places["deriv_relu_wrt_z"] == "cell In [16]"
    assert derivation.places["new_biases"] == "cell In [30]"
    # It prints once, as it stands, and not for each case.
    assert once.startswith("new weights\n[[ 0.179515 ")
    assert capfd.readouterr() == ("", "")


def test_what_stands_for_what_is_told():
    assert load("examples/document.ipynb", ROOT).told == (
        "run as a train_step of one layer; no case of several layers was put to it",
        "the case's upstream stands for relu_outputs in cell In [16]",
        "the case's learning rate stands for 0.001 in cell In [27]",
        "the case's learning rate stands for 0.001 in cell In [30]",
    )


def test_a_right_script_in_a_file_agrees(load):
    assert concluded(load("right/script.py"))["disagreements"] == []


def test_what_a_script_does_not_compute_is_left_out(loaded):
    lines = printed(loaded(MASKED))

    assert not any(" disagrees with " in line for line in lines)
    at = next(at for at, line in enumerate(lines) if line.startswith("Not returned by "))
    left_out = " ".join(" ".join(lines[at : at + 3]).split())
    assert "not checked: deriv_relu_wrt_inputs, deriv_relu_wrt_weights, " in left_out


def test_each_case_is_run_from_the_first_line_in_names_of_its_own(loaded):
    derivation = loaded(
        HEAD + "seen = []\nseen.append(1)\nlayer_outputs = layer_outputs + len(seen)"
    )

    assert [step(derivation)["layer_outputs"].item() for _ in range(3)] == [3, 3, 3]


def test_functions_of_a_script_see_its_names(loaded):
    derivation = loaded(HEAD + "def shifted(z):\n    return z + biases\nlayer_outputs = shifted(0)")

    assert step(derivation, biases=HALF)["layer_outputs"].item() == 0.5


def test_settings_and_assertions_about_its_own_numbers_are_its_own_affair(tmp_path):
    own = "np.set_printoptions(precision=3)\nassert layer_outputs == 2\n"
    (tmp_path / "mine.py").write_text(f"import numpy as np\nnp.random.seed(0)\n{MASKED}{own}")
    isolated = isolation.Isolated("mine.py", tmp_path)

    found = concluded(isolated.derivation)["disagreements"]
    isolated.close()

    assert found == []


def test_the_gradient_passed_in_is_the_scripts_to_change_and_the_inputs_are_not(loaded):
    in_place = "deriv_relu_wrt_z = relu_outputs\nderiv_relu_wrt_z[layer_outputs <= 0] = 0\n"
    assert concluded(loaded(HEAD + in_place))["disagreements"] == []

    (found,) = concluded(loaded(HEAD + "inputs -= 1\n"))["disagreements"]
    assert found["kind"] == "changed its argument inputs"


def test_an_exception_is_told_of_the_quantity_that_it_keeps_from_being_computed(loaded):
    update = "new_weights = weights - 0.5 * np.dot(inputs.T, deriv_relu_wrt_z)"
    source = f"{MASKED}n = inputs.shape[0] - 1\nif n:\n    {{}}[n]\n{update}"

    (found,) = concluded(loaded(source))["disagreements"]

    assert (found["kind"], found["quantity"]) == ("raised an exception", "new_weights")
    last = source.count("\n")
    assert (found["expected"], found["place"]) == (
        f"no exception in line {last}",
        f"line {last + 1}",
    )
    assert found["observed"].startswith("KeyError: ")


def test_a_function_beside_the_script_makes_it_a_file_of_functions(loaded):
    derivation = loaded(MASKED + "def relu_forward(layer_outputs):\n    return layer_outputs\n")

    assert derivation.own == ("relu_forward",)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            HEAD + "z = deriv_relu_wrt_z\n",
            "mine.py, line 8: deriv_relu_wrt_z is used here, and noth",
        ),
        (HEAD + "1 / 0", "mine.py, line 8: its import fails: ZeroDivisionError: division by zero"),
        (
            HEAD.replace("layer_outputs", "z").replace("relu_outputs", "a"),
            "mine.py: defines none of",
        ),
        (HEAD.replace("biases", "b"), "mine.py: computes layer_outputs and has no biases, exp"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(source, message, loaded):
    with pytest.raises(CandidateError) as refused:
        loaded(source)

    assert str(refused.value).startswith(message)
    assert len(str(refused.value).splitlines()) == 1


HOSTILE = {
    "while len(inputs) > 1: pass": ("does not return", "layer_outputs"),
    "import os\nif len(inputs) > 1: os._exit(3)": ("ends the process", "layer_outputs"),
    "import sys\nif len(inputs) > 1: sys.exit(3)": ("raised an exception", None),
    "np.maximum = max if len(inputs) > 1 else np.maximum": (
        "changes NumPy itself (np.maximum)", None
    ),
    "layer_outputs = layer_outputs + np.random.rand()": (
        "changes NumPy's random state (np.random)", None
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_script_is_found_out_as_a_hostile_formula_is(line, tmp_path, monkeypatch):
    monkeypatch.setattr(isolation, "CALL_LIMIT", 1)
    (tmp_path / "mine.py").write_text(f"{MASKED}{line}\n")
    isolated = isolation.Isolated("mine.py", tmp_path)

    found = concluded(isolated.derivation)["disagreements"]
    isolated.close()

    kind, quantity = HOSTILE[line]
    assert {each["kind"] for each in found} == {kind}
    assert quantity is None or found[0]["quantity"] == quantity
    with pytest.raises(ProcessLookupError):
        os.killpg(isolated._process.pid, 0)
