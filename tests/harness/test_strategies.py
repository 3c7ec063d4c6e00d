"""The shapes of a run, and draws that Hypothesis can shrink."""

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from harness.formats import FORMATS
from harness.lattice import LADDER, is_exact, is_normal
from harness.strategies import DEEP, EDGES, SMALL, float_cases, lattice_cases

DTYPES = FORMATS
SHRINKING = settings(max_examples=2000, phases=[Phase.generate, Phase.shrink], database=None)


def test_shapes_are_many_and_distinct():
    shapes = SMALL + EDGES + DEEP

    assert len(set(shapes)) == len(shapes) > 60
    assert len(set(SMALL)) == 4**3


@pytest.mark.parametrize(
    "edge",
    [
        lambda batch, n_inputs, n_neurons: batch == 0,
        lambda batch, n_inputs, n_neurons: batch == 1 and n_inputs > 4,
        lambda batch, n_inputs, n_neurons: n_inputs == 1 and n_neurons > 4,
        lambda batch, n_inputs, n_neurons: n_neurons == 1 and n_inputs > 4,
        lambda batch, n_inputs, n_neurons: batch > 24,
        lambda batch, n_inputs, n_neurons: n_inputs > 24,
        lambda batch, n_inputs, n_neurons: n_neurons > 24,
        lambda batch, n_inputs, n_neurons: 33 in (batch, n_inputs, n_neurons),
        lambda batch, n_inputs, n_neurons: 65 in (batch, n_inputs, n_neurons),
    ],
)
def test_the_edges_of_shape_are_among_them(edge):
    assert any(edge(*shape) for shape in EDGES)


def test_deep_shapes_have_two_layers_and_three():
    assert {len(shape) - 2 for shape in DEEP} == {2, 3}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rung", LADDER, ids=[rung.name for rung in LADDER])
def test_lattice_cases_are_exact(dtype, rung):
    @settings(max_examples=30)
    @given(lattice_cases(SMALL + EDGES + DEEP, dtype, rung.bits))
    def drawn(case):
        assert case.dtype == dtype
        assert is_exact(case)

    drawn()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_float_cases_stay_normal(dtype):
    @settings(max_examples=100)
    @given(float_cases(SMALL + DEEP, dtype))
    def drawn(case):
        assert case.dtype == dtype
        assert is_normal(case)
        assert np.float32(case.learning_rate) == case.learning_rate

    drawn()


@pytest.mark.parametrize(
    ("shows", "numbers"),
    [
        (lambda case: case.inputs.any(), {0, 1}),
        (lambda case: case.inputs.max(initial=0) >= 3, {0, 3}),
        (lambda case: case.shape[0] >= 2 and case.upstream.any(), {0, 1}),
        (lambda case: case.layers[0].weights.shape[1:] == (2, 2), {0}),
    ],
)
def test_a_draw_shrinks_to_small_integers(shows, numbers):
    case = find(lattice_cases(SMALL, DTYPES[0], 2), shows, settings=SHRINKING)
    (layer,) = case.layers
    entries = np.concatenate(
        [a.ravel() for a in (case.inputs, layer.weights, layer.biases, case.upstream)]
    )

    assert set(np.abs(entries)) == numbers
