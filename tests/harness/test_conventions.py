"""Asking spellings of ReLU at special points, and what is said when an answer moves."""

import ml_dtypes
import numpy as np
import pytest

from harness.conventions import (
    AMONG,
    DTYPES,
    FORWARD,
    POINTS,
    QUANTITIES,
    UPSTREAMS,
    Conventions,
    Row,
    compare,
    measure,
    of,
)
from harness.derivation import RELUS

AT = {point: place for place, point in enumerate(POINTS)}


def identity(z, upstream):
    return z.copy(), upstream.copy()


def measured(version="2.0", **relus):
    return measure("toy", version, relus)


def with_cell(conventions, row, point, cell):
    """The conventions with one entry changed."""
    cells = list(conventions.rows[row])
    cells[AT[point]] = cell
    return conventions._replace(rows=conventions.rows | {row: tuple(cells)})


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_special_number_is_told_from_every_other(dtype):
    rows = measured(same=identity).rows

    assert rows[Row("toy", "same", dtype, FORWARD)] == POINTS
    for upstream in UPSTREAMS:
        row = Row("toy", "same", dtype, f"upstream {upstream}")
        assert rows[row] == (upstream,) * len(POINTS)


def test_tiny_is_the_smallest_number_above_zero():
    seen = {}

    def watched(z, upstream):
        seen.setdefault(z.dtype.name, set()).update(z.ravel().tolist())
        return z, upstream

    measured(watched=watched)

    for name, dtype in DTYPES.items():
        smallest = float(ml_dtypes.finfo(dtype).smallest_subnormal)
        assert {-smallest, smallest} < seen[name]


@pytest.mark.parametrize(
    ("value", "word"), [(6, "6"), (-0.5, "-0.5"), (0.1, "0.10000000149011612"), (1e30, "1e+30")]
)
def test_any_other_number_is_written_so_that_it_reads_back(value, word):
    rows = measured(constant=lambda z, upstream: (np.full_like(z, value), upstream)).rows

    found = rows[Row("toy", "constant", "float32", FORWARD)][0]
    assert np.float32(found) == np.float32(value)
    assert value == 1e30 or found == word


def test_a_nan_is_a_nan_whatever_its_bits():
    def negative(z, upstream):
        return np.where(np.isnan(z), -z, z).astype(z.dtype), upstream

    assert measured(it=negative) == measured(it=identity)


@pytest.mark.parametrize("at", [0, 40, AMONG - 1])
def test_an_answer_that_depends_on_the_place_among_others_shows_both(at):
    def by_place(z, upstream):
        gradient = upstream.copy()
        if z.size > 1:
            gradient[:, at] = 0
        return z, gradient

    rows = measured(it=by_place).rows

    assert rows[Row("toy", "it", "float64", "upstream 2")] == ("2|0",) * len(POINTS)
    assert rows[Row("toy", "it", "float64", "upstream 0")] == ("0",) * len(POINTS)
    assert rows[Row("toy", "it", "float64", FORWARD)] == POINTS


def test_a_dtype_that_a_framework_lacks_has_no_rows():
    def only_wide(z, upstream):
        if z.dtype.itemsize < 4:
            raise NotImplementedError
        return z, upstream

    assert {row.dtype for row in measured(it=only_wide).rows} == {"float64", "float32"}


def test_a_framework_without_spellings_is_not_in_the_table():
    assert measured() == Conventions({}, {})


