"""What only shows something does nothing, whether or not what would show it is installed."""

import ast

import pytest

from harness.display import given, shows, without_imports


def run(*cells):
    """The names after the cells were run without the packages that show something."""
    trees, names = [ast.parse(cell) for cell in cells], given()
    without_imports(trees)
    for tree in trees:
        exec(compile(tree, "cell", "exec"), names)
    return names


@pytest.mark.parametrize(
    "cells",
    [
        ("from IPython.display import Image, HTML as H", "Image(url='https://x')\nH('<b>')"),
        ("import IPython", "IPython.display.clear_output()"),
        ("display(1)",),
        ("get_ipython().run_line_magic('matplotlib', 'inline')",),
        ("import matplotlib.pyplot as plt", "figure, axes = plt.subplots()\naxes.plot([1])"),
        ("import seaborn as sns\nsns.set_theme()", "figure = sns.heatmap([[1]])\nfigure"),
        ("from matplotlib import pyplot", "with pyplot.style.context('dark'):\n    pyplot.show()"),
        ("from IPython.display import *",),
        ("import plotly", "def draw():\n    plotly.io.show(1)", "draw()"),
        ("import matplotlib.pyplot as plt", "for axes in plt.gcf().axes:\n    1 / 0"),
        ("import matplotlib.pyplot as plt", "plt.gca()['x'].set(x=1)"),
    ],
)
def test_what_shows_something_does_nothing(cells):
    run(*cells)


def test_the_rest_is_run():
    names = run(
        "import os, IPython",
        "import matplotlib.pyplot as plt\nx = 1",
        "def f(x):\n    plt.plot(x)\n    return x + 1",
        "y = f(x)\nplt.plot(y)",
    )

    assert (names["x"], names["y"]) == (1, 2)
    assert names["os"] is not names["IPython"]


def test_a_package_of_the_same_name_beside_the_file_is_its_own():
    trees = [ast.parse("from .matplotlib import x\nfrom mine.IPython import y")]

    assert without_imports(trees).isdisjoint({"x", "y"})
    assert ast.unparse(trees[0]) == "from .matplotlib import x\nfrom mine.IPython import y"


def test_what_stands_for_a_picture_has_no_special_methods():
    picture = given()["display"]

    assert not hasattr(picture, "__array__")
    assert picture.anything.at(1)["all"] is picture


@pytest.mark.parametrize(
    ("statement", "only_shows"),
    [
        ("layer_outputs", True),
        ("inputs.shape", True),
        ("weights.T", True),
        ("'a text'", True),
        ("print(f'new weights {weights}')", True),
        ("display(weights)", True),
        ("plt.gca().plot(weights)", True),
        ("assert weights.shape == (4, 3)", True),
        ("np.testing.assert_array_equal(weights, weights)", True),
        ("print(y := 3)", False),
        ("x = print(3)", False),
        ("np.add(weights, 1, out=weights)", False),
        ("weights.sort()", False),
        ("mine(weights)[0]", False),
        ("weights += 1", False),
        ("import os", False),
    ],
)
def test_a_statement_that_only_shows_something_is_known(statement, only_shows):
    assert shows(ast.parse(statement).body[0], {"print", "display", "plt"}) is only_shows
