"""Tallies: what a comparison counts, for one witness and added up."""

import numpy as np

from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.checking import compare
from harness.derivation import REFERENCE
from harness.tally import Tally, tally_of
from harness.walk import walk

Z = np.array([[[-1.0, 0.0, 2.0], [0.0, 0.0, 3.0]], [[-4.0, -5.0, 6.0], [7.0, 8.0, 9.0]]])
WEIGHTS = np.broadcast_to(np.eye(3), (2, 3, 3)).copy()
CASE = Case(Z, (Layer(WEIGHTS, np.zeros((2, 1, 3))),), np.ones((2, 2, 3)), np.float64(1))
TRACE = walk(one_by_one(REFERENCE, CASE.shape, []), CASE)


def tallies(exact):
    compared, _ = compare(REFERENCE, CASE, TRACE, exact)
    return {item.quantity: tally_of(item, CASE, TRACE) for item in compared}


def test_units_are_counted_by_the_side_of_the_kink_they_are_on():
    tally = tallies(exact=True)["deriv_relu_wrt_z"]

    assert (tally.on, tally.off, tally.kinks) == (6, 3, 3)
    assert (tally.cases, tally.elements, tally.live) == (2, 12, 6)
    assert tally.shapes == {(2, 3, 3)}


def test_only_relu_s_quantities_have_units():
    tally = tallies(exact=True)["layer_outputs"]

    assert (tally.on, tally.off, tally.kinks) == (0, 0, 0)
    assert (tally.elements, tally.live) == (12, 9)


def test_only_balls_have_a_largest_error():
    assert tallies(exact=True)["new_weights"].largest_error_over_radius is None
    assert tallies(exact=False)["new_weights"].largest_error_over_radius == 0


def test_adding_leaves_what_is_added_as_it_was():
    tally, total = tallies(exact=False)["layer_outputs"], Tally()

    total.add(tally)
    total.add(tally)
    total.shapes.add((1, 1, 1))

    assert (total.cases, total.elements, total.live) == (4, 24, 18)
    assert total.largest_error_over_radius == 0
    assert tally.shapes == {(2, 3, 3)}
    assert tally.cases == 2
