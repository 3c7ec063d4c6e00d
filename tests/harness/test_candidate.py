"""Loading a derivation's file: what is accepted, what is refused in one line, what is restored."""

import errno
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from harness.candidate import CandidateError, load
from harness.case import QUANTITIES
from harness.derivation import FORMULAS, REFERENCE

CANDIDATES = Path(__file__).parents[1] / "candidates"
RELU = "def relu_forward(layer_outputs):\n    return layer_outputs * (layer_outputs > 0)\n"
NONE = (
    "defines none of the formulas and no train_step, expected at least one of "
    f"{', '.join(FORMULAS)}, train_step"
)

BROKEN = {
    "defines_none.py": ("", NONE),
    "import_fails.py": (", line 3", "its import fails: ZeroDivisionError: division by zero"),
    "in_r.ipynb": ("", "is a notebook in 'R', expected Python"),
    "mask_cell_missing.ipynb": (
        ", cell In [4], line 1",
        "deriv_relu_wrt_z is used here, and nothing before it computes it",
    ),
    "no_code_cells.ipynb": ("", "is a notebook without code cells, expected a derivation"),
    "no_biases.py": (
        "",
        "computes layer_outputs and has no biases, expected assignments of inputs, weights and "
        "biases, as in the document",
    ),
    "not_callable.py": (
        "",
        "dense_forward is of type int, expected a function; "
        "expected 3 positional: (inputs, weights, biases)",
    ),
    # nbformat's own words follow.
    "not_json.ipynb": ("", "is no notebook of Jupyter's: "),
    "not_literal.py": (
        ", line 8",
        "biases is 0.5 * ones, expected an assignment of literal numbers, such as biases = "
        "np.array([[1.0, 2.0]])",
    ),
    "nothing_passed_in.py": (
        ", line 10",
        "deriv_relu_wrt_z is made of no gradient passed in that could be told, expected it to be "
        "relu_outputs, or a name of its own such as upstream",
    ),
    "nothing_to_check.py": (
        "",
        f"computes nothing to check, expected any of {', '.join(QUANTITIES)}",
    ),
    "two_gradients.py": (
        ", line 13",
        "gradient or penalty may be the gradient passed in, expected one of them to be called "
        "upstream",
    ),
    # The parser's own words, which vary between versions of Python, follow.
    "syntax_error.ipynb": (", cell 3, line 2", "does not parse: "),
    "syntax_error.py": (", line 4", "does not parse: "),
    "weights_transposed.py": (
        ", line 6",
        "weights has shape (2, 3), expected (3, 2): (n_inputs, n_neurons), one column a neuron",
    ),
    "wrong_parameters.py": (
        ", line 4",
        "relu_backward(upstream) takes wrong arguments, expected 2 positional: (upstream, "
        "layer_outputs)",
    ),
}


@pytest.fixture
def refusal(tmp_path):
    """refusal(source): the message that refuses a file of this source, named candidate.py."""

    def refusal(source, name="candidate.py", folder=tmp_path):
        if source is not None:
            (folder / name).write_bytes(source)
        with pytest.raises(CandidateError) as refused:
            load(name, folder)
        message = str(refused.value)
        assert message.splitlines() == [message]
        return message

    return refusal


@pytest.fixture
def loaded(tmp_path):
    """loaded(source): the derivation in a file of this source."""

    def loaded(source, name="candidate.py"):
        (tmp_path / name).write_text(source)
        return load(name, tmp_path)

    return loaded


def test_every_broken_file_has_its_row():
    assert sorted(path.name for path in (CANDIDATES / "broken").glob("*.*")) == sorted(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_place_and_what_was_expected(name, refusal):
    line, reason = BROKEN[name]
    message = refusal(None, f"broken/{name}", CANDIDATES)

    assert message.startswith(f"broken/{name}{line}: {reason}")
    assert message.endswith(reason) or reason.endswith(": ")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", f"candidate.py: {NONE}"),
        (b"import sys\n\nsys.exit('bye')", ", line 3: its import fails: SystemExit: bye"),
        (b"raise KeyboardInterrupt", ", line 1: its import fails: KeyboardInterrupt"),
        (b"x = " + b"-" * 200_000 + b"1", "does not parse: "),
        (b"import no_such_package", ", line 1: its import fails: ModuleNotFoundError: No module"),
        (b"raise ValueError('first\\nlast')", "line 1: its import fails: ValueError: first last"),
        (b"def fails():\n    return 1 / 0\n\n\nfails()", ", line 2: its import fails: Zero"),
        (b"x = 1\n\0", "candidate.py: does not parse: "),
        (b"x = 1\ny = '\xff'\n", "candidate.py, line 2: does not parse: "),
        (b"x = 1\nx = = 2\n", "candidate.py, line 2: does not parse: "),
        (b"relu_forward = None", "relu_forward is of type NoneType, expected a function"),
        (
            b"def relu_forward(): pass",
            "candidate.py, line 1: relu_forward() takes wrong arguments, expected 1",
        ),
        (
            b"def relu_forward(z, *, kind): pass",
            "relu_forward(z, *, kind) takes wrong arguments, expected 1",
        ),
        (b"def sgd_step(p, *, g, rate): pass", "3 positional: (parameter, gradient, learning_rate"),
    ],
)
def test_a_file_that_cannot_be_a_derivation_is_refused_in_one_line(source, message, refusal):
    assert message in refusal(source)


