"""The document's Scenarios: A (one neuron, one next), B (several next), C (layers of neurons)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from harness.case import QUANTITIES, Case, LayerTrace, Trace
from harness.plan import DTYPES, layers_stacks, size
from harness.strategies import lattice_cases
from harness.verification import Verification
from harness.witness import trace_of
from reference import neuron

NAMES = [dtype.name for dtype in DTYPES]
EXAMPLES = 10
ONE_SAMPLE = ((1, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, 1), (1, 9, 1))
ONE_NEURON_SEVERAL_NEXT = ((1, 1, 1, 1), (1, 3, 1, 4))


def layer_trace(step: neuron.NeuronStep) -> LayerTrace:
    """One neuron's numbers as the matrices of a layer with one neuron."""

    def column(values: list[float]) -> Any:
        return np.array(values).reshape(1, -1, 1)

    def one(value: float) -> Any:
        return np.full((1, 1, 1), value)

    return LayerTrace(
        one(step.layer_output),
        one(step.relu_output),
        one(step.deriv_relu_wrt_z),
        np.array(step.deriv_relu_wrt_inputs).reshape(1, 1, -1),
        column(step.deriv_relu_wrt_weights),
        one(step.deriv_relu_wrt_bias),
        column(step.new_weights),
        one(step.new_bias),
    )


def assert_scalar_form(step: neuron.NeuronStep, traces: dict[str, Trace]) -> None:
    """The scalar form is what every framework says of the first layer."""
    for name, trace in traces.items():
        for quantity in QUANTITIES:
            by_hand, by_framework = (
                getattr(each, quantity) for each in (layer_trace(step), trace[0])
            )
            assert np.array_equal(by_hand, by_framework.astype(np.float64)), (
                f"reference/neuron.py: {quantity} is {by_hand.tolist()}, {name} has "
                f"{by_framework.tolist()}"
            )


def traces_of(verification: Verification, case: Case) -> dict[str, Trace]:
    """Of every framework; of none if it makes another choice at the kink than the scalar form."""
    if verification.kink:
        return {}
    return {name: trace_of(witness, case) for name, witness in verification.witnesses.items()}


def numbers(array: Any) -> list[float]:
    return [float(value) for value in np.ravel(array)]


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_scenario_a_one_neuron_one_next(
    verification: Verification, check: Callable[..., None], dtype: np.dtype[Any]
) -> None:
    """The scalar form, the matrix form at 1 x n -> 1, and the frameworks are one function."""

    @settings(max_examples=EXAMPLES)
    @given(lattice_cases(ONE_SAMPLE, dtype, 2))
    def scenario(case: Case) -> None:
        check("exact", case)

        (layer,) = case.layers
        step = neuron.one_next(
            numbers(case.inputs),
            numbers(layer.weights),
            float(layer.biases.item()),
            float(case.upstream.item()),
            float(case.learning_rate),
        )
        assert_scalar_form(step, traces_of(verification, case))

    scenario()


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_scenario_b_one_neuron_several_next(
    verification: Verification, check: Callable[..., None], dtype: np.dtype[Any]
) -> None:
    """Each neuron of the next layer (1 x 1 -> n) returns a derivative, and they are summed."""

    @settings(max_examples=EXAMPLES)
    @given(lattice_cases(ONE_NEURON_SEVERAL_NEXT, dtype, 2))
    def scenario(case: Case) -> None:
        check("exact", case)

        traces = traces_of(verification, case)
        first, following = case.layers
        x, w, b = numbers(case.inputs), numbers(first.weights), float(first.biases.item())
        output = neuron.relu(neuron.forward(x, w, b))
        rate = float(case.learning_rate)
        next_neurons = [
            neuron.one_next([output], [weight], bias, deriv, rate)
            for weight, bias, deriv in zip(
                numbers(following.weights),
                numbers(following.biases),
                numbers(case.upstream),
                strict=True,
            )
        ]
        derivs_from_next = [each.deriv_relu_wrt_inputs[0] for each in next_neurons]
        assert_scalar_form(neuron.several_next(x, w, b, derivs_from_next, rate), traces)

    scenario()


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_scenario_c_layers_of_neurons(
    verification: Verification,
    check_planned: Callable[..., None],
    seed: int,
    dtype: np.dtype[Any],
) -> None:
    """The next layer's deriv_relu_wrt_inputs is this layer's upstream, also when chained."""
    check_planned(layers_stacks, seed, dtype, size(verification.derivation))
