"""A derivation against one witness: refused traces, local blame, and both regimes' comparisons."""

from types import SimpleNamespace

import numpy as np
import pytest

from adapters.torch_autograd import trace as torch_trace
from harness.case import QUANTITIES, Case, Layer
from harness.checking import compare
from harness.derivation import REFERENCE, formula_of
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.walk import in_order
from harness.witness import WitnessError, same, trace_of

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
ALL = {(layer, quantity) for layer in range(2) for quantity in QUANTITIES}
ORDER = [(layer, quantity) for layer, step in in_order(2) for quantity in step.quantities]
DOUBLED = REFERENCE._replace(relu_backward=lambda upstream, layer_outputs: 2 * upstream)
NUDGED = REFERENCE._replace(dense_forward=lambda x, w, b: x @ w + b + 2.0**-53)
# The weighted sum is 3 - 3: a correct implementation may round it to either side of 0.
WEIGHTS = np.array([[[3.0], [-3.0]]])
ONE = np.ones((1, 1, 1))
KINK = Case(np.ones((1, 1, 2)), (Layer(WEIGHTS, 0 * ONE),), ONE, np.float64(0.5))


def lattice(dtype=DTYPES[0]):
    return lattice_stack(np.random.default_rng(4), (2, 3, 3, 2), dtype, LADDER[0], 20)


def floats(dtype=DTYPES[0], seed=14):
    """With this seed both terms of every update matter, so that a wrong one shows."""
    return float_stack(np.random.default_rng(seed), (2, 3, 3, 2), dtype, 20)


def refusal(trace):
    """The message that refuses this trace of `lattice()`, after the name of the framework."""
    witness = SimpleNamespace(name="odd", version="0", trace=lambda case: trace)
    with pytest.raises(WitnessError) as refused:
        trace_of(witness, lattice())
    where, _, message = str(refused.value).partition(": ")
    assert where == "framework odd on shape (2, 3, 3, 2), float64"
    return message


def planted(trace, layer, quantity, change, at=None):
    """The trace with one array replaced by what `change` makes of it, or of one element."""
    layers, array = list(trace), getattr(trace[layer], quantity)
    new = change(array) if at is None else array.copy()
    if at is not None:
        new[at] = change(array[at])
    layers[layer] = layers[layer]._replace(**{quantity: new})
    return tuple(layers)


def apart(compared):
    return {(item.layer, item.quantity) for item in compared if item.apart.any()}


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_a_trace_of_another_depth_is_refused(layers):
    trace = torch_trace(lattice())

    found = trace_of(SimpleNamespace(name="odd", trace=lambda case: trace), lattice())
    assert same(found, trace)
    assert refusal((trace * 2)[:layers]) == f"{layers} layers in the trace, expected 2"


@pytest.mark.parametrize(
    "change",
    [lambda a: a[0], lambda a: a[:-1], lambda a: a.ravel(), lambda a: a.astype(np.float32)],
)
@pytest.mark.parametrize(("layer", "quantity"), sorted(ALL))
def test_a_quantity_of_another_shape_or_dtype_is_refused(layer, quantity, change):
    right = torch_trace(lattice())
    wrong = planted(right, layer, quantity, change)

    expected, found = (getattr(trace[layer], quantity) for trace in (right, wrong))
    assert refusal(wrong) == (
        f"{quantity} of layer {layer} has shape {found.shape} {found.dtype}, "
        f"expected {expected.shape} float64"
    )


def test_a_witness_that_raises_is_named_with_what_it_says():
    witness = SimpleNamespace(name="odd", trace=lambda case: case.no_such_field)

    with pytest.raises(
        WitnessError, match=r"^framework odd on shape .*: AttributeError: .*no_such"
    ):
        trace_of(witness, lattice())