def test_what_is_no_readable_file_is_refused(refusal, tmp_path, monkeypatch):
    (tmp_path / "folder.py").mkdir()

    assert refusal(None, "nothing.py") == f"nothing.py: no such file in {tmp_path}"
    assert (
        refusal(None, "folder.py")
        == "folder.py: is a directory, expected a Python file or a notebook"
    )

    # Permissions do not bind the superuser, who may run the tests.
    denied = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr(Path, "read_bytes", Mock(side_effect=denied))
    assert refusal(b"", "secret.py") == "secret.py: cannot be read: Permission denied"


@pytest.mark.parametrize(
    "definition",
    [
        "def dense_forward(X, W, b): ...",
        "def dense_forward(inputs, weights, biases, scale=1): ...",
        "def dense_forward(*arguments, **options): ...",
        "def dense_forward(inputs, *rest, kind=None): ...",
        "dense_forward = lambda inputs, weights, biases: None",
        "class dense_forward:\n    def __init__(self, inputs, weights, biases): ...",
        # A compiled function that shows no signature.
        "dense_forward = max",
    ],
)
def test_any_callable_that_takes_the_arguments_by_position_is_accepted(definition, loaded):
    assert loaded(definition).own == ("dense_forward",)


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_a_file_leaves_out_is_the_references(formula, loaded):
    derivation = loaded(f"def {formula}(*arguments):\n    return 'own'\n")

    assert (derivation.name, derivation.own) == ("candidate.py", (formula,))
    assert getattr(derivation, formula)() == "own"
    others = [each for each in FORMULAS if each != formula]
    assert all(getattr(derivation, each) is getattr(REFERENCE, each) for each in others)


def test_own_formulas_are_in_the_order_of_a_step_whatever_theirs(loaded):
    source = "\n".join(f"def {formula}(*arguments): ..." for formula in reversed(FORMULAS[1:4]))

    assert loaded(source).own == FORMULAS[1:4]


@pytest.mark.parametrize("name", ["candidate", "candidate.txt", "two words.py", "1.py"])
def test_a_file_of_any_name_is_run_as_python(name, loaded):
    assert loaded(RELU, name).relu_forward(np.float64(2)) == 2


def test_a_file_is_found_by_an_absolute_name_and_knows_its_own(tmp_path):
    file = tmp_path / "candidate.py"
    file.write_text(f"{RELU}assert __file__ == {str(file)!r} and __name__ != '__main__'")

    assert load(str(file), Path("/nowhere")).own == ("relu_forward",)


def test_two_files_of_one_name_do_not_share_anything(tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(f"def relu_forward(z):\n    return {folder!r}\n")

    one, other = (load("same.py", tmp_path / folder) for folder in "ab")

    assert (one.relu_forward(0), other.relu_forward(0)) == ("a", "b")


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("ending", ["", "raise ValueError\n"])
def test_helpers_beside_it_are_found_and_nothing_is_left_behind(
    ending, written, tmp_path, monkeypatch
):
    (tmp_path / "crossgrad_helper.py").write_text("relu_forward = abs\n")
    # It would hide ours, were it found first.
    (tmp_path / "reference.py").write_text("relu_forward = None\n")
    source = "import reference.relu\nfrom crossgrad_helper import relu_forward\n"
    (tmp_path / "candidate.py").write_text(source + ending)
    monkeypatch.setattr(sys, "dont_write_bytecode", written)
    monkeypatch.delitem(sys.modules, "crossgrad_helper", raising=False)
    path, before = list(sys.path), sorted(tmp_path.rglob("*"))

    with pytest.raises(CandidateError) if ending else nullcontext():
        assert load("candidate.py", tmp_path).relu_forward is abs

    assert (sys.path, sys.dont_write_bytecode) == (path, written)
    assert sorted(tmp_path.rglob("*")) == before
