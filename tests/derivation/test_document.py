"""The document's fixed example: every output that it prints, digit for digit."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from harness.calling import one_by_one
from harness.case import QUANTITIES, Case, Layer, Trace
from harness.plan import DTYPES
from harness.verification import Verification
from harness.walk import walk
from harness.whole_step import step_by_step
from harness.witness import trace_of
from reference import document


def document_case(verification: Verification, dtype: Any) -> Case:
    """The document's case; its upstream is the outputs of the ReLU itself."""

    def stacked(array: Any) -> Any:
        return np.asarray(array, dtype)[None]

    layers = (Layer(stacked(document.WEIGHTS), stacked(document.BIASES)),)
    inputs = stacked(document.INPUTS)
    nothing = np.zeros((1, len(document.INPUTS), document.BIASES.size), dtype)
    case = Case(inputs, layers, nothing, dtype(document.LEARNING_RATE))
    witness = next(iter(verification.witnesses.values()))
    return case._replace(upstream=getattr(trace_of(witness, case)[0], document.UPSTREAM))


@contextmanager
def as_the_document_prints() -> Iterator[None]:
    """NumPy's print settings as they were in the document's session: the defaults."""
    with np.printoptions(
        precision=8, suppress=False, sign="-", floatmode="maxprec", linewidth=75, legacy=False
    ):
        yield


def printed(name: str, value: Any) -> str:
    """A value as its cell prints it: the two updates with `print`, the others as a cell's value."""
    if name.endswith(".shape"):
        return str(value)
    positive_zero = value + 0.0
    return str(positive_zero) if name.startswith("new_") else repr(positive_zero)


def by_derivation(verification: Verification, case: Case, trace: Trace) -> Trace:
    """The derivation's own values: of each formula, fed with the trace's, or of its whole step."""
    derivation = verification.derivation
    if derivation.train_step:
        return step_by_step(derivation.train_step, case, [])
    return walk(one_by_one(derivation, case.shape, []), case, trace)


def value_of(name: str, case: Case, trace: Trace, verification: Verification) -> Any:
    """What the document calls `name`: an argument, a quantity, or one of the two made of them."""
    stem, _, attribute = name.partition(".")
    if stem == "inputs_dot_weights":
        layer = case.layers[0]
        without_biases = case._replace(layers=(layer._replace(biases=layer.biases * 0),))
        faults: list[Any] = []
        call = one_by_one(verification.derivation, case.shape, faults)
        value = walk(call, without_biases, trace)[0].layer_outputs
    elif stem in QUANTITIES:
        value = getattr(trace[0], stem)
    else:
        value = case.inputs if stem == "inputs" else getattr(case.layers[0], stem)
    if value is None:
        return None
    return getattr(value[0], attribute) if attribute else value[0]


OUTPUTS = [
    pytest.param(output, id=f"Out[{output.cell}]-{output.name}") for output in document.PRINTED
]


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_printed_output_is_met_digit_for_digit(
    verification: Verification, check: Callable[..., None], output: document.Printed
) -> None:
    """By the derivation, fed with each framework's values, and by each framework."""
    case = document_case(verification, np.float64)
    check("document", case)

    for name, witness in verification.witnesses.items():
        trace = trace_of(witness, case)
        own = by_derivation(verification, case, trace)
        values = {verification.derivation.name: own, name: trace}
        with as_the_document_prints():
            for whose, values_of in values.items():
                value = value_of(output.name, case, values_of, verification)
                if value is None:  # a whole step may leave quantities out
                    continue
                assert printed(output.name, value) == output.text, (
                    f"{output.name}, as computed by {whose}, is not what the document prints in "
                    f"'{output.section}', cell {output.cell}"
                )


@pytest.mark.parametrize("dtype", DTYPES, ids=[dtype.name for dtype in DTYPES])
def test_the_example_agrees_with_each_framework_in_every_dtype(
    verification: Verification, check: Callable[..., None], dtype: Any
) -> None:
    check("document", document_case(verification, dtype.type))


def test_the_document_prints_19_arrays_and_3_shapes() -> None:
    shapes = [output for output in document.PRINTED if re.fullmatch(r"\(\d, \d\)", output.text)]

    assert len(shapes) == 3
    assert len(document.PRINTED) - len(shapes) == 19
