"""The reference on whole stacks: the same bits as case by case, and refused where it cannot be."""

import numpy as np
import pytest

from harness import head, stack
from harness.calling import Misbehaved, call_stack
from harness.derivation import HEAD, PARAMETERS, REFERENCE, STEPS
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.stack import Stacked, at_once
from harness.walk import walk

SHAPES = [(1, 1, 1), (3, 4, 3), (4, 2, 5), (0, 3, 2), (2, 3, 2, 4)]


def results(formula, case):
    """Every call of one formula in a training step: its arguments, and its results' shapes."""
    calls = []

    def call(step, layer, arguments):
        values = [
            np.stack([np.asarray(value) for value in column])
            for column in zip(
                *(several(getattr(REFERENCE, step.formula)(*one)) for one in cases(arguments)),
                strict=True,
            )
        ]
        if step.formula == formula:
            calls.append((arguments, values))
        return values

    walk(call, case)
    return calls


def several(returned):
    return returned if isinstance(returned, tuple) else (returned,)


def cases(arguments):
    count = len(arguments[0])
    return [
        [argument[place].copy() if np.ndim(argument) else argument for argument in arguments]
        for place in range(count)
    ]


@pytest.mark.parametrize("dtype", FORMATS[:3], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("formula", PARAMETERS)
def test_a_stack_gives_the_bits_of_its_cases(formula, shape, dtype):
    case = lattice_stack(np.random.default_rng(1), shape, dtype, LADDER[1], 7)

    for arguments, expected in results(formula, case):
        forms = [value.shape[1:] for value in expected]
        found = at_once(getattr(REFERENCE, formula), arguments, forms)
        assert [array.dtype for array in found] == [dtype] * len(expected)
        for mine, theirs in zip(found, expected, strict=True):
            assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("dtype", FORMATS[:3], ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (4, 3), (2, 7), (5, 10)], ids=str)
@pytest.mark.parametrize("step", HEAD, ids=lambda step: step.formula)
def test_a_stack_gives_what_its_cases_do_of_the_head(step, shape, dtype):
    case = head.head_stack(np.random.default_rng(2), shape, dtype, 9)

    ((arguments, expected),) = results(step.formula, case)
    forms = [value.shape[1:] for value in expected]
    found = at_once(getattr(REFERENCE, step.formula), arguments, forms)

    assert [array.dtype for array in found] == [dtype] * len(expected)
    for mine, theirs in zip(found, expected, strict=True):
        assert np.array_equal(mine, theirs)


def test_somebody_elses_formula_is_called_case_by_case():
    shapes = []

    def relu_forward(layer_outputs):
        shapes.append(layer_outputs.shape)
        return np.maximum(0, layer_outputs)

    z = np.ones((3, 2, 2))
    call_stack(relu_forward, ["layer_outputs"], [z], [(2, 2)])

    assert set(shapes) == {(2, 2)}


def planted(monkeypatch, formula):
    """The formula in place of all of ours."""
    monkeypatch.setattr(stack, "OURS", (formula,))
    return formula


Z = np.arange(-40.0, 80.0).reshape(20, 3, 2)


@pytest.mark.parametrize(
    "spelling",
    [
        lambda z: np.clip(z, 0, None),
        lambda z: z * (z > 0),
        lambda z: np.array([[max(0.0, number) for number in row] for row in z]),
        lambda z: np.maximum(0, z[:, :]),
        lambda z: np.maximum(0, [z[at] for at in range(len(z))]),
        lambda z: np.maximum(0, z.reshape(z.shape)),
    ],
)
def test_what_has_no_meaning_on_a_stack_is_refused_and_called_case_by_case(monkeypatch, spelling):
    formula = planted(monkeypatch, spelling)

    assert at_once(formula, [Z], [(3, 2)]) is None
    (result,) = call_stack(formula, ["layer_outputs"], [Z], [(3, 2)])
    assert np.array_equal(result, np.maximum(0, Z))


@pytest.mark.parametrize("formula", [lambda z: z, lambda z: z.T.T])
def test_a_result_that_is_an_argument_is_told_as_case_by_case(monkeypatch, formula):
    planted(monkeypatch, formula)

    assert at_once(formula, [Z], [(3, 2)]) is None


def masked_in_place(upstream, layer_outputs):
    upstream[layer_outputs <= 0] = 0
    return upstream


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        (masked_in_place, "changed its argument upstream"),
        (lambda upstream, layer_outputs: np.dot(upstream, upstream.T), "has a wrong shape"),
        (lambda upstream, layer_outputs: upstream * np.float64(1), "has a wrong dtype"),
        (lambda upstream, layer_outputs: None, "returned the wrong thing"),
    ],
)
def test_what_misbehaves_on_a_stack_is_told_as_case_by_case(monkeypatch, formula, kind):
    planted(monkeypatch, formula)
    z = Z.astype(np.float32)

    with pytest.raises(Misbehaved, match=kind):
        call_stack(formula, ["upstream", "layer_outputs"], [z, z], [(3, 2)])


def test_a_short_stack_is_called_case_by_case_with_all_that_is_checked_then(monkeypatch):
    calls = iter(range(100))
    formula = planted(monkeypatch, lambda z: np.maximum(0, z) + next(calls))

    with pytest.raises(Misbehaved, match="differs between two equal calls"):
        call_stack(formula, ["layer_outputs"], [Z[:16]], [(3, 2)])
    call_stack(formula, ["layer_outputs"], [Z], [(3, 2)])


def test_the_first_case_is_also_called_by_itself(monkeypatch):
    """A formula that is right on stacks alone is wrong in its first case."""

    def formula(z):
        return np.maximum(0, z) if isinstance(z, Stacked) else z + 1

    planted(monkeypatch, formula)
    (result,) = call_stack(formula, ["layer_outputs"], [Z], [(3, 2)])

    assert np.array_equal(result[0], Z[0] + 1)
    assert np.array_equal(result[1:], np.maximum(0, Z[1:]))


def test_every_step_of_the_reference_runs_on_stacks():
    """Otherwise a run would be a thousand times slower, and nobody would know why."""
    case = float_stack(np.random.default_rng(5), (3, 4, 3), FORMATS[1], 3)
    for step in STEPS:
        for arguments, expected in results(step.formula, case):
            formula = getattr(REFERENCE, step.formula)
            assert at_once(formula, arguments, [value.shape[1:] for value in expected])
