"""The table of many verdicts: what comes first of each, in 80 columns."""

import pages
import pytest

from harness.many.rows import AGREES, DISAGREES, UNKNOWN, Row, common_folder, counted, lines, row
from harness.terminal import WIDTH

NOTHING = {"disagreements": [], "not_checked": [], "sensitivity": {"survivors": []}}


def verdict(**changed):
    return NOTHING | {"derivation": "mine.py", "agrees": False} | changed


def found(quantity="new_weights", kind="values differ", outlier="derivation", mistake=None):
    return {"quantity": quantity, "kind": kind, "outlier": outlier, "mistake": mistake}


def gap(reason, asked=True, framework="", dtype=""):
    row = {"quantity": "", "framework": framework, "regime": "", "dtype": dtype}
    return row | {"reason": reason, "asked": asked}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (verdict(agrees=True), Row("mine.py", AGREES)),
        (
            verdict(disagreements=[found(mistake="sign_plus"), found("new_biases")]),
            Row("mine.py", DISAGREES, "new_weights", "sign plus"),
        ),
        (
            verdict(disagreements=[found()]),
            Row("mine.py", DISAGREES, "new_weights", "unknown"),
        ),
        (
            verdict(disagreements=[found(kind="raises an exception")]),
            Row("mine.py", DISAGREES, "new_weights", "raises an exception"),
        ),
        (
            verdict(disagreements=[found(outlier="jax"), found("new_biases", mistake="sign_plus")]),
            Row("mine.py", DISAGREES, "new_biases", "sign plus"),
        ),
        (
            verdict(disagreements=[found(outlier="jax")]),
            Row("mine.py", UNKNOWN, "new_weights", "jax stands alone"),
        ),
        (
            verdict(not_checked=[gap("no case was checked"), gap("it does not parse")]),
            Row("mine.py", UNKNOWN, "", "it does not parse"),
        ),
        (
            verdict(not_checked=[gap("no case of it", framework="jax", dtype="float16")]),
            Row("mine.py", UNKNOWN, "", "jax float16: no case of it"),
        ),
        (
            verdict(not_checked=[gap("no case was checked")]),
            Row("mine.py", UNKNOWN, "", "no case was checked"),
        ),
        (
            verdict(not_checked=[gap("train_step does not return it", asked=False), gap("lost")]),
            Row("mine.py", UNKNOWN, "", "lost"),
        ),
        (
            verdict(sensitivity={"survivors": [{"mistake": "sign_plus"}]}),
            Row("mine.py", UNKNOWN, "", "its cases let sign plus pass"),
        ),
    ],
)
def test_a_row_says_what_comes_first(made, expected):
    assert row(made) == expected


def test_the_row_of_a_run_names_the_mistake():
    assert row(pages.mistaken()) == Row(
        "mine.py", DISAGREES, "deriv_relu_wrt_biases", "biases mean"
    )


LONG = "a_file_with_a_name_that_is_far_too_long_for_any_column_in_a_table_of_eighty_columns.py"
TABLE = f"""\
in homework/
derivation                agrees  first wrong quantity    mistake
ada/step.py               yes
ada/{LONG}
                          NO      deriv_relu_wrt_weights  weights updated in a
                                                          copy
bob/step.py               ?       its import ends the process: it was ended by
                                  signal SIGSEGV
\\x1b[31m.py               NO      new_weights             unknown

4 derivations: 1 agrees, 2 disagree, 1 has no full verdict."""


def test_the_table_fits_a_terminal_but_for_a_long_name():
    told = list(
        lines(
            [
                Row("homework/ada/step.py", AGREES),
                Row(
                    f"homework/ada/{LONG}",
                    DISAGREES,
                    "deriv_relu_wrt_weights",
                    "weights updated in a copy",
                ),
                Row(
                    "homework/bob/step.py",
                    UNKNOWN,
                    "",
                    "its import ends the process: it was ended by signal SIGSEGV",
                ),
                Row("homework/\x1b[31m.py", DISAGREES, "new_weights", "unknown"),
            ]
        )
    )

    assert told == TABLE.splitlines()
    assert {line.rpartition("/")[2] for line in told if len(line) > WIDTH} == {LONG}


def test_one_derivation_is_counted_as_one():
    assert list(lines([Row("mine.py", AGREES)]))[-1] == "1 derivation: 1 agrees."
    assert counted([Row("mine.py", UNKNOWN)] * 2) == "2 have no full verdict"


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        (["a/x.py", "a/y.py"], "a/"),
        (["a/b1/x.py", "a/b2/x.py"], "a/"),
        (["ab/x.py", "ac/x.py"], ""),
        (["/a/x.py", "b/x.py"], ""),
        (["/a/x.py", "/b/x.py"], "/"),
        (["x.py", "y.py"], ""),
        (["a/x.py"], "a/"),
        ([], ""),
    ],
)
def test_the_folder_that_all_are_in_is_said_once(names, folder):
    assert common_folder(names) == folder
