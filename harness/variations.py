"""Calls that differ in what must not matter: how arguments lie in memory, how a rate is spelled.

Each formula is called again on equal arguments: one of them, then all, in every layout
(`layouts.py`); and with the learning rate as a Python float, as a 0-d array and as a np.float64.
On cases where nothing rounds, the result must have the same bits and the same dtype.

What is outside the contract is told and not judged. By contract the learning rate is a scalar of
the case's dtype, so a formula may refuse any other; and NumPy itself makes float64 of a float32
array times a np.float64, which a right formula need not prevent. Of a Python float it does not: a
formula that returns float64 for one has made an array of it, or a np.float64.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.calling import Elsewhere, Fault, Misbehaved, call_one, quiet
from harness.case import ALL_QUANTITIES, Array, Case, Layer, Trace
from harness.compare import differs
from harness.derivation import PARAMETERS, TRAIN_STEP, Derivation, Formula, Step
from harness.layouts import LAYOUTS
from harness.walk import walk
from harness.whole_step import on_arrays

# How the kinds of these faults begin; what follows says which argument, and how it was given.
LAYOUT: Final = "depends on the memory layout of"
RATE: Final = "depends on how the learning rate is spelled"
FLOAT64: Final = f"{RATE} (as a np.float64)"
KINDS: Final = (LAYOUT, RATE)


class Way(NamedTuple):
    """Another way to make a call: the kind of a fault in it, and the arguments that it changes."""

    kind: str
    changed: dict[int, Any]


class Difference(NamedTuple):
    """What a call in another way does otherwise: in which result, what was expected, observed."""

    which: int
    expected: str
    observed: str
    raised: bool = False  # an exception


class Told(NamedTuple):
    """What came of one formula's calls: how many, the first fault, what else is worth saying.

    The fault is the layer and the quantity, then as in a `Fault` from its place on.
    """

    calls: int
    fault: tuple[int, str, int, str, str, str] | None = None
    notes: tuple[str, ...] = ()


def vary(
    derivation: Derivation, case: Case, trace: Trace, spared: Sequence[str] = ()
) -> tuple[int, list[Fault], list[str]]:
    """How many calls were made in another way; the first fault of each formula; the notes.

    Every formula of the derivation's own but the `spared` is called on the trace's values. The
    case must be exact, for another layout may mean another order of summation.
    """
    formulas = [formula for formula in derivation.own if formula not in spared]
    calls, faults, notes = 0, list[Fault](), list[str]()

    def ask(formula: str, quantity: tuple[int, str], function: Any, *arguments: Any) -> None:
        nonlocal calls
        called = getattr(derivation, formula)
        try:
            isolated = isinstance(called, Elsewhere)
            told = called.run(function, *arguments) if isolated else function(called, *arguments)
        except Misbehaved as error:
            told = Told(1, (*quantity, *error.fault))
        calls += told.calls
        notes.extend(f"{formula} ({derivation.name}) {note}" for note in told.notes)
        if told.fault:
            layer, name, *rest = told.fault
            faults.append(Fault(formula, name, layer, *rest))
            formulas.remove(formula)

    def call(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        if step.formula in formulas:
            quantities = [(layer, quantity) for quantity in step.quantities]
            names = PARAMETERS[step.formula]
            ask(step.formula, quantities[0], in_other_ways, names, arguments, quantities)
        return [None] * len(step.quantities)

    walk(call, case, trace)
    if TRAIN_STEP in formulas:
        ask(TRAIN_STEP, (0, ALL_QUANTITIES[0]), step_in_other_ways, case)
    return calls, faults, notes


def step_in_other_ways(train_step: Formula, case: Case) -> Told:
    """A whole step in other ways, on every case of a stack."""
    depth = len(case.layers)
    step = on_arrays(train_step, depth)
    parameters = [f"{each} of layer {layer}" for layer in range(depth) for each in Layer._fields]
    names = ["inputs", *parameters, "upstream", "learning_rate"]
    arrays = [array for layer in case.layers for array in layer]
    arguments = [case.inputs, *arrays, case.upstream, case.learning_rate]
    with quiet():
        quantities = list(call_one(step, _copies(_at(arguments, 0)), 0))

    def formula(*arguments: Any) -> Any:
        values = tuple(step(*arguments).values())
        return values if len(values) > 1 else values[0]

    if not quantities:
        return Told(0)
    return in_other_ways(formula, names, arguments, quantities, parameters)


def in_other_ways(
    formula: Formula,
    names: Sequence[str],
    arguments: Sequence[Any],
    quantities: Sequence[tuple[int, str]],
    in_place: Sequence[str] = ("parameter",),
) -> Told:
    """One formula in other ways, on every case of a stack, up to the first fault.

    `in_place` are the arguments that it may update. Raises Misbehaved where a plain call does.
    """
    calls, notes = 0, dict[str, None]()
    with quiet():
        for place in range(len(arguments[0])):
            one = _at(arguments, place)
            plain = _results(call_one(formula, _copies(one), place), len(quantities))
            for way in _ways(names, one, in_place):
                calls += 1
                given = _copies(one)
                for at, value in way.changed.items():
                    given[at] = value
                try:
                    returned = _results(call_one(formula, given, place), len(quantities))
                except Misbehaved as error:
                    found: Difference | None = Difference(0, *error.fault[2:], raised=True)
                else:
                    found = _difference(plain, returned) or _changed(names, one, given, in_place)
                if found and _is_fault(way, found):
                    call = *quantities[found.which], place, way.kind
                    return Told(calls, (*call, found.expected, found.observed), tuple(notes))
                if found:
                    where = "" if "parameter" in in_place else f" in {quantities[found.which][1]}"
                    notes[_note(way, found) + where] = None
    return Told(calls, None, tuple(notes))


def _is_fault(way: Way, found: Difference) -> bool:
    """Whether the contract has a word on it; see the module."""
    return way.kind.startswith(LAYOUT) or (not found.raised and way.kind != FLOAT64)


def _note(way: Way, found: Difference) -> str:
    spelled = way.kind.removeprefix(f"{RATE} (as ").removesuffix(")")
    does = f"raises {found.observed}" if found.raised else f"returns {found.observed}"
    instead = "" if found.raised else f", not {found.expected},"
    return f"{does}{instead} if the learning rate is {spelled}"


def _at(arguments: Sequence[Any], place: int) -> list[Any]:
    return [argument[place] if np.ndim(argument) else argument for argument in arguments]


def _copies(arguments: Sequence[Any]) -> list[Any]:
    return [np.copy(argument) if np.ndim(argument) else argument for argument in arguments]


def _ways(names: Sequence[str], arguments: Sequence[Any], in_place: Sequence[str]) -> Iterator[Way]:
    """Every other way to make a call. A changed argument is a new array each time."""
    for layout in LAYOUTS:
        relaid = {
            at: array
            for at, (name, argument) in enumerate(zip(names, arguments, strict=True))
            if np.ndim(argument) and (layout.writable or name not in in_place)
            if (array := layout.of(argument)) is not None
        }
        for at, array in relaid.items():
            yield Way(f"{LAYOUT} {names[at]} ({layout.name})", {at: array})
        if len(relaid) > 1:
            again = {at: layout.of(arguments[at]) for at in relaid}
            yield Way(f"{LAYOUT} all its arguments ({layout.name})", again)
    if names[-1] == "learning_rate":
        rate, last = arguments[-1], len(names) - 1
        yield Way(f"{RATE} (as a Python float)", {last: float(rate)})
        yield Way(f"{RATE} (as a 0-d array)", {last: np.array(rate)})
        if arguments[0].dtype != np.float64:
            yield Way(FLOAT64, {last: np.float64(rate)})


def _results(returned: Any, count: int) -> Sequence[Any]:
    return returned if count > 1 else (returned,)


def _difference(plain: Sequence[Array], again: Sequence[Any]) -> Difference | None:
    """The first difference of two calls' results, whose order of bytes may be any."""
    if len(plain) != len(again):
        return Difference(0, f"{len(plain)} results", f"{len(again)}")
    for which, (expected, observed) in enumerate(zip(plain, again, strict=True)):
        if not isinstance(observed, np.ndarray):
            return Difference(which, "an array", f"a {type(observed).__name__}")
        if observed.shape != expected.shape:
            return Difference(which, f"shape {expected.shape}", f"shape {observed.shape}")
        if observed.dtype.newbyteorder("=") != expected.dtype:
            return Difference(which, f"dtype {expected.dtype}", f"dtype {observed.dtype}")
        native = observed.astype(expected.dtype)
        different = differs(expected, native)
        if different.any():
            at = tuple(int(axis) for axis in np.argwhere(different)[0])
            return Difference(which, f"{expected[at]!s} at {list(at)}", f"{native[at]!s} there")
    return None


def _changed(
    names: Sequence[str],
    before: Sequence[Any],
    after: Sequence[Any],
    in_place: Sequence[str],
) -> Difference | None:
    """An argument that was changed in this way alone: what was a copy has become a view."""
    for name, kept, given in zip(names, before, after, strict=True):
        if name not in in_place and np.any(np.asarray(kept) != np.asarray(given)):
            return Difference(0, f"{name} to stay as it was", "changed by the call")
    return None