@pytest.mark.parametrize(
    ("relu", "message"),
    [
        (
            lambda z, upstream: (z, upstream.astype(np.float64)),
            "toy, it, float32: returned float64 of shape (1, 1), expected float32 of shape (1, 1)",
        ),
        (
            lambda z, upstream: (z[0], upstream),
            "toy, it, float64: returned float64 of shape (1,), expected float64 of shape (1, 1)",
        ),
    ],
    ids=["dtype", "shape"],
)
def test_a_spelling_that_returns_something_else_is_refused_by_name(relu, message):
    with pytest.raises(ValueError, match="returned") as refused:
        measured(it=relu)

    assert str(refused.value) == message


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_documents_two_forms_are_different_functions_at_special_values(dtype):
    rows = measure("numpy", "2", RELUS).rows
    matrix, scalar = (
        {quantity: rows[Row("numpy", f"document, {form} form", dtype, quantity)]
         for quantity in QUANTITIES}
        for form in ("matrix", "scalar")
    )  # fmt: skip

    assert matrix["upstream 2"] == ("0", "0", "2", "2", "0", "2", "0")
    assert scalar["upstream 2"] == ("0", "0", "0", "2", "0", "2", "0")
    assert matrix["upstream inf"] == ("0", "0", "inf", "inf", "0", "inf", "0")
    assert scalar["upstream inf"] == ("nan", "nan", "nan", "inf", "nan", "inf", "nan")
    assert (matrix[FORWARD][AT["nan"]], scalar[FORWARD][AT["nan"]]) == ("nan", "0")


def test_nothing_is_said_where_all_is_as_recorded():
    assert compare(measured("1.0", a=identity), measured("2.0", a=identity)) == []


def test_a_drift_names_framework_versions_spelling_dtype_point_upstream_old_and_new():
    recorded = measured("1.9", a=identity, b=identity)
    changed = with_cell(recorded, Row("toy", "b", "float16", "upstream inf"), "-0", "nan")

    assert compare(changed, measured("2.0", a=identity, b=identity)) == [
        "toy 2.0 (the file: 1.9), b, float16, z = -0: gradient of upstream inf was nan, is inf"
    ]


def test_every_entry_that_drifts_has_a_line_of_its_own():
    now = measured(a=identity)
    old = with_cell(now, Row("toy", "a", "float32", FORWARD), "-inf", "0")
    old = with_cell(old, Row("toy", "a", "float32", "upstream 2"), "nan", "1")

    assert compare(old, now) == [
        "toy 2.0 (the file: 2.0), a, float32, z = -inf: forward was 0, is -inf",
        "toy 2.0 (the file: 2.0), a, float32, z = nan: gradient of upstream 2 was 1, is 2",
    ]


def test_a_drift_of_an_answer_that_depends_on_the_place_says_which_is_which():
    now = measured(a=identity)
    old = with_cell(now, Row("toy", "a", "float32", "upstream 2"), "nan", "2|0|1")

    assert compare(old, now) == [
        "toy 2.0 (the file: 2.0), a, float32, z = nan: "
        "gradient of upstream 2 was 2 alone and 0 or 1 among 64, is 2"
    ]


def only_float64(z, upstream):
    if z.dtype != np.float64:
        raise NotImplementedError
    return z, upstream


@pytest.mark.parametrize(
    ("recorded", "now", "lines"),
    [
        ({"a": identity}, {"a": identity, "b": identity},
         ["toy, b: not in the file (measured with 2.0)"]),
        ({"a": identity, "b": identity}, {"a": identity},
         ["toy, b: in the file, but nothing offers it"]),
        ({}, {"a": identity, "b": identity}, ["toy: not in the file (measured with 2.0)"]),
        ({"a": identity, "b": identity}, {}, ["toy: in the file, but nothing offers it"]),
        ({"a": only_float64}, {"a": identity},
         [f"toy, a, {dtype}: not in the file (measured with 2.0)"
          for dtype in ("float32", "float16", "bfloat16")]),
        ({"a": identity}, {"a": only_float64},
         [f"toy, a, {dtype}: in the file, but nothing offers it"
          for dtype in ("float32", "float16", "bfloat16")]),
    ],
    ids=["missing", "extra", "no framework", "extra framework", "no dtype", "extra dtype"],
)  # fmt: skip
def test_what_only_the_file_or_only_the_framework_has_is_one_line(recorded, now, lines):
    assert compare(measured(**recorded), measured(**now)) == lines


def test_one_framework_of_several_is_taken_out_with_its_version():
    toy, other = measured(a=identity), measure("other", "7", {"a": identity})
    both = Conventions(toy.versions | other.versions, toy.rows | other.rows)

    assert of(both, "other") == other
    assert of(both, "absent") == Conventions({}, {})
