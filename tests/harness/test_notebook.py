"""A notebook as Python: which lines are run, how its cells are called, what is refused."""

import ast
import json
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from document_variants import EXAMPLE, ROOT, notebook, printed, write

from harness.candidate import CandidateError, load
from harness.notebook import cells

RELU = "def relu_forward(layer_outputs):\n    return layer_outputs * (layer_outputs > 0)\n"


def lines_of(tree):
    return [
        (each.lineno, ast.unparse(each)) for each in ast.walk(tree) if isinstance(each, ast.stmt)
    ]


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install \\\n  numpy\nx = 1", "pass\n\nx = 1"),
        ("?np.dot\nnp.dot?\nnp.dot??", "pass\npass\npass"),
        ("files = !ls\nwhere = %pwd", "pass\npass"),
        ("for x in y:\n    !echo {x}\n    z = x", "for x in y:\n    pass\n    z = x"),
        ("%time x = 1", "x = 1"),
        ("%timeit f(x)", "pass"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture out\nx = 1", "\n\nx = 1"),
        ("%%timeit\nx = 1", "\nx = 1"),
        ("%%bash\nls (", ""),
        ("%%html\n<b>", ""),
        # What is Python stays, however it looks.
        ("x = (a\n% b)", "x = (a\n% b)"),
        ("x = a \\\n% b", "x = a \\\n% b"),
        ("x = '''\n%no magic\n'''", "x = '''\n%no magic\n'''"),
        ('x = """\\"""\n!no shell\n"""\n%magic', 'x = """\\"""\n!no shell\n"""\npass'),
        ("x = '('\n%magic", "x = '('\npass"),
        ("x = 1  # (\n%magic", "x = 1  # (\npass"),
        ("assert x, 'really?'", "assert x, 'really?'"),
        ("", ""),
    ],
)
def test_what_is_ipythons_is_left_out_and_lines_keep_their_numbers(source, python, tmp_path):
    write(tmp_path / "mine.ipynb", notebook(source))

    (cell,) = cells("mine.ipynb", tmp_path / "mine.ipynb")

    assert lines_of(cell.tree) == lines_of(ast.parse(python))


@pytest.fixture
def loaded(tmp_path):
    """loaded(content): the derivation in a notebook called mine.ipynb."""

    def loaded(content):
        write(tmp_path / "mine.ipynb", content)
        return load("mine.ipynb", tmp_path)

    return loaded


def test_functions_of_any_cell_are_the_derivation_and_are_found_in_their_cells(load):
    derivation = load("right/functions_in_cells.ipynb")
    z = np.array([[-1.0, 0.0, 2.0]])

    assert derivation.own == ("dense_forward", "relu_forward", "relu_backward")
    assert derivation.relu_backward(z + 4, z).tolist() == [[0.0, 0.0, 6.0]]
    assert dict(derivation.places) == {
        "dense_forward": "cell In [3]",
        "relu_forward": "cell In [5]",
        "relu_backward": "cell In [7]",
    }


def test_a_disagreement_names_the_cell(load):
    lines = printed(load("wrong/mask_ge.ipynb"))

    assert "  observed  1.0   (wrong/mask_ge.ipynb, cell In [7], relu_backward)" in lines
    assert any(line.startswith("  mistake   mask ge: ") for line in lines)


def test_an_exception_of_a_function_names_its_cell_and_the_line_in_it(loaded):
    fails = (
        "x = 1\n\n\ndef relu_forward(layer_outputs):\n    return layer_outputs @ layer_outputs[:0]"
    )
    lines = printed(loaded(notebook("", fails, counts=[None, 3])))

    assert lines[2] == "relu_forward raised an exception: relu_outputs, layer 0"
    assert lines[3] == "  expected  no exception in line 5"
    assert lines[6].endswith("   (mine.ipynb, cell In [3])")


@pytest.mark.parametrize(
    ("sources", "counts", "where"),
    [
        (["x = 1", "1 / 0"], [7, 3], "cell In [3], line 1: it fails: ZeroDivisionError: division"),
        # A number that not all cells have, or two, is not the one that people see.
        (["x = 1", "\n1 / 0"], [7, None], "cell 2, line 2: it fails: ZeroDivisionError"),
        (["x = 1", "1 / 0"], [7, 7], "cell 2, line 1: it fails: ZeroDivisionError"),
        (["%%time\n\nx = = 1"], [1], "cell In [1], line 3: does not parse: "),
        (["def f():\n    1 / 0", "f()"], [1, 2], "cell In [1], line 2: it fails: ZeroDivision"),
        ([RELU, "def relu_backward(z): ..."], [1, 2],
         "cell In [2], line 1: relu_backward(z) takes wrong arguments, expected 2"),
        (["import sys\nsys.exit()"], [1], "cell In [1], line 2: it fails: SystemExit"),
        (["1 / 0"], ["\x1b[31m]"], "cell 1, line 1: it fails: "),
    ],
)  # fmt: skip
def test_a_refusal_names_the_cell_and_the_line_in_it(loaded, sources, counts, where):
    with pytest.raises(CandidateError) as refused:
        loaded(notebook(*sources, counts=counts))

    assert str(refused.value).startswith(f"mine.ipynb, {where}")
    assert len(str(refused.value).splitlines()) == 1


