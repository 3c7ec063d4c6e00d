"""The walk over a case that puts the formulas together, whatever makes their calls."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeAlias

from harness.case import QUANTITIES, Case, HeadTrace, LayerTrace, Trace
from harness.derivation import BACKWARD, FORWARD, HEAD, REFERENCE, Derivation, Step

_OF_RELU: Final = ("relu_forward", "relu_backward")
_NOTHING: Final = dict.fromkeys(QUANTITIES)
# What the next layer passes back, or the head.
_PASSED_BACK: Final = ("deriv_relu_wrt_inputs", "deriv_loss_wrt_z")

# Makes one step at one layer: (step, layer, its arguments' values) to the quantities' values.
Call: TypeAlias = Callable[[Step, int, Sequence[Any]], Sequence[Any]]


def in_order(depth: int, head: bool = False) -> list[tuple[int, Step]]:
    """Every (layer, step) of a training step, in the order of computation; the head is last."""
    forward = [(layer, step) for layer in range(depth) for step in FORWARD]
    middle = [(depth, step) for step in HEAD] if head else []
    backward = [(layer, step) for layer in reversed(range(depth)) for step in BACKWARD]
    return forward + middle + backward


def walk(call: Call, case: Case, given: Trace | None = None) -> Trace:
    """Every quantity of every layer, by `call`, in the order of a training step.

    Without `given`, each formula gets what the formulas before it returned: the next layer's
    deriv_relu_wrt_inputs is this layer's upstream (Scenario C), and deriv_loss_wrt_z that of the
    last layer before a head. With `given`, a trace of the same case, each formula gets its
    arguments from there, so that one wrong formula spoils the quantities it returns and no other.
    """
    depth, head = len(case.layers), case.targets is not None
    computed: list[dict[str, Any]] = [{} for _ in range(depth + head)]

    def quantity(layer: int, name: str) -> Any:
        return computed[layer][name] if given is None else getattr(given[layer], name)

    def before(layer: int) -> Any:
        if layer == 0:
            return case.inputs
        outputs = "layer_outputs" if layer - 1 in case.linear else "relu_outputs"
        return quantity(layer - 1, outputs)

    def argument(layer: int, name: str) -> Any:
        if name == "inputs" or (layer == depth and name == "layer_outputs"):
            return before(layer)
        if name == "upstream":
            if layer == depth or (layer == depth - 1 and not head):
                return case.upstream
            return quantity(layer + 1, _PASSED_BACK[layer == depth - 1])
        if name == "deriv_relu_wrt_z" and layer in case.linear:
            return argument(layer, "upstream")
        if name in ("learning_rate", "targets"):
            return getattr(case, name)
        if name in ("weights", "biases"):
            return getattr(case.layers[layer], name)
        return quantity(layer, name)

    for layer, step in in_order(depth, head):
        if layer in case.linear and step.formula in _OF_RELU:
            continue
        values = call(step, layer, [argument(layer, name) for name in step.arguments])
        computed[layer].update(zip(step.quantities, values, strict=True))
    layers = [LayerTrace(**_NOTHING | each) for each in computed[:depth]]
    return (*layers, *(HeadTrace(**each) for each in computed[depth:]))


def only(formulas: Collection[str], call: Call) -> Call:
    """A call that leaves the other formulas out."""

    def only(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        if step.formula not in formulas:
            return [None] * len(step.quantities)
        return call(step, layer, arguments)

    return only


def reference_on(number: Callable[[Any], Any], reference: Derivation | None = None) -> Call:
    """A call that runs the reference's formulas on another kind of number.

    `number` makes one of an array, and leaves its own kind as it is (Ball, Extent). Targets are
    no numbers to compute with.
    """

    def call(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        numbers = [
            value if name == "targets" else number(value)
            for name, value in zip(step.arguments, arguments, strict=True)
        ]
        result = getattr(reference or REFERENCE, step.formula)(*numbers)
        return result if isinstance(result, tuple) else (result,)

    return call
