"""What a derivation's ReLU does at special values, and who does the same: told, and not judged.

Mathematics does not say what ReLU's gradient is at NaN, and frameworks differ there and at
infinite upstreams, signed zeros and subnormal numbers. A derivation makes choices of its own
without meaning to: `d[z <= 0] = 0` lets a gradient pass at NaN, `d * (z > 0)` makes NaN of an
infinite one. Who does the same is looked up in the table of conventions, in its words.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from textwrap import wrap
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from harness.calling import Misbehaved, call_stack
from harness.case import Array, Case, Layer
from harness.conventions import FORWARD, POINTS, UPSTREAMS, Conventions, number, word_of
from harness.derivation import PARAMETERS, TRAIN_STEP, Derivation
from harness.whole_step import step_by_step

# What is done at 0 is judged.
SPECIAL: Final = tuple(point for point in POINTS if point != "0")
PAIRS: Final = tuple(product(SPECIAL, UPSTREAMS))
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


def told(derivation: Derivation, recorded: Conventions) -> list[Alike]:
    """What the derivation does, beside what each spelling of the conventions does."""
    return alike(of_derivation(derivation), spellings(recorded))


def spellings(recorded: Conventions) -> dict[str, Answers]:
    """Each spelling's answers, for an element alone, as a derivation's formulas are asked.

    A spelling is named as its users write it, after its framework where another writes the same.
    """
    names = Counter(name for _, name in {row[:2] for row in recorded.rows})
    table: dict[str, Answers] = {}
    for row, cells in recorded.rows.items():
        if row.dtype == DTYPE.name:
            shared = names[row.spelling] > 1
            name = f"{row.framework} {row.spelling}" if shared else row.spelling
            answers = table.setdefault(name, {})
            for point, cell in zip(POINTS, cells, strict=True):
                answers[point, row.quantity] = cell.partition("|")[0]
    return table


def other_versions(recorded: Conventions, installed: Mapping[str, str]) -> Iterator[str]:
    """A note for each version installed that is not the one that the conventions are of."""
    for framework, version in ({"numpy": np.__version__} | dict(installed)).items():
        known = recorded.versions.get(framework, version)
        if known.partition("+")[0] != version.partition("+")[0]:
            yield (
                f"what {framework} does at special values was recorded with {known}, "
                f"and this is {version}"
            )


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
        for point in SPECIAL:
            here = {quantity: word for (at, quantity), word in answers.items() if at == point}
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
    """For people: who does the same as a formula everywhere, or else point by point."""
    for formula in dict.fromkeys(each["formula"] for each in found):
        here = [each for each in found if each["formula"] == formula]
        first, *others = (each["spellings"] for each in here)
        same = [name for name in first if all(name in names for names in others)]
        groups: dict[str, list[str]] = {}
        for each in here:
            groups.setdefault(_like(each), []).append(each["point"])
        parts = [f"at {', '.join(points)} {like}" for like, points in groups.items()]
        if same:
            parts = [f"at every special value {_as(same)}"]
        said = f"Not judged: {formula} does {'; '.join(parts)}."
        yield from wrap(said, 80, subsequent_indent="  ", break_on_hyphens=False)


def _like(each: dict[str, Any]) -> str:
    if each["spellings"]:
        return _as(each["spellings"])
    given = ", ".join(f"{word} ({quantity})" for quantity, word in each["answers"].items())
    return f"as none of them: {given}"


def _as(spellings: Sequence[str]) -> str:
    more = len(spellings) - NAMED
    named = ", ".join(f"`{name}`" for name in spellings[:NAMED])
    return f"as {named}{f' and {more} more' if more > 0 else ''}"


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
