"""What is kept from one derivation to the next spares work, and changes nothing."""

from types import SimpleNamespace

import numpy as np
import pytest

from harness import verdict, verdict_json
from harness.calling import one_by_one
from harness.candidate import load
from harness.case import Case
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.memory import Memory
from harness.verification import Verification
from harness.walk import walk
from tests.harness.test_import_rules import ROOT

DTYPE = np.dtype(np.float64)
FILES = (
    "wrong/sgd_sign.py",
    "wrong/mask_missing.py",
    "wrong/sgd_sign.py",
    "wrong/weights_updated_too_early.py",
    "right/einsum.py",
    "right/whole_step.py",
    "wrong/two_errors.py",
    "wrong/kink_half.py",
)


def stacks():
    rng = np.random.default_rng(0)
    for shape in ((1, 1, 1), (3, 4, 3), (2, 3, 2, 2)):
        yield "exact", lattice_stack(rng, shape, DTYPE, LADDER[0], 8)
        yield "certified", float_stack(rng, shape, DTYPE, 8)


def witness(name, asked, rounds=False):
    """An honest one that counts how often it is asked; it may round otherwise."""

    def trace(case):
        asked.append(case)
        found = walk(one_by_one(REFERENCE, case.shape, []), case)
        if rounds:
            found = [each._replace(new_biases=np.nextafter(each.new_biases, 9)) for each in found]
        return tuple(found)

    return SimpleNamespace(name=name, version="1", trace=trace)


def judged(derivation, witnesses, memory=None, against=None):
    """The verdict on a derivation before the same cases, in arrays of its own each time."""
    verification = Verification(derivation, witnesses, against, memory=memory)
    for regime, case in stacks():
        verification.check(case, regime, chained=len(case.shape) > 3)
    return verdict_json.as_json(verdict.conclude(verification, 0, "pytest", (), ()))


@pytest.mark.parametrize("rounds", [False, True])
def test_a_derivation_is_judged_as_it_would_be_alone(rounds):
    memory, witnesses = Memory(), [witness("one", []), witness("two", [], rounds)]
    for file in FILES:
        derivation = load(f"tests/candidates/{file}", ROOT)

        assert judged(derivation, witnesses, memory) == judged(derivation, witnesses), file


def test_so_it_is_beside_another():
    memory, witnesses = Memory(), [witness("one", [])]
    against = load("tests/candidates/right/einsum.py", ROOT)
    for file in FILES[:3]:
        derivation = load(f"tests/candidates/{file}", ROOT)
        alone = judged(derivation, witnesses, None, against)

        assert judged(derivation, witnesses, memory, against) == alone


def test_no_witness_is_asked_twice_about_the_same_cases():
    asked = []
    memory, witnesses = Memory(), [witness("one", asked)]
    right = load("tests/candidates/right/einsum.py", ROOT)

    judged(right, witnesses, memory)
    first = len(asked)
    judged(right, witnesses, memory)
    again = len(asked)
    judged(right, witnesses)

    assert (first, again, len(asked)) == (6, 6, 12)


def test_the_references_formulas_are_compared_once():
    memory, witnesses = Memory(), [witness("one", [])]
    first, second = (
        load(f"tests/candidates/wrong/{name}.py", ROOT) for name in ("sgd_sign", "mask_missing")
    )
    calls = []

    def watched(name):
        def formula(*arguments):
            calls.append(name)
            return getattr(REFERENCE, name)(*arguments)

        return formula

    def with_watched(derivation):
        others = [name for name in REFERENCE.own if name not in derivation.own]
        return derivation._replace(**{name: watched(name) for name in others})

    judged(with_watched(first), witnesses, memory)
    assert {*calls} == {"dense_forward", "relu_forward", "relu_backward", "dense_backward"}
    calls.clear()
    judged(with_watched(second), witnesses, memory)
    assert {*calls} == {"sgd_step"}
    calls.clear()
    judged(with_watched(second), witnesses, memory)
    assert calls == []


def one_case(**changed):
    case = lattice_stack(np.random.default_rng(0), (1, 2, 2), DTYPE, LADDER[0], 2)
    return case._replace(**changed)


def test_cases_are_the_same_by_their_bits_and_by_how_they_lie_in_memory():
    memory, case = Memory(), one_case()
    known = memory.of(case, True)

    assert memory.of(one_case(), True) is known
    others = [
        case._replace(learning_rate=np.float64(8)),
        case._replace(inputs=-0.0 * case.inputs),
        case._replace(inputs=np.asfortranarray(case.inputs)),
        case._replace(upstream=np.nextafter(case.upstream, 9)),
        case._replace(linear=(0,)),
        case._replace(targets=np.zeros((2, 1), int)),
    ]
    assert all(memory.of(other, True) is not known for other in others)
    assert memory.of(case, False) is not known


def test_what_there_is_no_room_for_is_not_kept(monkeypatch):
    monkeypatch.setattr("harness.memory.NUMBERS", 30)
    memory, case = Memory(), one_case()

    assert memory.of(case, True) is memory.of(case, True)
    other = one_case(learning_rate=np.float64(8))
    assert memory.of(other, True) is not memory.of(other, True)


def test_a_plan_is_made_once(monkeypatch):
    made, memory = [], Memory()

    def plan(seed):
        made.append(seed)
        yield from stacks()

    first, again, other = (memory.planned(plan, seed) for seed in (0, 0, 1))

    assert first is again
    assert other is not first
    assert made == [0, 1]
    assert all(isinstance(case, Case) for _, case in first)
