"""A whole step, `train_step`, as its author means it: called on one case at a time.

It returns a dict of quantities for each layer, any of them, and is otherwise held to what a
formula is held to (`calling.py`). It may update the parameters in place, as the document does.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from harness import kinds
from harness.calling import Elsewhere, Fault, Misbehaved, call_one, call_stack, quiet
from harness.case import QUANTITIES, Case, Layer, LayerTrace, Trace, quantity_shapes
from harness.derivation import TRAIN_STEP, Formula
from harness.formats import carrier

# What a step returned on one case: (layer, quantity) to its value.
Returned: TypeAlias = dict[tuple[int, str], Any]


class StoppedAt(Misbehaved):
    """What ends a step before it returns: it is told of the quantity that it is about."""

    def __init__(self, quantity: str, kind: str, expected: str, observed: str) -> None:
        super().__init__(0, kind, expected, observed)
        self.quantity = quantity


def step_by_step(train_step: Formula, case: Case, faults: list[Fault]) -> Trace:
    """The trace of a stack of cases; None for what the step leaves out, and after a fault."""
    if (carried := carrier(case.dtype)) != case.dtype:
        return _carried(train_step, case, carried, faults)
    if not isinstance(train_step, Elsewhere):
        return _step_by_step(train_step, case, faults)
    try:
        trace, told = train_step.run(_traced, case, first=1)
    except Misbehaved as error:
        trace, told = (
            (LayerTrace(*[None] * len(QUANTITIES)),) * len(case.layers),
            [Fault(TRAIN_STEP, QUANTITIES[0], 0, *error.fault)],
        )
    faults += told
    return trace


def _carried(train_step: Formula, case: Case, carried: np.dtype[Any], faults: list[Fault]) -> Trace:
    layers = tuple(Layer(*(each.astype(carried) for each in layer)) for layer in case.layers)
    inputs, upstream, rate = (
        each.astype(carried) for each in (case.inputs, case.upstream, case.learning_rate)
    )
    trace = step_by_step(train_step, Case(inputs, layers, upstream, rate), faults)
    return tuple(
        LayerTrace(*(each if each is None else each.astype(case.dtype) for each in layer))
        for layer in trace
    )


def _traced(train_step: Formula, case: Case) -> tuple[Trace, list[Fault]]:
    faults: list[Fault] = []
    return _step_by_step(train_step, case, faults), faults


def _step_by_step(train_step: Formula, case: Case, faults: list[Fault]) -> Trace:
    depth = len(case.layers)
    parameters = [parameter for layer in case.layers for parameter in layer]
    arguments = [case.inputs, *parameters, case.upstream, case.learning_rate]
    names = ["inputs", *["parameter"] * len(parameters), "upstream", "learning_rate"]
    shapes = quantity_shapes(case.shape)
    step = on_arrays(train_step, depth)
    keys: list[tuple[int, str]] = []

    def formula(*arrays: Any) -> Any:
        """The step in the form of a formula: its values, or its one value."""
        returned = step(*arrays)
        if list(returned) != keys:
            raise Misbehaved(0, kinds.OTHER_QUANTITIES, _named(keys), _named(returned))
        values = tuple(returned.values())
        return values if len(values) > 1 else values[0]

    results: dict[tuple[int, str], Any] = {}
    try:
        first = [np.copy(array[0]) if np.ndim(array) else array for array in arguments]
        with quiet():
            keys += call_one(step, first, 0)
        if keys:
            expected = [getattr(shapes[layer], quantity) for layer, quantity in keys]
            results = dict(zip(keys, call_stack(formula, names, arguments, expected), strict=True))
    except Misbehaved as error:
        layer, quantity = keys[error.which] if keys else (0, QUANTITIES[0])
        quantity = error.quantity if isinstance(error, StoppedAt) else quantity
        faults.append(Fault(TRAIN_STEP, quantity, layer, *error.fault))
    return tuple(
        LayerTrace(*(results.get((layer, quantity)) for quantity in QUANTITIES))
        for layer in range(depth)
    )


def on_arrays(train_step: Formula, depth: int) -> Callable[..., Returned]:
    """The step as a function of inputs, each layer's weights and biases, upstream and rate."""

    def step(inputs: Any, *rest: Any) -> Returned:
        *parameters, upstream, learning_rate = rest
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        returned = train_step(inputs, layers, upstream, learning_rate)
        wanted = f"a list of {depth} dict{'s' if depth > 1 else ''}, one a layer"
        if not isinstance(returned, list | tuple):
            raise Misbehaved(0, kinds.WRONG_THING, wanted, f"a {type(returned).__name__}")
        types = [type(layer).__name__ for layer in returned]
        if len(returned) != depth or not all(isinstance(layer, dict) for layer in returned):
            shown = f"a {type(returned).__name__} of {', '.join(types) or 'nothing'}"
            raise Misbehaved(0, kinds.WRONG_THING, wanted, shown)
        found = {
            (layer, name): array for layer, d in enumerate(returned) for name, array in d.items()
        }
        for _, name in found:
            if name not in QUANTITIES:
                wanted = f"any of {', '.join(QUANTITIES)}"
                raise Misbehaved(0, kinds.UNKNOWN_QUANTITY, wanted, str(name))
        return found

    return step


def _named(keys: Any) -> str:
    return ", ".join(f"{quantity} of layer {layer}" for layer, quantity in keys) or "none"
