"""The formulas, and the walk over a case that puts them together.

This is the only module of the harness that knows `reference`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

import reference
from harness.case import QUANTITIES, Array, Case, Relu
from harness.formats import carrier
from reference import neuron

Formula: TypeAlias = Callable[..., Any]


class Derivation(NamedTuple):
    """All formulas, or a whole step. `own` names what its file defines of them.

    What it leaves out of the formulas is the reference's; a whole step stands beside them. In a
    notebook, `places` are the cells of its formulas, or else of its quantities. One of `one_layer`
    is put to no case of several. `told` is worth saying in every verdict on it.
    """

    name: str
    dense_forward: Formula
    relu_forward: Formula
    relu_backward: Formula
    dense_backward: Formula
    sgd_step: Formula
    softmax_forward: Formula
    softmax_backward: Formula
    cross_entropy_forward: Formula
    cross_entropy_backward: Formula
    softmax_cross_entropy_backward: Formula
    own: tuple[str, ...]
    train_step: Formula | None = None
    places: Mapping[str, str] = MappingProxyType({})
    one_layer: bool = False
    told: tuple[str, ...] = ()

    def without_formulas(self) -> dict[str, Any]:
        """What there is to know about it beside its code."""
        return {
            "name": self.name,
            "own": self.own,
            "places": dict(self.places),
            "one_layer": self.one_layer,
            "told": self.told,
        }

    def takes(self, case: Case) -> bool:
        """Whether it is for cases of so many layers, with or without a head."""
        if case.targets is not None:
            return not set(self.own).isdisjoint(HEAD_FORMULAS)
        return not self.one_layer or len(case.layers) == 1

    def place(self, formula: str, quantity: str) -> str:
        """Where in its file a formula is, or what computes a quantity, in words."""
        named = self.places.get(formula), formula
        return self.places.get(quantity) or ", ".join(filter(None, named))


class Step(NamedTuple):
    """One call of a formula: the names of its arguments, and of the quantities that it returns."""

    formula: str
    arguments: tuple[str, ...]
    quantities: tuple[str, ...]


_GRADIENTS = ("deriv_relu_wrt_inputs", "deriv_relu_wrt_weights", "deriv_relu_wrt_biases")

# A layer's forward pass, from the first layer to the last.
FORWARD: Final = (
    Step("dense_forward", ("inputs", "weights", "biases"), ("layer_outputs",)),
    Step("relu_forward", ("layer_outputs",), ("relu_outputs",)),
)
# Its backward pass and its update, from the last layer to the first.
BACKWARD: Final = (
    Step("relu_backward", ("upstream", "layer_outputs"), ("deriv_relu_wrt_z",)),
    Step("dense_backward", ("deriv_relu_wrt_z", "inputs", "weights"), _GRADIENTS),
    Step("sgd_step", ("weights", "deriv_relu_wrt_weights", "learning_rate"), ("new_weights",)),
    Step("sgd_step", ("biases", "deriv_relu_wrt_biases", "learning_rate"), ("new_biases",)),
)
# Softmax and cross-entropy, after the last layer's forward pass.
HEAD: Final = (
    Step("softmax_forward", ("layer_outputs",), ("softmax_outputs",)),
    Step("softmax_backward", ("upstream", "softmax_outputs"), ("deriv_softmax_wrt_z",)),
    Step("cross_entropy_forward", ("softmax_outputs", "targets"), ("loss",)),
    Step(
        "cross_entropy_backward",
        ("softmax_outputs", "targets"),
        ("deriv_loss_wrt_softmax_outputs",),
    ),
    Step("softmax_cross_entropy_backward", ("softmax_outputs", "targets"), ("deriv_loss_wrt_z",)),
)
STEPS: Final = FORWARD + BACKWARD + HEAD
# Each formula's parameters as contract 1 names them, which also gives their number.
PARAMETERS: Final = {
    "dense_forward": ("inputs", "weights", "biases"),
    "relu_forward": ("layer_outputs",),
    "relu_backward": ("upstream", "layer_outputs"),
    "dense_backward": ("upstream", "inputs", "weights"),
    "sgd_step": ("parameter", "gradient", "learning_rate"),
    **{step.formula: step.arguments for step in HEAD},
}
FORMULAS: Final = tuple(PARAMETERS)
HEAD_FORMULAS: Final = tuple(step.formula for step in HEAD)
DOCUMENT_FORMULAS: Final = FORMULAS[: -len(HEAD)]
# A whole step returns, for each layer, a dict of quantities: any of them.
TRAIN_STEP: Final = "train_step"
TRAIN_STEP_PARAMETERS: Final = ("inputs", "layers", "upstream", "learning_rate")

REFERENCE: Final = Derivation(
    "reference",
    reference.dense_forward,
    reference.relu_forward,
    reference.relu_backward,
    reference.dense_backward,
    reference.sgd_step,
    reference.softmax_forward,
    reference.softmax_backward,
    reference.cross_entropy_forward,
    reference.cross_entropy_backward,
    reference.softmax_cross_entropy_backward,
    own=FORMULAS,
)


def reference_at(kink: float) -> Derivation:
    """The reference with another choice of ReLU's derivative where layer_outputs is 0.

    The document's choice is 0, and any number of the subdifferential [0, 1] is as good. Written
    for every kind of number: a ball around 0 holds all that its points may give.
    """
    if kink == 0:
        return REFERENCE

    def relu_backward(upstream: Any, layer_outputs: Any) -> Any:
        at_most_0 = np.where(layer_outputs <= 0, kink * upstream, upstream)
        return np.where(layer_outputs < 0, 0, at_most_0)

    return REFERENCE._replace(relu_backward=relu_backward)


def alone(derivation: Derivation, formula: str, reference: Derivation = REFERENCE) -> Derivation:
    """One formula of a derivation, or its whole step, among the reference's others."""
    own = with_formula(reference, formula, getattr(derivation, formula))
    return own._replace(name=derivation.name, own=(formula,))


