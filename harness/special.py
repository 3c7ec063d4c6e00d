"""What a derivation's ReLU does at special values, and who does the same: told, and not judged.

Mathematics does not say what ReLU's gradient is at NaN, and frameworks differ there and at
infinite upstreams, signed zeros and subnormal numbers. A derivation makes choices of its own
without meaning to: `d[z <= 0] = 0` lets a gradient pass at NaN, `d * (z > 0)` makes NaN of an
infinite one. Each answer is a word (`nan`, `-inf`, `-0`, `tiny` for the smallest subnormal, or a
decimal number), so that a table of spellings and their answers can come from anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from harness.calling import Misbehaved, call_stack
from harness.case import Array, Case, Layer, Trace
from harness.checking import Witness, trace_of
from harness.conventions import number, word_of
from harness.derivation import PARAMETERS, TRAIN_STEP, Derivation
from harness.whole_step import step_by_step

POINTS: Final = ("nan", "inf", "-inf", "-0", "tiny", "-tiny")
UPSTREAMS: Final = ("2", "nan", "inf")
PAIRS: Final = tuple(product(POINTS, UPSTREAMS))
FORWARD: Final = "forward"
DTYPE: Final = np.dtype(np.float64)
# As many spellings as a line names.
NAMED: Final = 3

# (point, quantity) to a word; a quantity is FORWARD, or `upstream 2` for its gradient.
Answers: TypeAlias = dict[tuple[str, str], str]


class Alike(NamedTuple):
    """One formula, or a step's quantity, at one point: its answers, and who gives the same."""

    formula: str
    point: str
    answers: dict[str, str]
    spellings: tuple[str, ...]


def told(derivation: Derivation, witnesses: Iterable[Witness]) -> list[Alike]:
    """What the derivation does, beside what the witnesses do. Raises WitnessError."""
    table = {
        getattr(witness, "relu", "") or witness.name: of_witness(trace_of(witness, case()))
        for witness in witnesses
    }
    return alike(of_derivation(derivation), table)


def case() -> Case:
    """One 1 x 1 case for each of PAIRS whose z is the point, for a layer of one neuron.

    -0 + z is z, also where z is -0.
    """
    z, upstream = (
        np.array([number(word, DTYPE) for word in words]).reshape(-1, 1, 1)
        for words in zip(*PAIRS, strict=True)
    )
    layer = Layer(np.ones_like(z), z)
    return Case(np.full_like(z, -0.0), (layer,), upstream, np.float64(1))


def of_witness(trace: Trace) -> Answers:
    """A witness's answers to the case, but where it computes another z (flushed, or +0)."""
    (layer,) = trace
    answers = _answers(layer.relu_outputs, layer.deriv_relu_wrt_z)
    reached = {
        point
        for (point, _), z in zip(PAIRS, layer.layer_outputs.flat, strict=True)
        if word_of(z, DTYPE) == point
    }
    return {where: word for where, word in answers.items() if where[0] in reached}


def of_derivation(derivation: Derivation) -> dict[str, Answers]:
    """The answers of each formula of the derivation's own that has a choice to make."""
    asked = case()
    z, upstream = asked.layers[0].biases, asked.upstream
    found = {}
    if "relu_forward" in derivation.own:
        found["relu_forward"] = _answers(_called(derivation, "relu_forward", z), None)
    if "relu_backward" in derivation.own:
        found["relu_backward"] = _answers(None, _called(derivation, "relu_backward", upstream, z))
    if derivation.train_step:
        (layer,) = step_by_step(derivation.train_step, asked, [])
        found[f"relu_outputs of {TRAIN_STEP}"] = _answers(layer.relu_outputs, None)
        found[f"deriv_relu_wrt_z of {TRAIN_STEP}"] = _answers(None, layer.deriv_relu_wrt_z)
    return {formula: answers for formula, answers in found.items() if answers}


def alike(own: Mapping[str, Answers], table: Mapping[str, Answers]) -> list[Alike]:
    """Each formula at each point, and the spellings of the table that answer the same there."""
    result = []
    for formula, answers in own.items():
        for point in POINTS:
            here = {quantity: word for (at, quantity), word in answers.items() if at == point}
            if not any(
                (point, quantity) in theirs for theirs in table.values() for quantity in here
            ):
                continue  # nobody reaches it
            same = tuple(
                spelling
                for spelling, theirs in table.items()
                if all(theirs.get((point, quantity)) == word for quantity, word in here.items())
            )
            result.append(Alike(formula, point, here, same))
    return result


def as_json(found: Sequence[Alike]) -> list[dict[str, Any]]:
    """The `conventions` list of the verdict."""
    return [each._asdict() | {"spellings": list(each.spellings)} for each in found]


def lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The same for people: one line a formula, its points grouped by who does the same."""
    for formula in dict.fromkeys(each["formula"] for each in found):
        groups: dict[str, list[str]] = {}
        for each in found:
            if each["formula"] == formula:
                groups.setdefault(_like(each), []).append(each["point"])
        parts = [f"at {', '.join(points)} {like}" for like, points in groups.items()]
        yield f"Not judged: {formula} does {'; '.join(parts)}."


def _like(each: dict[str, Any]) -> str:
    spellings = each["spellings"]
    if not spellings:
        given = ", ".join(f"{word} ({quantity})" for quantity, word in each["answers"].items())
        return f"as none of them: {given}"
    more = len(spellings) - NAMED
    return f"as {', '.join(spellings[:NAMED])}{f' and {more} more' if more > 0 else ''}"


def _called(derivation: Derivation, formula: str, *arguments: Array) -> Array | None:
    """A formula's results on every pair, or None if it refuses one of them."""
    try:
        (result,) = call_stack(
            getattr(derivation, formula), PARAMETERS[formula], arguments, [(1, 1)]
        )
    except Misbehaved:
        return None
    return result


def _answers(values: Array | None, gradients: Array | None) -> Answers:
    answers: Answers = {}
    for at, (point, upstream) in enumerate(PAIRS):
        if values is not None:
            answers[point, FORWARD] = word_of(values[at].item(), DTYPE)
        if gradients is not None:
            answers[point, f"upstream {upstream}"] = word_of(gradients[at].item(), DTYPE)
    return answers
