"""The verdict's table with many witnesses: a row each, within 80 columns."""

from itertools import product
from textwrap import dedent
from types import SimpleNamespace

import numpy as np

from harness import render, verdict, verdict_json
from harness.case import ALL_QUANTITIES, QUANTITIES, Case, Layer
from harness.compare import Census
from harness.derivation import REFERENCE
from harness.finding import VALUES, Finding, Shown
from harness.tally import Row, Tally
from harness.verification import Verification

NAMES = ["torch", "torch:func", "torch:compile", "jax", "jax:checkpoint"]
ONE = np.ones((1, 1, 1))
CASE = Case(ONE, (Layer(ONE, ONE),), ONE, np.float64(1))
SHOWN = Shown(CASE, "exact", 0, (0, 0), "1.0", "2.0", (ONE[0], ONE[0] + 1))
CENSUS = Census(1, 2.0, 1.0, 2.0, (0, 0, 0))


def rendered(findings=(), gaps=(), names=NAMES, cases=120_504, quantities=QUANTITIES):
    witnesses = [SimpleNamespace(name=name, version="1.0") for name in names]
    verification = Verification(REFERENCE, witnesses)
    for quantity, name in product(quantities, names):
        exact, certified = (Row(quantity, name, r, "float64") for r in ("exact", "certified"))
        verification.tallies[exact] = Tally(cases=cases)
        ratio = 0.9999 if quantity == "new_weights" else 0.5
        verification.tallies[certified] = Tally(cases=7, largest_error_over_radius=ratio)
    for each in findings:
        verification.findings[each.quantity, each.kind, each.outlier] = each
    result = verdict.Verdict(verification, 0, "pytest", (), tuple(gaps))
    return render.render(verdict_json.as_json(result))


def test_many_witnesses_have_a_row_each():
    alone = Finding(
        "layer_outputs", "dense_forward", VALUES, "torch:func", (), "torch:func", SHOWN, CENSUS
    )

    lines = rendered([alone])

    start = next(place for place, line in enumerate(lines) if line.startswith("Cases"))
    assert "\n".join(["", *lines[start : start + 8]]) == dedent("""
    Cases of each quantity: equal bit for bit, and inside the radius
    witness                       equal     inside  largest error over radius
    torch                       120,504          7  0.999 in new_weights
    torch:func              DISAGREES in layer_outputs
    torch:compile               120,504          7  0.999 in new_weights
    jax                         120,504          7  0.999 in new_weights
    jax:checkpoint              120,504          7  0.999 in new_weights
    """)
    assert lines[0] == "torch:func STANDS ALONE against reference and all others in layer_outputs"
    assert "  expected  1.0   (reference, dense_forward; 4 others agree)" in lines


def test_the_cells_of_a_row_stay_apart_however_many_cases_there_are():
    for cases, columns in ((1_025_264, 2), (10_247_529_520_000, 1)):
        lines = rendered(names=["jax", "torch"], cases=cases)

        rows = [line for line in lines if line.startswith("new_weights")]
        row = ["new_weights", *[f"{cases:,}", "/", "7", "(0.999)"] * columns]
        assert [line.split() for line in rows] == [row] * (2 // columns)
        assert max(map(len, lines)) <= 80


def test_softmax_and_cross_entropy_have_rows_where_they_were_checked():
    lines = rendered(names=["jax", "torch"], cases=650_992, quantities=ALL_QUANTITIES)

    start = lines.index("loss".ljust(31) + "650,992 / 7 (0.5)   650,992 / 7 (0.5)")
    assert lines[start + 1].split()[0] == "deriv_loss_wrt_softmax_outputs"
    assert max(map(len, lines)) <= 80
    assert not any(line.startswith("loss") for line in rendered(names=["jax", "torch"]))


def test_a_framework_is_named_once_however_many_its_variants():
    lines = rendered()

    assert lines[0] == "reference agrees with torch 1.0 (3 variants) and jax 1.0 (2 variants)"
    assert "Seed 0; torch 1.0 (3 variants), jax 1.0 (2 variants); NumPy" in lines[-1]
    assert max(map(len, lines)) <= 80


def test_a_single_variant_is_named_as_it_was_asked_for():
    assert rendered(names=["torch:func", "jax"])[0] == (
        "reference agrees with torch:func 1.0 and jax 1.0"
    )


def test_a_variant_that_cannot_run_is_not_checked_and_agreement_is_not_claimed_for_it():
    verification = Verification(REFERENCE, [SimpleNamespace(name="torch", version="1.0")])
    result = verdict.Verdict(verification, 0, "pytest", (), ())
    result = verdict.without(result, [("torch:compile", "no C++ compiler")])

    lines = render.render(verdict_json.as_json(result))

    assert result.agrees
    assert lines[0] == "reference agrees with torch 1.0"
    assert "NOT CHECKED torch:compile: no C++ compiler" in lines
    assert verdict_json.as_json(result)["not_checked"] == [
        {
            "quantity": "",
            "framework": "torch:compile",
            "regime": "",
            "dtype": "",
            "reason": "no C++ compiler",
            "asked": False,
        }
    ]
