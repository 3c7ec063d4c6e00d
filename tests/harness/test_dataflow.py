"""How the names of a script get their values, as its text tells it."""

import ast

import pytest
from in_style import script

from harness.dataflow import is_plain, loads


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = y = 1", ["x", "y"]),
        ("x, (y, *z) = a", ["x", "y", "z"]),
        ("x: int = 1", ["x"]),
        ("x += 1", ["x"]),
        ("x[0] = 1", ["x"]),
        ("x.T[0][1:] += 1", ["x"]),
        ("for x in a:\n    y = x", ["x", "y"]),
        ("if (x := 1):\n    y = 2", ["x", "y"]),
        ("np.add(a, b, out=x)", ["x"]),
        ("import os.path, sys as x", ["os", "x"]),
        ("from os import path as x", ["x"]),
        ("def x(y):\n    z = 1", ["x"]),
        ("print(x)", []),
    ],
)
def test_what_binds_a_name_is_found(text, names):
    assert sorted(each.name for each in script(text, "").bindings) == names


def test_a_name_that_is_imported_is_not_the_scripts_own_even_if_an_attribute_is_set():
    of = script("import numpy as np\nnp.maximum = max\nx = 1\ndef f(): ...", "")

    assert [name for name in ("np", "x", "f", "y") if of.own(name)] == ["x"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("x = 0.5", 0.5), ("x = -2", -2), ("x = True", None), ("x = a", None), ("x = 1\nx = 2", None)],
)
def test_a_name_is_a_number_if_it_has_no_other_value(text, number):
    assert script(text, "").number(ast.Name("x", ast.Load())) == number


def test_a_plain_binding_is_a_statement_that_gives_one_name_a_new_value():
    of = script("x = 1\nx: int = 1\nx += 1\nx[0] = 1\nx = y = 1\nif a:\n    x = 1", "")

    assert [is_plain(each) for each in of.of_name("x")] == [True, True, False, False, False, False]


def test_what_is_read_is_not_what_is_written():
    assert loads(ast.parse("x[i] = y.z(lambda a: b)")) == {"x", "i", "y", "b"}