@pytest.mark.parametrize(("layer", "quantity"), sorted(ALL))
def test_traces_are_the_same_only_if_every_element_of_every_quantity_is(layer, quantity):
    trace = torch_trace(floats())

    def changed(change):
        return planted(trace, layer, quantity, change, at=(-1, -1, -1))

    assert same(changed(lambda value: 0.0), changed(lambda value: -0.0))
    assert same(changed(lambda value: np.nan), changed(lambda value: np.nan))
    assert not same(trace, changed(lambda value: np.nextafter(value, np.inf)))
    assert not same(changed(lambda value: np.nan), trace)


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_the_reference_agrees_bit_for_bit_or_within_its_radius_and_near_its_edge(dtype, chained):
    trace = torch_trace(lattice(dtype))
    compared, faults = compare(REFERENCE, lattice(dtype), trace, True, chained)
    certified = []
    for case in (floats(dtype, seed) for seed in range(10)):
        certified += compare(REFERENCE, case, torch_trace(case), False, chained)[0]

    assert [(c.layer, c.quantity) for c in compared] == ORDER
    assert (apart(compared + certified), faults) == (set(), [])
    assert {(c.witness_out, c.largest, c.ambiguous) for c in compared} == {(None, None, 0)}
    assert all(c.expected is getattr(trace[c.layer], c.quantity) for c in compared)
    assert not any(c.witness_out.any() for c in certified)
    assert 0.5 < max(c.largest for c in certified) <= 1


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    ("name", "blamed"),
    [
        ("two_errors", {"layer_outputs", "deriv_relu_wrt_biases"}),
        ("mask_missing", {"deriv_relu_wrt_z"}),
        ("sgd_sign", {"new_weights", "new_biases"}),
    ],
)
def test_the_blame_is_local_and_falls_on_every_wrong_formula(name, blamed, exact, load):
    case = lattice() if exact else floats()

    compared, faults = compare(load(f"wrong/{name}.py"), case, torch_trace(case), exact)

    assert (apart(compared), faults) == ({each for each in ALL if each[1] in blamed}, [])
    assert exact or not any(item.witness_out.any() for item in compared)


def test_chained_an_error_spreads_to_what_follows():
    compared, _ = compare(DOUBLED, lattice(), torch_trace(lattice()), True, chained=True)

    assert apart(compared) == {each for each in ALL if "outputs" not in each[1]}


def test_a_witness_is_outside_exactly_where_its_error_is():
    trace = planted(torch_trace(floats()), 1, "new_weights", lambda value: 2 * value, at=(3, 1, 0))

    compared, _ = compare(REFERENCE, floats(), trace, exact=False)

    assert apart(compared) == {(1, "new_weights")}
    (item,) = (item for item in compared if item.apart.any())
    assert np.argwhere(item.witness_out).tolist() == np.argwhere(item.apart).tolist() == [[3, 1, 0]]


def test_what_follows_from_an_overflow_has_to_be_equal():
    trace = torch_trace(floats())
    place = tuple(np.argwhere(trace[1].layer_outputs > 0)[0])
    for quantity in ("layer_outputs", "relu_outputs"):
        trace = planted(trace, 1, quantity, lambda value: np.inf, at=place)
    wrong = REFERENCE._replace(relu_forward=lambda z: np.where(z == np.inf, 0, np.maximum(0, z)))

    right, _ = compare(REFERENCE, floats(), trace, exact=False)
    missed, _ = compare(wrong, floats(), trace, exact=False)

    overflow = {(1, "layer_outputs")}
    assert (
        apart(right) == overflow == {(c.layer, c.quantity) for c in missed if c.witness_out.any()}
    )
    assert apart(missed) == overflow | {(1, "relu_outputs")}


@pytest.mark.parametrize(
    ("derivation", "slope", "is_apart"),
    [(REFERENCE, 0, False), (NUDGED, 1, False), (DOUBLED, 2, True)],
)
def test_chained_at_a_kink_both_answers_are_accepted_and_counted(derivation, slope, is_apart):
    compared, _ = compare(derivation, KINK, torch_trace(KINK), exact=False, chained=True)

    # What follows from it is as ambiguous.
    item = next(c for c in compared if c.ambiguous)
    assert (item.quantity, item.ambiguous) == ("deriv_relu_wrt_z", 1)
    assert (item.expected.item(), item.observed.item(), item.apart.item()) == (0, slope, is_apart)
    assert not any(c.ambiguous for c in compare(REFERENCE, KINK, torch_trace(KINK), False)[0])


def test_the_largest_error_is_that_of_the_derivation_or_of_the_witness():
    nudged = planted(torch_trace(KINK), 0, "layer_outputs", lambda array: array + 2.0**-53)

    (ours, *_), _ = compare(NUDGED, KINK, torch_trace(KINK), exact=False)
    (theirs, *_), _ = compare(REFERENCE, KINK, nudged, exact=False)

    assert 0 < ours.largest == theirs.largest < 1


def test_what_a_faulty_formula_leaves_unknown_is_not_compared(load):
    compared, faults = compare(load("odd/flat_bias.py"), lattice(), torch_trace(lattice()), True)

    known = {each for each in ALL if formula_of(each[1]) != "dense_backward"}
    assert {(c.layer, c.quantity) for c in compared} == known
    assert (apart(compared), {fault.layer for fault in faults}) == (set(), {0, 1})
