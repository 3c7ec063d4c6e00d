"""A case filled up with zeros is the same case: bit for bit where nothing rounds."""

from types import SimpleNamespace

import numpy as np
import pytest

import adapters
from harness.case import LayerTrace, quantity_shapes
from harness.checking import compare
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.padding import cut, padded, padded_length, padded_shape, trace_padded
from harness.witness import same, trace_of

SHAPES = [(1, 1, 1), (3, 4, 3), (1, 5, 2), (8, 7, 1), (2, 1, 3, 1), (1, 3, 1, 4)]


def lattice(shape, dtype=FORMATS[0], count=5, rung=LADDER[1]):
    return lattice_stack(np.random.default_rng(3), shape, dtype, rung, count)


@pytest.fixture(scope="module", params=["jax", "torch"])
def witness(request):
    return adapters.load(request.param)


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_padded_exact_case_is_the_same_case_bit_for_bit(witness, shape, dtype):
    for rung in LADDER:
        case = lattice(shape, dtype, rung=rung)

        assert same(trace_padded(witness.trace, case), witness.trace(case))


@pytest.mark.parametrize("kink", [0.5, 1.0])
def test_it_is_also_with_another_choice_at_the_kink_which_new_samples_and_neurons_meet(kink):
    for name in ("jax", "torch"):
        trace = adapters.load(name, kink).trace
        for shape in SHAPES:
            assert same(trace_padded(trace, lattice(shape)), trace(lattice(shape)))


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_padded_case_keeps_to_the_certified_radius(witness, shape, dtype):
    case = float_stack(np.random.default_rng(4), shape, dtype, 64)

    compared, _ = compare(REFERENCE, case, trace_padded(witness.trace, case), exact=False)

    assert not any(item.apart.any() for item in compared)


def test_a_new_term_other_than_zero_would_be_seen():
    """The twin: the same with ones, which changes what sums it reaches."""
    case = lattice((3, 4, 3), count=2)
    full = padded(case, (4, 4, 4), 2)
    full.upstream[:, 3:] = 1
    trace = adapters.load("torch").trace

    assert not same(cut(trace(full), case.shape, 2), trace(case))


def test_small_cases_are_filled_up_to_a_cube_and_others_keep_their_shape():
    shapes = {
        (1, 1, 1): (2, 2, 2),
        (2, 3, 1): (4, 4, 4),
        (8, 1, 5): (8, 8, 8),
        (2, 1, 3, 1): (4, 4, 4, 4),
        (9, 1, 1): (9, 1, 1),
        (0, 3, 2): (0, 3, 2),
    }

    assert {shape: padded_shape(shape) for shape in shapes} == shapes


def test_a_stack_is_filled_up_to_one_of_a_few_lengths_unless_its_cases_are_large():
    lengths = {1: 128, 128: 128, 129: 256, 600: 1024, 4096: 4096, 4097: 8192, 8193: 12288}

    assert {count: padded_length(count, (3, 4, 3)) for count in lengths} == lengths
    assert padded_length(3, (8, 512, 8)) == 3


def test_a_padded_stack_holds_the_case_in_its_corner_and_zeros_elsewhere():
    case = lattice((2, 3, 2, 1), count=2)
    larger = padded(case, (4, 4, 4, 4), 5)

    assert larger.shape == (4, 4, 4, 4)
    pairs = [(case.inputs, larger.inputs), (case.upstream, larger.upstream)]
    pairs += [pair for mine, theirs in zip(case.layers, larger.layers, strict=True)
              for pair in zip(mine, theirs, strict=True)]  # fmt: skip
    for small, large in pairs:
        corner = tuple(map(slice, small.shape))
        assert (len(large), large.dtype) == (5, small.dtype)
        assert np.array_equal(large[corner], small)
        large[corner] = 0
        assert not large.any()


def test_only_a_witness_that_compiles_sees_padded_cases_and_none_at_its_true_shape():
    seen = []

    def trace(case):
        seen.append((len(case.inputs), case.shape))
        return tuple(
            LayerTrace(*(np.zeros((len(case.inputs), *shape)) for shape in layer))
            for layer in quantity_shapes(case.shape)
        )

    eager = SimpleNamespace(name="eager", trace=trace)
    compiling = SimpleNamespace(name="compiling", trace=trace, compiles=True)
    trace_of(eager, lattice((3, 1, 2)))
    trace_of(compiling, lattice((3, 1, 2)))
    trace_of(compiling, lattice((3, 1, 2)), at_true_shape=True)

    assert seen == [(5, (3, 1, 2)), (128, (4, 4, 4)), (128, (3, 1, 2))]


def test_jax_compiles_and_torch_does_not():
    assert {name: adapters.load(name).compiles for name in ("jax", "torch", "jax:grad")} == {
        "jax": True,
        "torch": False,
        "jax:grad": True,
    }
