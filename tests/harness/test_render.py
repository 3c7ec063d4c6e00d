"""The verdict as text, but for its findings: the first line, the table, the rest."""

from textwrap import dedent
from types import SimpleNamespace

import numpy as np
import pytest

from harness import render, verdict, verdict_json
from harness.case import QUANTITIES, Case, Layer
from harness.compare import Census
from harness.derivation import REFERENCE
from harness.finding import VALUES, Finding, Shown
from harness.tally import Row, Tally
from harness.verification import DERIVATION, Verification

MINE = REFERENCE._replace(name="mine.py", own=("dense_backward", "sgd_step"))
WITNESSES = [SimpleNamespace(name=name, version="1.0") for name in ("jax", "torch")]
ONE = np.ones((1, 1, 1))
CASE = Case(ONE, (Layer(ONE, ONE),), ONE, np.float64(1))
SHOWN = Shown(CASE, "exact", 0, (0, 0), "1.0", "2.0", (ONE[0], ONE[0] + 1))
CENSUS = Census(1, 2.0, 1.0, 2.0, (0, 0, 0))
WHERE = "deriv_relu_wrt_biases", "dense_backward"
BIASES = Finding(*WHERE, VALUES, "jax", ("torch",), DERIVATION, SHOWN, CENSUS)
FAULT = Finding(*WHERE, "has a wrong shape", "jax", (), DERIVATION, SHOWN, CENSUS)
ALONE = Finding("layer_outputs", "dense_forward", VALUES, "torch", (), "torch", SHOWN, CENSUS)
GAP = verdict.Gap(Row("", "", "", ""), "no case was checked")


def a_verdict(*findings, tallies=(), gaps=(), not_asked=()):
    verification = Verification(MINE, WITNESSES)
    verification.tallies.update(tallies)
    for each in findings:
        verification.findings[each.quantity, each.kind, each.outlier] = each
    result = verdict.Verdict(verification, 0, "pytest tests/derivation", not_asked, gaps)
    return verdict_json.as_json(result)


def test_the_findings_come_in_the_order_of_the_quantities():
    first = [line for line in render.render(a_verdict(BIASES, ALONE)) if ": layer " in line]

    assert [line.partition(":")[0] for line in first] == [
        "torch stands alone in layer_outputs",
        "deriv_relu_wrt_biases disagrees with jax",
    ]


@pytest.mark.parametrize(
    ("findings", "gaps", "line"),
    [
        ((), (), "mine.py agrees with jax 1.0 and torch 1.0"),
        ((), (GAP,), "mine.py: NO FULL VERDICT, see what was not checked"),
        ((BIASES,), (GAP,), "mine.py DISAGREES in deriv_relu_wrt_biases"),
        ((BIASES, FAULT), (), "mine.py DISAGREES in deriv_relu_wrt_biases"),
        ((BIASES, ALONE), (), "mine.py DISAGREES in deriv_relu_wrt_biases"),
        ((ALONE,), (GAP,), "torch STANDS ALONE against mine.py and all others in layer_outputs"),
    ],
)
def test_the_first_line_says_who_is_right(findings, gaps, line):
    assert render.render(a_verdict(*findings, gaps=gaps))[0] == line


def test_the_table_the_totals_and_what_was_left_out():
    tallies = {
        Row(quantity, name, regime, dtype): Tally({(2, 2, 2)}, **numbers)
        for quantity in QUANTITIES
        for name in ("jax", "torch")
        for dtype in ("float32", "float64")
        for regime, numbers in {
            "exact": {"cases": 600, "elements": 1200, "kinks": 25},
            "certified": {"cases": 7, "elements": 0, "largest_error_over_radius": 0.9999},
        }.items()
        if (name, regime) != ("torch", "certified")
    }
    gap = verdict.Gap(Row("new_biases", "jax", "exact", "float64"), "0 of 4 elements are not zero")

    written = render.render(
        a_verdict(BIASES, ALONE, tallies=tallies, gaps=(gap, GAP), not_asked=("toy",))
    )

    start = next(place for place, line in enumerate(written) if line.startswith("Cases"))
    assert "\n".join(["", *written[start:]]) == dedent(f"""
    Cases equal bit for bit / cases inside the radius (largest error over radius)
    quantity                jax 1.0                     torch 1.0
    layer_outputs           1,200 / 14 (0.999)          DISAGREES
    relu_outputs            1,200 / 14 (0.999)          1,200 / none
    deriv_relu_wrt_z        1,200 / 14 (0.999)          1,200 / none
    deriv_relu_wrt_inputs   1,200 / 14 (0.999)          1,200 / none
    deriv_relu_wrt_weights  1,200 / 14 (0.999)          1,200 / none
    deriv_relu_wrt_biases   DISAGREES                   DISAGREES
    new_weights             1,200 / 14 (0.999)          1,200 / none
    new_biases              1,200 / 14 (0.999)          1,200 / none

    38,400 elements of 1 shape in float64 and float32.
    Kinks (z exactly 0) met: 100 of 4,800 units.
    Ambiguous, so near the kink that rounding decides: 0 (both answers pass).
    NOT CHECKED new_biases jax exact float64: 0 of 4 elements are not zero
    NOT CHECKED no case was checked
    What was not checked may be wrong. More tests, or tasks, may check it.
    Not asked: toy (this run chose its frameworks with --framework).
    Seed 0; jax 1.0, torch 1.0; NumPy {np.__version__}.""")
