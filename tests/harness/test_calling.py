"""Calling a derivation: what a formula is given, and what it must not do with it."""

import sys
import warnings
from pathlib import Path
from unittest.mock import ANY, Mock

import numpy as np
import pytest

from harness.calling import Fault, one_by_one
from harness.case import QUANTITIES, Case, Layer
from harness.derivation import DOCUMENT_FORMULAS, PARAMETERS, REFERENCE
from harness.lattice import LADDER, lattice_stack
from harness.walk import walk

ODD_FILES = (Path(__file__).parents[1] / "candidates" / "odd").glob("*.py")
DTYPES = [np.dtype(np.float32), np.dtype(np.float64)]


# layer_outputs: [[2, -3], [4, 3]], then [[7, 7], [3, -5]], then [[4, 3], [4, 3]], all positive.
INPUTS = np.float32([[[1, 0], [0, 1]], [[0, 2], [2, 0]], [[0, 1], [0, 1]]])
LAYER = Layer(np.float32([[[1, -2], [3, 4]]] * 3), np.float32([[[1, -1]]] * 3))
CASE = Case(INPUTS, (LAYER,), np.float32([[[5, 6], [7, 8]]] * 3), np.float32(0.5))


def deep(dtype=DTYPES[1], count=5):
    return lattice_stack(np.random.default_rng(1), (2, 3, 2, 4), dtype, LADDER[0], count)


def called(derivation, case=CASE, given=None):
    """The derivation's trace, called one by one, and the faults met on the way."""
    faults = []
    for array in (case.inputs, case.upstream, *(array for layer in case.layers for array in layer)):
        array.flags.writeable = False
    return walk(one_by_one(derivation, case.shape, faults), case, given), faults


def with_(formula, function):
    return REFERENCE._replace(**{formula: function})


FORWARD, RELU = ("dense_forward", "layer_outputs"), ("relu_forward", "relu_outputs")
MASK, BACKWARD = ("relu_backward", "deriv_relu_wrt_z"), "dense_backward"
FIRST, LAST = (BACKWARD, "deriv_relu_wrt_inputs"), (BACKWARD, "deriv_relu_wrt_biases")
THING, RAISED = "returned the wrong thing", ("raised an exception", "no exception in line 8")
SHAPE, DTYPE = "has a wrong shape", ("has a wrong dtype", "dtype float32")
NUMBER, REPEAT = "returned a wrong number of results", "differs between two equal calls"
CHANGES = ("changed its argument upstream", "upstream[0, 1] to stay 6.0", "0.0 after the call")
OVERWRITES = ("returns an array that a later call overwrites", "a new array at every call")
ARRAY, THREE = "an array of shape (2, 2)", "a tuple of 3 arrays"
ODD = {
    "changes_argument": (*MASK, *CHANGES),
    "flat_bias": (*LAST, SHAPE, "shape (1, 2)", "shape (2,)"),
    "not_repeatable": (*FORWARD, REPEAT, "2.0 again", "3.0 the second time"),
    "object_array": (*FORWARD, *DTYPE, "dtype object"),
    "one_buffer": (*RELU, *OVERWRITES, "one array, used again"),
    "promotes": (*RELU, *DTYPE, "dtype float64"),
    "raises": (*FIRST, *RAISED, "ValueError: shapes are off"),
    "returns_list": (*RELU, THING, ARRAY, "a list"),
    "returns_none": (*MASK, THING, ARRAY, "None"),
    "two_results": (*FIRST, NUMBER, THREE, "a tuple of 2"),
}


def test_every_odd_file_has_its_row():
    # What stateful_shape remembers shows only between shapes, as wrong values.
    assert sorted(path.stem for path in ODD_FILES) == sorted([*ODD, "stateful_shape"])


@pytest.mark.parametrize("name", ODD)
def test_an_odd_derivation_has_exactly_its_own_fault(name, load):
    formula, quantity, *rest = ODD[name]

    assert called(load(f"odd/{name}.py"))[1] == [Fault(formula, quantity, 0, 0, *rest)]


@pytest.mark.parametrize(
    ("where", "function", "observed"),
    [
        (RELU, lambda z: sys.exit("first\nlast\n"), (RAISED[0], ANY, "SystemExit: last")),
        (RELU, lambda z: np.float32(1), (THING, ARRAY, "a float32")),
        (FIRST, lambda d, x, w: x, (THING, THREE, "a ndarray")),
        (FIRST, lambda d, x, w: [x, w, d, d], (NUMBER, THREE, "a list of 4")),
    ],
)
def test_what_is_no_result_is_a_fault(where, function, observed):
    faults = called(with_(where[0], function))[1]

    assert faults[0] == Fault(*where, 0, 0, *observed)
    assert {fault.kind for fault in faults} == {observed[0]}


def test_an_interrupt_is_no_fault_but_passes():
    with pytest.raises(KeyboardInterrupt):
        called(with_("relu_forward", Mock(side_effect=KeyboardInterrupt)))


@pytest.mark.parametrize(
    ("formula", "which"),
    [(f, i) for f in DOCUMENT_FORMULAS for i in range(len(PARAMETERS[f]))][:-1],
)
def test_no_argument_may_be_changed_in_any_case_but_for_the_parameter(formula, which):
    calls = []

    def changing(*arguments):
        result = getattr(REFERENCE, formula)(*arguments)
        calls.append(result)
        arguments[which][-1, -1] += len(calls) == 2
        return result

    faults = called(with_(formula, changing))[1]

    name = PARAMETERS[formula][which]
    expected = [] if name == "parameter" else [(formula, 1, f"changed its argument {name}")]
    assert [(fault.formula, fault.place, fault.kind) for fault in faults] == expected


