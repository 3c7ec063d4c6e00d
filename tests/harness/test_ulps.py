"""exp and log of the installed libraries are as exact as harness/ulps.toml says."""

import re
import tomllib
from pathlib import Path

import mpmath
import numpy as np
import pytest
import remeasure_ulps
from remeasure_ulps import FUNCTIONS, LIBRARIES, arguments, error, exact, measure, written

from harness import ulps
from harness.formats import FORMATS, precision
from harness.rounding import unit_in_last_place

ROOT = Path(__file__).parents[2]
COUNT = 2**12
ROWS = [(f, d.name, n) for f in FUNCTIONS for d in FORMATS for n in LIBRARIES]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(remeasure_ulps, "SINGLE", 96)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_way_of_a_library_is_within_its_bound(function, dtype, library):
    bound = ulps.of_library(ulps.table()[function][dtype.name][library])

    found = measure(library, function, dtype, COUNT, seed=1)

    assert {name: each for name, each in found.items() if not each.ulps <= bound} == {}
    assert {name: each for name, each in found.items() if not each.below <= 1} == {}
    assert max(each.arguments for each in found.values()) >= COUNT


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_bound_is_that_of_the_worst_library(function, dtype):
    rows = ulps.table()[function][dtype.name]
    known = [row.get("documented", row["measured"] + 0.5) for row in rows.values()]

    assert list(rows) == list(LIBRARIES)
    assert getattr(precision(dtype), f"{function}_ulps") == max(known)
    assert all(row["measured"] <= row.get("documented", np.inf) for row in rows.values())


@pytest.mark.parametrize(("function", "dtype", "library"), ROWS)
def test_a_bound_has_its_source_and_the_version_that_is_pinned(function, dtype, library):
    row = ulps.table()[function][dtype][library]
    (pinned,) = re.findall(rf"^{library}==(.*)$", (ROOT / "requirements.txt").read_text(), re.M)

    assert row["version"].partition("+")[0] == pinned
    assert row["arguments"] >= (10**4 if dtype.endswith("16") else 10**6)
    assert ("documented" in row) == ("source" in row)


def mpf(number):
    numerator, denominator = map(int, number.as_integer_ratio())
    return mpmath.mpf(numerator) / denominator


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="longdouble is not wider here")
@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_taken_for_exact_is(function, dtype):
    x = arguments(function, dtype, COUNT, seed=2)[:3000]
    found = exact(function, x)
    unit = unit_in_last_place(precision(dtype), np.abs(found).astype(np.float64))
    of_midpoint = np.spacing(np.abs(found))

    with mpmath.workdps(50):
        for argument, value, ulp, of_wide in zip(x, found, unit, of_midpoint, strict=True):
            at = mpf(value)
            off = abs(getattr(mpmath, function)(mpmath.mpf(float(argument))) - at)
            assert off <= mpf(ulp) / 1024
            # As harness/elementary.py has it of the midpoints.
            assert off <= 2 * mpf(of_wide)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_is_worse_than_its_bound_is_noticed(function, dtype):
    x = arguments(function, dtype, COUNT, seed=3)
    value = exact(function, x)
    unit = unit_in_last_place(precision(dtype), np.abs(value).astype(np.float64))
    bound = ulps.bound(function, dtype.name)

    worse, place = value.copy(), np.flatnonzero(value > 0.5)[7]
    worse[place] += (bound + 1) * unit[place]
    missing = value.copy()
    missing[place] = np.nan

    assert error(function, x, value).ulps == 0
    assert error(function, x, worse).ulps > bound
    assert error(function, x, missing).ulps == np.inf


def test_a_result_that_is_lost_where_none_may_be_flushed_is_noticed():
    x = np.array([-1, -86.5], np.float32)  # the second is twice the smallest normal number

    assert error("exp", x, exact("exp", x)).below == 0
    assert 2 < error("exp", x, np.array([np.exp(-1), 0])).below < 3


def test_the_file_is_as_the_tool_writes_it():
    recorded = ulps.table()
    found = {
        f"{function} {dtype} {library}": [row["arguments"], row["measured"]]
        for function, dtype, library in ROWS
        for row in [recorded[function][dtype][library]]
    }

    assert written(found, recorded) == ulps.PATH.read_text(encoding="utf-8")


def test_what_is_measured_anew_is_rounded_up_and_what_is_documented_stays():
    found = {" ".join(row): [20, 0.501] for row in ROWS}
    new = tomllib.loads(written(found, ulps.table()))

    assert new["log"]["bfloat16"]["jax"]["measured"] == 0.51
    assert new["exp"]["float32"]["numpy"] == ulps.table()["exp"]["float32"]["numpy"] | {
        "arguments": 20,
        "measured": 0.51,
    }
