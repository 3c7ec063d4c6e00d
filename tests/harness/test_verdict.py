"""What the verdict counts as not checked: nothing agrees by having nothing in it."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from harness import verdict, verdict_json
from harness.calling import one_by_one
from harness.case import QUANTITIES, Case, Layer
from harness.derivation import REFERENCE
from harness.tally import Row, Tally
from harness.verification import Verification
from harness.walk import walk

TOY = SimpleNamespace(
    name="toy",
    version="1.0",
    trace=lambda case: walk(one_by_one(REFERENCE, case.shape, []), case),
)
FULL = Tally({(2, 2, 2)}, cases=1, elements=4, live=4, on=2, off=1, kinks=1)


def conclude(verification, crashed=()):
    return verdict.conclude(verification, 3, "pytest", (), crashed)


def full(changes=()):
    """A verification with enough in every row, except for the changes."""
    verification = Verification(REFERENCE, [TOY])
    for regime, dtype in product(verdict.REGIMES, verdict.DTYPES):
        for quantity in QUANTITIES:
            verification.tallies[row(quantity, regime, dtype)] = FULL
    verification.tallies.update(changes)
    return verification


def row(quantity, regime="exact", dtype="float64"):
    return Row(quantity, "toy", regime, dtype)


def but(**fields):
    return Tally(**(vars(FULL) | fields))


@pytest.mark.parametrize(
    ("quantity", "tally", "reason"),
    [
        ("new_biases", but(live=0), "0 of 4 elements are not zero: zeros would pass"),
        (
            "new_biases",
            but(shapes={(1, 1, 1), (2, 1, 1)}, live=1),
            "1 of 4 elements are not zero: zeros would pass",
        ),
        ("new_weights", Tally(), "never compared"),
        ("relu_outputs", but(on=0), "no unit was on: any answer there would pass"),
        ("relu_outputs", but(off=0), "no unit was off: any answer there would pass"),
        ("deriv_relu_wrt_z", but(kinks=0), "no unit was at the kink: any answer there would pass"),
        (
            "deriv_relu_wrt_z",
            but(on=0, kinks=0),
            "no unit was on or at the kink: any answer there would pass",
        ),
    ],
)
def test_what_was_hardly_met_is_not_checked_and_so_nothing_agrees(quantity, tally, reason):
    result = conclude(full({row(quantity): tally}))

    assert result.gaps == (verdict.Gap(row(quantity), reason),)
    assert not result.agrees
    assert verdict_json.as_json(result)["not_checked"] == [
        row(quantity)._asdict() | {"reason": reason, "asked": True},
    ]


def test_a_quantity_without_a_row_is_not_checked():
    verification = full()
    del verification.tallies[row("new_weights")]

    assert conclude(verification).gaps == (verdict.Gap(row("new_weights"), "never compared"),)


@pytest.mark.parametrize("regime", verdict.REGIMES)
def test_a_regime_that_was_left_out_in_one_dtype_is_not_checked(regime):
    verification = full()
    for quantity in QUANTITIES:
        del verification.tallies[row(quantity, regime, "float32")]

    gap = verdict.Gap(row("", regime, "float32"), "no case of it was checked")
    assert conclude(verification).gaps == (gap,)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {row("new_biases"): but(shapes={(0, 1, 1), (0, 2, 1), (2, 1, 1)}, live=1)},
        {row("layer_outputs"): but(on=0, off=0, kinks=0)},
        {row(quantity, "certified"): but(kinks=0) for quantity in QUANTITIES},
        {row("new_biases", "exhaustive"): but(live=0)},
    ],
    ids=[
        "full",
        "empty batches",
        "no kinks but for relu",
        "no kinks but on the lattice",
        "exhaustive for one formula",
    ],
)
def test_what_was_met_is_no_gap(changes):
    assert conclude(full(changes)).agrees


def test_without_a_case_nothing_agrees():
    result = conclude(Verification(REFERENCE, [TOY]))

    assert [gap.reason for gap in result.gaps] == ["no case was checked"]
    assert not result.agrees


def test_a_test_that_crashed_is_a_gap():
    result = conclude(full(), crashed=["test_x ended in OSError"])

    assert [gap.reason for gap in result.gaps] == ["test_x ended in OSError"]
    assert not result.agrees


def test_a_formula_that_misbehaved_is_reported_for_it_and_not_as_a_gap():
    one, verification = np.ones((1, 1, 1)), full()
    for tested in ("deriv_relu_wrt_z", "relu_outputs"):
        del verification.tallies[row(tested)]
    verification.derivation = REFERENCE._replace(relu_backward=lambda upstream, z: None)
    verification.check(Case(one, (Layer(one, one),), one, np.float64(0.5)), "exact")
    result = conclude(verification)

    assert {found.quantity for found in result.verification.findings.values()} == {
        "deriv_relu_wrt_z"
    }
    assert {gap.row.quantity for gap in result.gaps} == {"relu_outputs"}
    assert not result.agrees