@pytest.mark.parametrize(
    ("formula", "function"),
    [
        ("relu_forward", lambda z: z if (z > 0).all() else np.maximum(0, z)),
        ("relu_forward", lambda z: np.maximum(0, z).view(np.matrix)),
        ("relu_forward", lambda z: np.asfortranarray(np.maximum(0, z))),
        ("relu_forward", lambda z: np.repeat(np.maximum(0, z), 2, axis=1)[:, ::2]),
        ("relu_backward", lambda d, z: np.ma.array(np.where(z <= 0, 0, d))),
        ("dense_backward", lambda d, x, w: [(w @ d.T).T, (d.T @ x).T, d[::-1].sum(0)[np.newaxis]]),
        ("sgd_step", lambda p, g, rate: np.subtract(p, rate * g, out=p)),
    ],
)
def test_aliases_views_subclasses_and_any_memory_order_are_fine(formula, function):
    for case in CASE, *map(deep, DTYPES):
        trace, faults = called(with_(formula, function), case)

        assert (str(trace), faults) == (str(called(REFERENCE, case)[0]), [])


KEPT, CHANGED = [], "changed its argument"


def alias_that_is_changed_later(d, z):
    """Where nothing is to be masked, upstream itself is returned, and cleared at the next call."""
    for earlier in KEPT:
        earlier[:] = 0
    KEPT[:] = [np.where(z <= 0, 0, d) if (z <= 0).any() else d]
    return KEPT[0]


@pytest.mark.parametrize(
    ("formula", "kind", "function"),
    [
        ("relu_forward", f"{CHANGED} layer_outputs", lambda z: np.maximum(0, z, out=z)),
        ("relu_backward", f"{CHANGED} upstream", lambda d, z: np.multiply(d, z > 0, out=d)),
        ("relu_backward", OVERWRITES[0], alias_that_is_changed_later),
    ],
)
def test_a_result_that_aliases_an_argument_is_a_fault_where_that_changes_it(
    formula, kind, function
):
    faults = called(with_(formula, function), deep())[1]

    assert {(fault.formula, fault.kind) for fault in faults} == {(formula, kind)}


ALL, NEW = set(QUANTITIES), {"new_weights", "new_biases"}
GRADIENTS = {"deriv_relu_wrt_inputs", "deriv_relu_wrt_weights", "deriv_relu_wrt_biases"}
BACK = {"deriv_relu_wrt_z"} | GRADIENTS | NEW


@pytest.mark.parametrize(
    ("formula", "own", "lost"),
    [
        ("dense_forward", {"layer_outputs"}, [ALL, ALL]),
        ("relu_forward", {"relu_outputs"}, [{"relu_outputs"} | BACK, ALL]),
        ("relu_backward", {"deriv_relu_wrt_z"}, [BACK, BACK]),
        ("dense_backward", GRADIENTS, [BACK, GRADIENTS | NEW]),
        ("sgd_step", NEW, [NEW, NEW]),
    ],
)
def test_a_fault_leaves_unknown_what_follows_from_it_and_nothing_else(formula, own, lost):
    right = called(REFERENCE, deep())[0]
    broken = with_(formula, lambda *arguments: None)

    for given, unknown in ((None, lost), (right, [own, own])):
        trace, faults = called(broken, deep(), given)
        known = zip(right, unknown, strict=True)
        assert str(trace) == str(tuple(layer._replace(**dict.fromkeys(q)) for layer, q in known))
        assert {fault.formula for fault in faults} == {formula}


@pytest.mark.parametrize("formula", DOCUMENT_FORMULAS)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_formula_gets_plain_arrays_of_its_own_and_a_scalar_of_the_dtype(formula, dtype):
    case, spy = deep(dtype), Mock(wraps=getattr(REFERENCE, formula))

    assert called(with_(formula, spy), case)[1] == []
    seen = [argument for call in spy.call_args_list for argument in call.args]
    arrays = [each for each in seen if type(each) is np.ndarray]
    assert {(a.ndim, a.dtype, a.flags.writeable) for a in arrays} == {(2, dtype, True)}
    scalars = {(type(each), each) for each in seen if type(each) is not np.ndarray}
    assert scalars == ({(dtype.type, case.learning_rate)} if formula == "sgd_step" else set())


def test_cases_are_called_in_order_and_each_result_lands_at_its_own_place():
    case, spy = deep(count=300), Mock(wraps=REFERENCE.relu_backward)

    (_, last), _ = called(with_("relu_backward", spy), case)

    right = np.where(last.layer_outputs <= 0, 0, case.upstream)
    assert [call.args[0].tolist() for call in spy.call_args_list[:300]] == case.upstream.tolist()
    assert last.deriv_relu_wrt_z.tolist() == right.tolist()


def test_floating_point_errors_and_filters_of_warnings_stay_in_the_call():
    def noisy(layer_outputs):
        warnings.simplefilter("ignore")
        warnings.warn("a warning", stacklevel=1)
        np.log(0 * layer_outputs)
        return np.maximum(0, layer_outputs)

    before = np.geterr(), list(warnings.filters)

    assert called(REFERENCE._replace(relu_forward=noisy))[1] == []
    assert (np.geterr(), list(warnings.filters)) == before


def test_a_changed_error_state_is_a_fault_and_is_put_back():
    def severe(inputs, weights, biases):
        np.seterr(all="raise")
        return REFERENCE.dense_forward(inputs, weights, biases)

    before = np.geterr()

    (fault,) = called(REFERENCE._replace(dense_forward=severe))[1]
    assert fault.kind == "changes NumPy's error state (np.seterr)"
    assert np.geterr() == before
