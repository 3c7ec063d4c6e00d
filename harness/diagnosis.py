"""Which mistake a wrong derivation looks like.

The derivation is asked once more, on the reported case and on a battery of other cases, on which
no two mistakes of a formula are the same; then every known mistake of the formula is asked the
same. One that has the observed bits on all of them is named. Where none has, `pattern.py` says
what the errors have in common.

The battery is chosen so that an error has the same bits however it is spelled: on tiny integers,
and sizes that are powers of two, neither sums nor means round; and where numbers need more bits
than float16 or float32 have, there is one term in each sum.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Final

import numpy as np

from harness.calling import Fault, one_by_one
from harness.case import QUANTITIES, Case, Shape, Trace
from harness.compare import is_bit_for_bit
from harness.derivation import HEAD_FORMULAS, TRAIN_STEP, Derivation
from harness.finding import VALUES, Diagnosis, Finding
from harness.head import ALONE, head_stack, one_alone
from harness.kinds import CHANGED, RAISED, WRONG_SHAPE
from harness.lattice import LADDER, lattice_stack
from harness.mistakes import CATALOGUE, Mistake, planted
from harness.pattern import Sample, describe
from harness.seen import Seen, radii, said_of, same
from harness.walk import only, walk
from harness.whole_step import step_by_step
from harness.witness import Witness, WitnessError, trace_of

# Every equality of sizes that lets a wrong shape fit, and every size of 1 that hides an error.
ONE_LAYER: Final[tuple[Shape, ...]] = tuple(product((1, 2, 4), repeat=3))
LAYERS: Final[tuple[Shape, ...]] = (
    *((1, 1, 1, 1), (2, 2, 2, 2), (2, 4, 2, 2), (4, 2, 2, 4), (1, 2, 1, 4), (4, 2, 4, 2)),
    *((2, 2, 2, 2, 2), (2, 1, 2, 2, 4)),
)
CASES: Final = 8
SEED: Final = 0

# The quantities that have a value for every z.
OF_UNITS: Final = ("layer_outputs", "relu_outputs", "deriv_relu_wrt_z")


def diagnose(derivation: Derivation, finding: Finding, witness: Witness) -> Diagnosis | None:
    """What the derivation did wrong, as far as it is known; the witness has the truth.

    None if a finding is of a kind that no mistake could explain, or if the derivation does not
    behave well enough to be asked again.
    """
    if not _told(finding.kind):
        return None
    seen: list[Seen] = []
    try:
        for case in _cases(finding, derivation.one_layer):
            truth = trace_of(witness, case)
            trace, faults = _ask(derivation, finding.formula, case, truth)
            # What hangs or answers at random would do so again on every case.
            if not all(_told(fault.kind) for fault in faults):
                return None
            seen.append(Seen(case, truth, trace, faults, radii(case, truth)))
    except WitnessError:
        return None
    if mistakes := _mistakes(finding, seen, derivation.one_layer):
        return Diagnosis(mistakes)
    if finding.kind != VALUES:
        return None
    if finding.formula in HEAD_FORMULAS:
        return Diagnosis()
    battery = [each for each in seen if each.case is not finding.shown.case]
    return Diagnosis(pattern=describe(list(_samples(finding.quantity, battery))))


def _told(kind: str) -> bool:
    return kind in (VALUES, RAISED, WRONG_SHAPE) or kind.startswith(CHANGED)


def _cases(finding: Finding, one_layer: bool) -> Iterator[Case]:
    """The reported case, where rounding cannot make two spellings differ, and the battery."""
    if finding.formula in HEAD_FORMULAS:
        yield from _battery_of_head(finding.formula in ALONE)
        return
    if is_bit_for_bit(finding.shown.regime):
        yield finding.shown.case
    yield from _battery(finding.formula == TRAIN_STEP and not one_layer)


@cache
def _battery(layers: bool) -> tuple[Case, ...]:
    rng, dtype = np.random.default_rng(SEED), np.dtype(np.float64)
    shapes = ONE_LAYER + LAYERS if layers else ONE_LAYER
    tiny, *wider = LADDER[:-1]
    stacks = [lattice_stack(rng, shape, dtype, tiny, CASES) for shape in shapes]
    for rung in wider:
        stacks += [lattice_stack(rng, ONE_LAYER[0], dtype, rung, CASES) for _ in range(4)]
    return tuple(stacks)


@cache
def _battery_of_head(far: bool) -> tuple[Case, ...]:
    """Logits near each other, and `far` from it for what has an answer where outputs are 0."""
    rng, dtype = np.random.default_rng(SEED), np.dtype(np.float64)
    shapes = list(product((1, 2, 3), (1, 2, 3)))
    stacks = [head_stack(rng, shape, dtype, CASES) for shape in shapes]
    if far:
        stacks += [one_alone(rng, batch, classes, dtype, CASES) for batch, classes in shapes]
    return tuple(stacks)


def _ask(
    derivation: Derivation, formula: str, case: Case, truth: Trace
) -> tuple[Trace, list[Fault]]:
    """One formula on right arguments, or a whole step: the derivation's own, or one made of it."""
    faults: list[Fault] = []
    call = one_by_one(derivation, case.shape, faults, case.targets is not None)
    if formula != TRAIN_STEP:
        return walk(only([formula], call), case, truth), faults
    if derivation.train_step:
        return step_by_step(derivation.train_step, case, faults), faults
    return walk(call, case), faults


