"""The shrinker: what it returns still shows the disagreement, and nothing smaller does."""

import numpy as np
import pytest
from respelled import SPELLINGS

from harness.case import Case, Layer
from harness.checking import compare_all
from harness.derivation import REFERENCE
from harness.finding import VALUES
from harness.lattice import LADDER, is_exact, is_normal, lattice_stack
from harness.mistakes import CATALOGUE
from harness.shrink import shrink

DTYPE = np.dtype(np.float64)


def case_of(shape):
    return lattice_stack(np.random.default_rng(1), shape, DTYPE, LADDER[0], 1)


def numbers(case):
    arrays = [case.inputs, *(array for layer in case.layers for array in layer), case.upstream]
    return np.concatenate([array.ravel() for array in arrays])


@pytest.mark.parametrize("shape", [(3, 4, 2), (1, 1, 1), (5, 2, 3, 4), (9, 9, 9)])
def test_what_everything_shows_becomes_one_number_of_each_and_all_zero(shape):
    smallest = shrink(case_of(shape), lambda case: True)

    assert set(smallest.shape) == {1}
    assert not numbers(smallest).any()
    assert smallest.learning_rate == 1.0


@pytest.mark.parametrize("shape", [(3, 4, 2), (2, 2, 3, 2)])
def test_what_only_this_case_shows_stays_it_is(shape):
    case = case_of(shape)

    assert shrink(case, lambda other: other is case) is case


@pytest.mark.parametrize("dimension", range(3))
def test_each_dimension_is_shrunk_to_what_it_takes_and_no_further(dimension):
    smallest = shrink(case_of((6, 7, 5)), lambda case: case.shape[dimension] >= 2)

    assert smallest.shape == tuple(2 if place == dimension else 1 for place in range(3))


def test_every_step_shows_the_disagreement_and_the_last_one_is_minimal():
    tried = []

    def shows(case):
        tried.append(case)
        return np.count_nonzero(case.inputs) >= 2 and case.upstream.max(initial=0) > 2

    smallest = shrink(case_of((4, 3, 2)), shows)

    assert shows(smallest)
    assert np.count_nonzero(smallest.inputs) == np.count_nonzero(numbers(smallest)) - 1 == 2
    assert smallest.upstream.max() == 3.0


def test_numbers_that_only_together_show_it_are_moved_together():
    """z == 0 is kept by no change of one number alone."""
    one = np.ones((1, 1, 1))
    case = Case(-one, (Layer(3 * one, 3 * one),), one, np.float64(0.5))

    def at_the_kink(case):
        (layer,) = case.layers
        return (case.inputs @ layer.weights + layer.biases == 0).all() and case.upstream.any()

    assert numbers(shrink(case, at_the_kink)).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("least", "found"), [(2049, 2049), (2.0**24 + 1, 2.0**24 + 1), (2.5, 3.0), (0.3, 1.0)]
)
def test_a_number_becomes_the_simplest_that_does(least, found):
    one = np.ones((1, 1, 1))
    case = Case(one, (Layer(one, one),), one * 123456789.0, np.float64(1))

    assert shrink(case, lambda other: other.upstream.item() >= least).upstream.item() == found


def test_the_dtype_is_kept():
    case = lattice_stack(np.random.default_rng(1), (2, 2, 2), np.dtype(np.float32), LADDER[1], 1)

    smallest = shrink(case, lambda other: bool(other.upstream.any()))

    assert {array.dtype.name for array in (smallest.inputs, *smallest.layers[0])} == {"float32"}
    assert type(smallest.learning_rate) is np.float32


def parts(case):
    return [case.inputs, *(array for layer in case.layers for array in layer), case.upstream]


def made_of(case, arrays):
    inputs, *parameters, upstream = arrays
    layers = tuple(map(Layer, parameters[::2], parameters[1::2]))
    return case._replace(inputs=inputs, layers=layers, upstream=upstream)


def without(case, axis, place):
    """The targets without a sample, or without a class, for which the first one stands then."""
    if axis == 1:
        return np.delete(case.targets, place, axis=1)
    moved = case.targets - (case.targets > place)
    return np.where(case.targets == place, 0, moved)


def smaller(case):
    """The case without one sample, unit or layer, and with 0 for one of its numbers."""
    arrays = parts(case)
    # Which axes of which arrays a sample, an input or a neuron of each layer is a place of.
    last = len(arrays) - 1
    dimensions = [[(0, 1), (last, 1)], [(0, 2), (1, 1 if case.layers else 2)]]
    for layer in range(1, len(case.layers)):
        dimensions.append([(2 * layer - 1, 2), (2 * layer, 2), (2 * layer + 1, 1)])
    if case.layers:
        dimensions.append([(last - 2, 2), (last - 1, 2), (last, 2)])
    for axes in dimensions:
        which, axis = axes[0]
        for place in range(arrays[which].shape[axis] if arrays[which].shape[axis] > 1 else 0):
            fewer = list(arrays)
            for which, axis in axes:
                fewer[which] = np.delete(arrays[which], place, axis)
            less = made_of(case, fewer)
            yield (
                less if case.targets is None else less._replace(targets=without(case, axis, place))
            )
    for gone, layer in enumerate(case.layers):
        if len(case.layers) > 1 and layer.weights.shape[1] == layer.weights.shape[2]:
            yield case._replace(layers=case.layers[:gone] + case.layers[gone + 1 :])
    for which, array in enumerate(arrays):
        for index in np.argwhere(array):
            zeroed = [each.copy() for each in arrays]
            zeroed[which][tuple(index)] = 0
            yield made_of(case, zeroed)


def test_smaller_cases_are_all_single_deletions_and_zeros():
    case = case_of((2, 3, 2, 2))
    shapes = [each.shape for each in smaller(case)]
    changed = [each for each in shapes if each != case.shape]

    one_less = {(1, 3, 2, 2): 2, (2, 2, 2, 2): 3, (2, 3, 1, 2): 2, (2, 3, 2, 1): 2, (2, 3, 2): 1}
    assert {shape: changed.count(shape) for shape in changed} == one_less
    assert len(shapes) - len(changed) == np.count_nonzero(numbers(case))


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_no_smaller_case_shows_a_known_mistake(mistake, of_mistake, witnesses):
    """The very comparison of a run finds nothing on any case that is smaller by one step."""
    code = SPELLINGS[mistake.name]
    derivation = REFERENCE._replace(own=(mistake.formula,), **{mistake.formula: code})
    torch = witnesses[1]
    for finding in of_mistake(mistake):
        assert finding.shown.smallest
        for case in smaller(finding.shown.case):
            if not is_exact(case) and not is_normal(case):
                continue
            compared, faults = compare_all(derivation, case, torch.trace(case), is_exact(case))
            found = {(fault.quantity, fault.kind) for fault in faults}
            found |= {(item.quantity, VALUES) for item in compared if item.apart.any()}
            assert (finding.quantity, finding.kind) not in found, case


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_the_example_of_a_known_mistake_has_integers(mistake, of_mistake):
    for finding in of_mistake(mistake):
        assert (numbers(finding.shown.case) % 1 == 0).all()
