"""A derivation against one witness on one stack of cases: where they part, in numbers."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from harness.ball import Ball
from harness.blocks import in_blocks
from harness.calling import Fault, one_by_one
from harness.case import (
    Case,
    Trace,
    numbers,
    part,
    part_of_trace,
)
from harness.compared import Compared, compare_traces, joined
from harness.derivation import FORMULAS, REFERENCE, TRAIN_STEP, Derivation, Formula, Step
from harness.formats import precision
from harness.forms import in_any_form
from harness.once import Made, once, patched
from harness.walk import Call, only, walk
from harness.whole_step import step_by_step


class Kept(NamedTuple):
    """What was computed for one witness, on one stack, and need not be for the next; see `once`.

    The formulas' results and their balls; the whole step's trace and faults.
    """

    observed: Made
    balls: dict[int, Made]  # of each block of the stack, by its first case
    by_step: list[tuple[Trace, list[Fault]]]

    @classmethod
    def nothing(cls) -> Self:
        """Before the first witness."""
        return cls({}, {}, [])


def compare_all(
    derivation: Derivation,
    case: Case,
    expected: Trace,
    exact: bool,
    reference: Derivation = REFERENCE,
    recomputes: bool = False,
    kept: Kept | None = None,
    formulas: Collection[str] = FORMULAS,
) -> tuple[list[Compared], list[Fault]]:
    """What there is of the derivation: its formulas, each by itself, and its whole step.

    `formulas` may leave some out. `reference` computes the certified radii: `reference_at` the
    kink that the witness chose. `recomputes` is for a witness whose reverse pass computes its own
    layer_outputs. `kept` is from the same derivation and reference on the same case, before
    another witness.
    """
    kept = kept or Kept.nothing()
    compared: list[Compared] = []
    faults: list[Fault] = []
    if derivation.own != (TRAIN_STEP,):
        compared, faults = compare(
            derivation,
            case,
            expected,
            exact,
            reference=reference,
            formulas=formulas,
            recomputes=recomputes,
            kept=kept,
        )
    if derivation.train_step and case.targets is None:
        step = derivation.train_step
        by_step, step_faults = compare_step(step, case, expected, exact, reference, kept)
        compared, faults = compared + by_step, faults + step_faults
    return compared, faults


def compare(
    derivation: Derivation,
    case: Case,
    expected: Trace,
    exact: bool,
    chained: bool = False,
    reference: Derivation = REFERENCE,
    formulas: Collection[str] = FORMULAS,
    recomputes: bool = False,
    kept: Kept | None = None,
) -> tuple[list[Compared], list[Fault]]:
    """Every quantity of the derivation against the witness's trace, in the order of a step.

    Each formula is fed the witness's own values of its arguments, so the blame is local: to the
    derivation for a formula it gets wrong, to the witness for an operation it does. What follows
    softmax is held to what may be computed of the last layer's outputs, for frameworks go on from
    these, by way of log-softmax. `chained` feeds each formula what the derivation computed before,
    as a training step does. Not chained, `formulas` may leave some out. For a witness that
    `recomputes`, the side of the kink on which its mask finds a unit is as sure as rounding leaves
    it, whatever layer_outputs it returned.
    """
    faults: list[Fault] = []
    kept = kept or Kept.nothing()
    given = None if chained else expected
    head = case.targets is not None
    observing = once(one_by_one(derivation, case.shape, faults, head), kept.observed, patched)
    observed = walk(only(formulas, observing), case, given)
    if exact:
        return list(compare_traces(expected, observed)), faults
    return _inside_balls(
        case, expected, observed, reference, kept.balls, chained, recomputes
    ), faults


def compare_step(
    train_step: Formula,
    case: Case,
    expected: Trace,
    exact: bool,
    reference: Derivation = REFERENCE,
    kept: Kept | None = None,
) -> tuple[list[Compared], list[Fault]]:
    """A whole step against the witness's trace, up to the first quantity that is apart.

    What is computed from a wrong quantity says nothing more.
    """
    kept = kept or Kept.nothing()
    if not kept.by_step:
        told: list[Fault] = []
        kept.by_step.append((step_by_step(train_step, case, told), told))
    ((observed, faults),) = kept.by_step
    if exact:
        quantities: Iterable[Compared] = compare_traces(expected, observed)
    else:
        quantities = _inside_balls(case, expected, observed, reference, kept.balls, chained=True)
    compared = []
    for each in quantities:
        compared.append(each._replace(formula=TRAIN_STEP))
        if each.apart.any():
            break
    return compared, faults


def _inside_balls(
    case: Case,
    expected: Trace,
    observed: Trace,
    reference: Derivation,
    kept: dict[int, Made],
    chained: bool,
    recomputes: bool = False,
) -> list[Compared]:
    """Every quantity beside its balls, in blocks of the stack that fit into a processor's cache."""

    def inside(block: slice) -> list[Compared]:
        some = part(case, block)
        theirs, ours = part_of_trace(expected, block), part_of_trace(observed, block)
        call = _on_balls(case.dtype, reference, recomputes, kept.setdefault(block.start, {}))
        # Only a witness that overflows where nothing should makes balls that are not finite.
        with np.errstate(all="ignore"):
            balls = walk(call, some, None if chained else theirs)
        return list(compare_traces(theirs, ours, balls))

    size = numbers(case.shape, case.targets is not None)
    blocks = in_blocks(inside, len(case.inputs), size)
    return [joined(each, expected, observed) for each in zip(*blocks, strict=True)]


def _on_balls(dtype: np.dtype[Any], reference: Derivation, recomputes: bool, made: Made) -> Call:
    tested = precision(dtype)

    def ball(value: Any) -> Ball:
        return value if isinstance(value, Ball) else Ball.exact(value, tested)

    call = once(in_any_form(reference, ball), made, Ball.patched)
    balls: dict[tuple[int, str], Any] = {}

    def recomputing(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        anew = {"softmax_outputs"}
        if recomputes and step.formula == "relu_backward":
            anew.add("layer_outputs")
        named = zip(step.arguments, arguments, strict=True)
        own = [balls[layer, name] if name in anew else argument for name, argument in named]
        results = call(step, layer, own)
        places = [(layer, quantity) for quantity in step.quantities]
        balls.update(zip(places, results, strict=True))
        return results

    return recomputing