def with_formula(derivation: Derivation, name: str, formula: Formula) -> Derivation:
    """The derivation with another formula, or whole step, of this name."""
    other: dict[str, Any] = {name: formula}
    return derivation._replace(**other)


def quantities_of(formula: str) -> tuple[str, ...]:
    """What a formula returns; of a whole step, all that it may."""
    if formula == TRAIN_STEP:
        return QUANTITIES
    return tuple(each for step in STEPS if step.formula == formula for each in step.quantities)


def formula_of(quantity: str) -> str:
    """The name of the formula that returns this quantity."""
    return next(step.formula for step in STEPS if quantity in step.quantities)


def _matrix_form(z: Array, upstream: Array) -> tuple[Array, Array]:
    carried, passed_in = (array.astype(carrier(array.dtype)) for array in (z, upstream))
    outputs, gradients = (
        REFERENCE.relu_forward(carried),
        REFERENCE.relu_backward(passed_in, carried),
    )
    return outputs.astype(z.dtype), gradients.astype(z.dtype)


def _scalar_form(z: Array, upstream: Array) -> tuple[Array, Array]:
    """Scenario A's neuron at each element: without inputs, its z is its bias."""
    pairs = zip(z.flat, upstream.flat, strict=True)
    steps = [neuron.one_next([], [], *pair, learning_rate=0) for pair in pairs]
    outputs = np.array([step.relu_output for step in steps], z.dtype)
    gradients = np.array([step.deriv_relu_wrt_z for step in steps], z.dtype)
    return outputs.reshape(z.shape), gradients.reshape(z.shape)


# The document writes ReLU's gradient twice, and these are different functions at special values.
RELUS: Final[dict[str, Relu]] = {
    "document, matrix form": _matrix_form,
    "document, scalar form": _scalar_form,
}
