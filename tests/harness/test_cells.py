"""Cells of Python: run in one module, and blamed by name for what goes wrong."""

from pathlib import Path

import pytest

from harness.cells import CandidateError, blamed, parse, run, where


def cells(*sources):
    return [
        parse("mine", f"cell {at}", f"mine, cell {at}", source) for at, source in enumerate(sources)
    ]


def test_cells_run_in_one_module_that_has_what_is_given():
    names = run("mine", Path("mine"), cells("y = x + 1", "z = y + 1"), {"x": 1})

    assert (names["y"], names["z"], names["__file__"]) == (2, 3, "mine")


def test_the_last_line_of_theirs_is_blamed():
    with pytest.raises(CandidateError) as refused:
        run("mine", Path("mine"), cells("def f():\n    int('x')", "\nf()"), {})

    message = (
        "mine, cell 0, line 2: it fails: ValueError: invalid literal for int() with base 10: 'x'"
    )
    assert str(refused.value) == message


def test_arrays_that_do_not_fit_end_no_script():
    fails = cells("x = 1", "import numpy as np\nnp.dot(np.ones(2), np.ones(3))\nx = 2")

    assert run("mine", Path("mine"), fails, {}, script=True)["x"] == 1
    with pytest.raises(CandidateError, match=r"mine, cell 1, line 2: it fails: ValueError: "):
        run("mine", Path("mine"), fails, {})


def test_nobody_is_blamed_for_what_others_raise():
    with pytest.raises(ValueError, match="invalid") as raised:
        int("x")

    assert blamed(cells("x = 1"), raised.value) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [("x = 1\nx = = 2", "mine, cell 0, line 2: does not parse: "), ("\0", "mine, cell 0")],
)
def test_what_does_not_parse_is_named(source, said):
    with pytest.raises(CandidateError) as refused:
        cells(source)

    assert str(refused.value).startswith(said)


def test_a_file_that_is_one_cell_needs_no_place():
    (cell,) = [parse("mine", "", "mine", "x = 1")]

    assert (where("mine", cell.place), cell.at(3), cell.at(None)) == ("mine", "line 3", "")
