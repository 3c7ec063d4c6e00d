"""What softmax and cross-entropy give at extreme logits: measured anew, and in the README."""

import re
from pathlib import Path

import numpy as np
import pytest
import remeasure

from harness import extreme
from harness.case import HEAD_QUANTITIES, HeadTrace
from harness.head import DTYPES

README = (Path(__file__).parents[2] / "README.md").read_text()
VERSIONS, RECORDED = extreme.read(remeasure.EXTREME)
HERE = ("numpy", "torch", "jax")
CELL = r" ([^|]+) \|"
ROWS = re.findall(rf"^\| `(-?\w+ -?\w+)` \| (\w+) \|{3 * CELL}", README, re.M)


@pytest.mark.parametrize("framework", remeasure.frameworks())
def test_a_framework_gives_at_extreme_logits_what_the_file_says(framework):
    if said := list(extreme.drifts(RECORDED, remeasure.at_extremes(framework))):
        pytest.fail("\n".join(said), pytrace=False)


def test_the_file_is_of_the_versions_that_the_other_one_is_of():
    assert VERSIONS.items() <= remeasure.conventions_file.read(remeasure.PATH).versions.items()


def test_the_file_has_every_quantity_of_every_dtype_and_reads_back():
    assert set(RECORDED) == set(HERE)
    for dtypes in RECORDED.values():
        assert list(dtypes) == [dtype.name for dtype in DTYPES]
        for quantities in dtypes.values():
            assert list(quantities) == list(HEAD_QUANTITIES)
            assert {len(cells) for cells in quantities.values()} == {len(extreme.POINTS)}
    assert extreme.text(VERSIONS, RECORDED) == remeasure.EXTREME.read_text(encoding="utf-8")


def test_an_answer_that_moves_is_one_line():
    moved = {"jax": {"float32": {"loss": list(RECORDED["jax"]["float32"]["loss"])}}}
    moved["jax"]["float32"]["loss"][extreme.POINTS.index("1e30 1e30")] = "0.693147"

    assert list(extreme.drifts(RECORDED, moved)) == [
        "jax, float32, logits 1e30 1e30: loss was 0, is 0.693147"
    ]
    assert len(list(extreme.drifts({}, moved))) == len(extreme.POINTS)


def test_rewriting_the_file_changes_no_byte_and_says_what_moves(tmp_path, capsys):
    path = tmp_path / "extreme_logits.toml"
    right = remeasure.EXTREME.read_text()
    path.write_text(right.replace('"1e+30", "0.693147", "0", "0"', '"1e+30", "0.693147", "0", "7"'))
    assert path.read_text() != right

    remeasure.rewrite_extremes(path)

    assert path.read_text() == right
    assert capsys.readouterr().out == ("jax, float64, logits -1e30 -1e30: loss was 7, is 0\n")


def test_words_keep_six_digits_and_no_sign_of_zero():
    def trace(case):
        shape = case.inputs.shape
        zero, pi, inf = np.full(shape, -0.0), np.full(shape, np.pi), np.full(shape[:1], np.inf)
        return (HeadTrace(zero, zero, inf, pi, pi),)

    answers = extreme.measure("toy", trace)["toy"]["float32"]

    assert answers["loss"][0] == "inf"
    assert answers["softmax_outputs"][0] == "0 0"
    assert answers["deriv_loss_wrt_z"][0] == "3.14159 3.14159"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_of_the_readme_is_what_the_file_says(row):
    point, quantity, *given = row
    at = extreme.POINTS.index(point)

    assert given == [RECORDED[name]["float32"][quantity][at] for name in HERE]


def test_the_readme_shows_some():
    assert len(ROWS) == 6
