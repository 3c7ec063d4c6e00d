"""Training in which every step is checked: the reference, and beside it each framework by itself.

A step of the reference is compared with what each framework makes of the same state, twice. Formula
by formula, each on the framework's own values, where the radius is as tight as it gets; and as the
whole step that it is, whose new parameters are the next state. Meanwhile each framework trains on,
from the same start, with what it computed itself: so the three part as rounding has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.calling import Fault
from harness.case import HEAD_QUANTITIES, Case, Layer, Trace
from harness.checking import Kept, compare
from harness.compared import Compared
from harness.derivation import REFERENCE, Derivation
from harness.training.data import UPSTREAM, Data, Plan, minibatches, start, step_case
from harness.training.network import accuracy, probabilities, updated
from harness.witness import Witness, trace_of

OURS: Final = "reference"


class OutsideError(Exception):
    """A step is not inside its radii; the message says where and what."""


class Training(NamedTuple):
    """How far the training in one dtype has come.

    `layers` and `accuracy`, one number for each epoch, are those of each trajectory: ours, and one
    a witness. `series` has one number for each step: see `columns`.
    """

    dtype: str
    epoch: int
    layers: Mapping[str, tuple[Layer, ...]]
    series: Mapping[str, list[float]]
    accuracy: Mapping[str, list[float]]


def columns(names: Sequence[str]) -> list[str]:
    """What is known of each step: how many numbers were compared, too, and how many ambiguous."""
    of_each = [f"{what} {name}" for name in names for what in ("alone", "whole", "distance")]
    return ["loss", "compared", "ambiguous alone", "ambiguous whole", *of_each]


def begin(data: Data, plan: Plan, dtype: str, names: Sequence[str]) -> Training:
    """Before the first step, where all trajectories are in the same place."""
    trajectories = (OURS, *names)
    layers = start(data, plan, np.dtype(dtype))
    return Training(
        dtype,
        0,
        dict.fromkeys(trajectories, layers),
        {column: [] for column in columns(names)},
        {name: [] for name in trajectories},
    )


def epoch(
    data: Data,
    plan: Plan,
    training: Training,
    witnesses: Sequence[Witness],
    derivation: Derivation = REFERENCE,
) -> Iterator[Training]:
    """An epoch's steps, one at a time; the last one has the next epoch's number and the accuracies.

    Raises OutsideError, WitnessError.
    """
    layers = training.layers
    series = {column: list(values) for column, values in training.series.items()}
    rng = plan.random(UPSTREAM, training.epoch)
    for number, places in enumerate(minibatches(data, plan, training.epoch)):
        upstream = rng.standard_normal((plan.batch, data.widths(plan)[-1]))
        cases = {
            name: step_case(data, plan, each, places, upstream) for name, each in layers.items()
        }
        try:
            layers, numbers = step(derivation, cases, witnesses)
        except OutsideError as error:
            where = f"{training.dtype}, epoch {training.epoch}, step {number}"
            raise OutsideError(f"{where}: {error}") from None
        for column, value in numbers.items():
            series[column].append(value)
        yield training._replace(layers=layers, series=series)
    reached = {
        name: [*before, tested(data, layers[name])] for name, before in training.accuracy.items()
    }
    yield Training(training.dtype, training.epoch + 1, layers, series, reached)


def tested(data: Data, layers: Sequence[Layer]) -> float:
    """The share of the test's images that a network gives their own class."""
    return accuracy(probabilities(REFERENCE, layers, data.test_images), data.test_classes)


def step(
    derivation: Derivation, cases: Mapping[str, Case], witnesses: Sequence[Witness]
) -> tuple[dict[str, tuple[Layer, ...]], dict[str, float]]:
    """The layers of each trajectory after its step, and what is known of ours; see `columns`.

    `cases` are the trajectories' steps, on the same images. Raises OutsideError, WitnessError.
    """
    expected = {witness.name: trace_of(witness, cases[OURS]) for witness in witnesses}
    ours, numbers = checked(derivation, cases[OURS], expected)
    layers = {OURS: ours}
    for witness in witnesses:
        layers[witness.name] = updated(trace_of(witness, cases[witness.name]))
        numbers[f"distance {witness.name}"] = distance(layers[witness.name], ours)
    return layers, numbers


def checked(
    derivation: Derivation, case: Case, expected: Mapping[str, Trace]
) -> tuple[tuple[Layer, ...], dict[str, float]]:
    """The layers after the derivation's step on a case, and what is known of it; see `columns`.

    `expected` are the witnesses' traces of the same case. Raises OutsideError.
    """
    alone, whole = Kept.nothing(), Kept.nothing()
    numbers: dict[str, float] = dict.fromkeys(("compared", "ambiguous alone", "ambiguous whole"), 0)
    for name, trace in expected.items():
        compared = inside(name, *compare(derivation, case, trace, False, kept=alone))
        numbers[f"alone {name}"] = largest(compared)
        numbers["ambiguous alone"] += sum(each.ambiguous for each in compared)
        numbers["compared"] += sum(each.expected.size for each in compared)
        compared = inside(name, *compare(derivation, case, trace, False, chained=True, kept=whole))
        numbers[f"whole {name}"] = largest(compared)
        numbers["ambiguous whole"] += sum(each.ambiguous for each in compared)
        numbers["compared"] += sum(each.expected.size for each in compared)
    observed = {(each.layer, each.quantity): each.observed for each in compared}
    numbers["loss"] = float(observed[len(case.layers), "loss"][0])
    places = range(len(case.layers))
    after = (Layer(observed[at, "new_weights"], observed[at, "new_biases"]) for at in places)
    return tuple(after), numbers


def inside(name: str, compared: Sequence[Compared], faults: Sequence[Fault]) -> Sequence[Compared]:
    """What was compared, if all of it is inside its radius. Raises OutsideError."""
    for fault in faults:
        raise OutsideError(
            f"{fault.formula} {fault.kind}, in layer {fault.layer}: expected {fault.expected}, "
            f"observed {fault.observed}"
        )
    for each in compared:
        if each.apart.any():
            at = tuple(int(axis) for axis in np.argwhere(each.apart)[0])
            of = "" if each.quantity in HEAD_QUANTITIES else f" of layer {each.layer}"
            raise OutsideError(
                f"{each.quantity}{of} is outside its radius, before {name}, at {list(at[1:])}: "
                f"expected {each.expected[at]!s}, observed {each.observed[at]!s}"
            )
    return compared


def largest(compared: Sequence[Compared]) -> float:
    """The largest error over radius of a step's quantities."""
    return max(each.largest or 0.0 for each in compared)


def distance(one: Sequence[Layer], other: Sequence[Layer]) -> float:
    """|one - other| / |other| of all parameters, in the Euclidean norm."""
    apart, whole = 0.0, 0.0
    for mine, theirs in zip(one, other, strict=True):
        for array, beside in zip(mine, theirs, strict=True):
            wide, base = array.astype(np.float64), beside.astype(np.float64)
            apart += float(np.sum((wide - base) ** 2))
            whole += float(np.sum(base**2))
    return float(np.sqrt(apart / whole))