def _mistakes(finding: Finding, seen: Sequence[Seen], one_layer: bool) -> tuple[Mistake, ...]:
    """The mistakes that explain all that was seen; more than one only if nothing tells them apart.

    In a whole step, which has mistakes of its own, any formula may be the one that is wrong. What
    it spoils first may be left out there, and an exception is about no one quantity. In a step of
    one layer a formula's mistake comes first: several of a step's are the same without a second.
    """
    formula, quantity = finding.formula, finding.quantity
    any_quantity = formula == TRAIN_STEP or finding.kind == RAISED
    own = [each for each in CATALOGUE if each.formula == formula]
    others = [each for each in CATALOGUE if formula == TRAIN_STEP != each.formula]
    groups = (others, own) if one_layer else (own, others)
    # A script writes out what a formula does for weights and for biases: one may be right.
    alone = [(others, (quantity,))] if one_layer else []
    for group, about in [*((group, QUANTITIES) for group in groups), *alone]:
        meant = [each for each in group if any_quantity or quantity in each.quantities]
        fits = [mistake for mistake in meant if _explains(mistake, formula, seen, about)]
        # What explains two quantities says more than what explains one of them.
        most = max((len(mistake.quantities) for mistake in fits), default=0)
        if fits:
            return tuple(mistake for mistake in fits if len(mistake.quantities) == most)
    return ()


def _explains(mistake: Mistake, formula: str, seen: Sequence[Seen], about: Sequence[str]) -> bool:
    """Whether the mistake has the observed bits everywhere, and is wrong somewhere.

    A mistake may need a shape that fits. Where the derivation fails for a shape that does not,
    the mistake, which is written to fail nowhere, must be right.
    """
    wrong = planted(mistake)
    quantities = about if formula == TRAIN_STEP else mistake.quantities
    is_wrong = False
    for case, truth, observed, faults, near in seen:
        trace, own_faults = _ask(wrong, formula, case, truth)
        right = not own_faults and same(truth, trace, quantities, near)
        # In a whole step, what fails in one layer may be right or wrong in another.
        silent = formula == TRAIN_STEP and not own_faults
        if (right or silent) and _fails(truth, observed, faults):
            continue
        rounds = near is not None
        told = said_of(quantities, faults, rounds)
        if faults and not told:  # another quantity's fault, which hides this one
            continue
        alike = told == said_of(quantities, own_faults, rounds)
        if not alike or not same(observed, trace, quantities, near):
            return False
        is_wrong |= bool(told) or not same(truth, observed, quantities, near)
    return is_wrong


def _fails(truth: Trace, observed: Trace, faults: Sequence[Fault]) -> bool:
    """Whether a derivation fails on a shape: in JavaScript, what is not there is not a number."""
    return any(fault.kind in (RAISED, WRONG_SHAPE) for fault in faults) or any(
        wrong is not None and (np.isnan(wrong) & np.isfinite(right)).any()
        for entries in zip(truth, observed, strict=True)
        for right, wrong in zip(*entries, strict=True)
    )


def _samples(quantity: str, seen: Sequence[Seen]) -> Iterator[Sample]:
    """The observed values beside the truth, layer by layer."""
    for case, truth, observed, *_ in seen:
        arrays = (case.inputs, case.upstream, *(layer.weights for layer in case.layers))
        small = max(np.abs(array).max(initial=0) for array in arrays) < 2.0 ** LADDER[0].bits
        for right, wrong in zip(truth, observed, strict=True):
            value = getattr(wrong, quantity)
            if value is not None:
                sizes = len(case.inputs[0]), *right.new_weights[0].shape
                z = right.layer_outputs if quantity in OF_UNITS else None
                expected = getattr(right, quantity)
                yield Sample(sizes, len(case.layers), bool(small), expected, value, z)
