"""Errors over radii, counted by powers of two, on the first cases of a stack."""

import numpy as np
import pytest

from harness.ball import NOWHERE
from harness.binades import CASES, COUNTS, ELEMENTS, POWERS, Sample, binades, sample, together
from harness.calling import one_by_one
from harness.checking import compare
from harness.compare import error_over_radius
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.walk import walk
from harness.wide import NOTHING

FLOAT64 = np.dtype(np.float64)


def counted(*ratios, radius=1.0, ambiguous=NOWHERE):
    """The counts of one value with these errors over one radius."""
    value = np.array(ratios) * radius
    sampled = Sample(
        (value,), (np.zeros_like(value), NOTHING), np.full_like(value, radius), ambiguous
    )
    return {place: count for place, count in enumerate(binades(sampled)) if count}


@pytest.mark.parametrize(
    ("ratio", "place"),
    [
        (0, 0),
        (1, POWERS),
        (0.75, POWERS),
        (0.5, POWERS),
        (0.49, POWERS - 1),
        (0.25, POWERS - 1),
        (2.0 ** (1 - POWERS), 2),
        (2.0**-POWERS, 1),
        (2.0**-60, 1),
    ],
)
def test_each_ratio_is_counted_in_its_power_of_two(ratio, place):
    assert counted(ratio) == {place: 1}
    assert counted(ratio, radius=2.0**-40) == {place: 1}


def test_what_is_outside_or_ambiguous_is_not_counted():
    assert counted(1.5, np.nan, np.inf, 0.75) == {POWERS: 1}
    assert counted(0.75, 0.25, ambiguous=np.array([True, False])) == {POWERS - 1: 1}


def test_the_larger_error_of_both_counts():
    values = np.array([0.3, 0.9]), np.array([-0.6, 0.1])
    counts = binades(Sample(values, (np.zeros(2), NOTHING), np.ones(2), NOWHERE))

    assert counts[POWERS] == 2
    assert len(counts) == COUNTS


def test_a_radius_of_zero_counts_what_has_no_error():
    assert binades(Sample((np.ones(3),), (np.ones(3), NOTHING), NOTHING, NOWHERE))[0] == 3


@pytest.mark.parametrize(
    ("shape", "cases"), [((1, 1, 1), CASES), ((16, 16, 16), ELEMENTS // 256), ((64, 64, 64), 1)]
)
def test_of_a_stack_the_first_cases_are_sampled_and_of_these_every_element(shape, cases):
    stack = float_stack(np.random.default_rng(0), shape, FLOAT64, 40)
    trace = walk(one_by_one(REFERENCE, shape, []), stack)
    compared, _ = compare(REFERENCE, stack, trace, exact=False)

    for each in compared:
        size = each.expected[0].size
        assert sum(binades(each.sample)) <= max(size, ELEMENTS)
        if each.quantity == "layer_outputs":
            assert sum(binades(each.sample)) == cases * size


def test_the_counts_are_those_of_the_ratios_that_the_comparison_computes(monkeypatch):
    seen = {}

    def noting(ball, *values):
        ratios = np.maximum(*(error_over_radius(value, ball) for value in values))
        seen[len(seen)] = np.ravel(ratios[~(ball.ambiguous | np.zeros(ratios.shape, bool))])
        return sample(ball, *values)

    monkeypatch.setattr("harness.compared.sample", noting)
    stack = float_stack(np.random.default_rng(1), (2, 3, 2), FLOAT64, CASES)
    trace = walk(one_by_one(REFERENCE, (2, 3, 2), []), stack)
    compared, _ = compare(REFERENCE, stack, trace, exact=False)

    for ratios, each in zip(seen.values(), compared, strict=True):
        powers = np.ceil(np.nextafter(np.log2(ratios[ratios > 0]), np.inf)).astype(int)
        expected = np.bincount(np.clip(powers, 1 - POWERS, 0) + POWERS, minlength=COUNTS)
        expected[0] = np.count_nonzero(ratios == 0)
        assert binades(each.sample) == expected.tolist()


def test_where_bits_are_compared_there_is_no_sample():
    stack = float_stack(np.random.default_rng(0), (1, 1, 1), FLOAT64, 2)
    trace = walk(one_by_one(REFERENCE, (1, 1, 1), []), stack)

    assert {each.sample for each in compare(REFERENCE, stack, trace, exact=True)[0]} == {None}


def test_counts_add_and_none_adds_nothing():
    assert together([1, 2], [3, 4]) == [4, 6]
    assert together([], [3, 4]) == together([3, 4], []) == [3, 4]
    assert together([], []) == []