HOSTILE = {
    "nothing": b"",
    "binary": b"\x00\xff\xfe",
    "a_list": b"[]",
    "null": b"null",
    "an_empty_object": b"{}",
    "cells_of_another_type": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": 3}',
    "a_cell_that_is_none": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [null]}',
    "a_future_version": b'{"nbformat": 99, "cells": []}',
    "deep": b"[" * 100_000,
    "escapes": b'{"nbformat": "\\u001b[2J\\u202e", "cells": []}',
    "metadata_of_another_type": b'{"nbformat": 4, "nbformat_minor": 4, "metadata": 1, "cells": []}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_notebook_is_refused_in_one_line(name, tmp_path, capfd):
    (tmp_path / "mine.ipynb").write_bytes(HOSTILE[name])

    with pytest.raises(CandidateError) as refused:
        load("mine.ipynb", tmp_path)

    assert str(refused.value).startswith("mine.ipynb: is no notebook of Jupyter's: ")
    assert len(str(refused.value)) < 300
    assert len(str(refused.value).splitlines()) == 1
    assert capfd.readouterr() == ("", "")


def test_an_old_notebook_is_read_too(tmp_path):
    cell = {"cell_type": "code", "input": [RELU], "prompt_number": 3, "outputs": []}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    write(tmp_path / "old.ipynb", old)

    assert dict(load("old.ipynb", tmp_path).places) == {"relu_forward": "cell In [3]"}


def test_cells_share_their_names_and_text_is_no_code(loaded):
    content = notebook("zero = 0", "def relu_forward(layer_outputs):\n    return zero")
    content["cells"].insert(1, {"cell_type": "markdown", "metadata": {}, "source": "1 / 0"})

    assert loaded(content).relu_forward(None) == 0


def test_without_nbformat_it_is_said_how_to_get_it(loaded, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)

    with pytest.raises(CandidateError, match=r"needs the package nbformat.*: pip install -r"):
        loaded(notebook(RELU))


def test_nbformat_is_imported_for_a_notebook_alone(tmp_path):
    (tmp_path / "mine.py").write_text(RELU)
    code = (
        "import sys; from pathlib import Path; from harness.candidate import load; "
        f"load('mine.py', Path({str(tmp_path)!r})); print('nbformat' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert ran.stdout == "False\n", ran.stderr


# The document's own text, with its blanks at the ends of lines.
AS_THEY_STAND = {
    2: "inputs = np.array([\n    [1, 2, 3, 2.5],\n    [2., 5., -1., 2],\n"
    "    [-1.5, 2.7, 3.3, -0.8]\n])",
    11: "inputs_dot_weights =  np.dot(inputs, weights)\n\ninputs_dot_weights",
    13: "layer_outputs = inputs_dot_weights + biases  \n\nlayer_outputs",
    16: "deriv_relu_wrt_z = relu_outputs.copy()\n\n"
    "# Set cells to 0 where corresponding layer_outputs cell <= 0\n"
    "deriv_relu_wrt_z[layer_outputs <= 0] = 0\n\nderiv_relu_wrt_z",
    24: "deriv_relu_wrt_biases = np.sum(\n    deriv_relu_wrt_z, \n    axis=0, \n"
    "    keepdims=True\n)\n\nderiv_relu_wrt_biases",
    27: 'weights += -0.001 * deriv_relu_wrt_weights\n\nprint(f"new weights\\n{weights}")',
}  # fmt: skip


def test_the_example_is_a_valid_notebook_of_the_documents_cells_as_they_stand():
    nbformat.validate(nbformat.reads(json.dumps(EXAMPLE), as_version=4))
    code = {
        cell["execution_count"]: "".join(cell["source"])
        for cell in EXAMPLE["cells"]
        if cell["cell_type"] == "code"
    }

    # The document has no cells 19 and 21, and two pictures that it ran last.
    assert sorted(code) == [each for each in range(1, 33) if each not in (19, 21)]
    assert list(code)[16:18] == [31, 17]
    assert {count: code[count] for count in AS_THEY_STAND} == AS_THEY_STAND
