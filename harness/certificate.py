"""Which known mistakes the very cases of a run would have caught.

That a derivation agrees is worth as much as the cases could have refused. So of the stacks on which
it agrees, the first cases are put to every mistake of the catalogue that is still open: planted in
the reference, and compared with the witness's trace just as the derivation was. What no case
refuses has survived, and a run with a survivor is no full agreement.

A mistake is asked of the formulas that the derivation owns, in the quantities that were compared;
those of a whole step where one was checked, or where formulas were checked chained, which is what
asks whether they fit together. Asked while the cases are at hand, so nothing is kept; what is
caught is not asked again, and no shape is asked often, so it costs little.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from textwrap import wrap
from typing import Any, Final, TypeAlias

import numpy as np

from harness.calling import one_by_one
from harness.case import Array, Case, LayerTrace, Shape, Trace, part, part_of_trace
from harness.checking import compare, compare_step
from harness.compared import Compared
from harness.derivation import (
    FORMULAS,
    HEAD_FORMULAS,
    REFERENCE,
    TRAIN_STEP,
    Derivation,
    reference_at,
)
from harness.head import head_stack
from harness.lattice import LADDER, Rung, lattice_stack
from harness.mistakes import CATALOGUE, Mistake, planted
from harness.table import listed
from harness.walk import walk

# So many cases of a stack are its sample, and so many of one kind are asked in all.
CASES: Final = 8
MOST: Final = 32
# The mistakes that are about the kink alone, by ReLU's derivative there. Where a run chooses that
# derivative, its mistake is right, and the document's own choice is one in its place.
AT_KINK: Final = {"kink_half": 0.5, "mask_ge": 1.0}
KINK_ZERO: Final = Mistake(
    *("kink_zero", "relu_backward", ("deriv_relu_wrt_z",), REFERENCE.relu_backward),
    "Nothing passes where z is exactly 0: the document's choice, and not that of this run.",
)
NAMES: Final = tuple(each.name for each in (*CATALOGUE, KINK_ZERO))
# Where every mistake can be seen, from the simplest on: see `shown_by`.
SIMPLEST: Final[tuple[Shape, ...]] = (
    *sorted(product((1, 2), repeat=3), key=sum),
    *((1, 1, 1, 1), (2, 2, 2, 2)),
)
# From so many survivors on, the others are counted, not named.
NAMED: Final = 24

# What is asked seldom: exact or not, dtype, shape, and which quantities of which formulas.
Kind: TypeAlias = tuple[bool, str, Shape, frozenset[tuple[str, str]]]


@dataclass
class Certificate:
    """The names of the mistakes that these cases refuse, and of those that they do not."""

    kink: float = 0  # ReLU's derivative at 0 in this run
    one_layer: bool = False  # what only several layers show is no mistake that it can have
    caught: set[str] = field(default_factory=set)
    survivors: set[str] = field(default_factory=set)
    cases: int = 0  # of the sample
    asked: Counter[Kind] = field(default_factory=Counter)


def catalogue(kink: float) -> tuple[Mistake, ...]:
    """What is a mistake in a run with this derivative of ReLU at 0."""
    if not kink:
        return CATALOGUE
    return (*(each for each in CATALOGUE if AT_KINK.get(each.name) != kink), KINK_ZERO)


def ask(
    certificate: Certificate,
    formulas: Collection[str],
    chained: bool,
    compared: Iterable[Compared],
    case: Case,
    truth: Trace,
    exact: bool,
    known: dict[tuple[object, ...], bool] | None = None,
) -> None:
    """Put the first cases of a stack to the mistakes that are still open.

    `truth` is the trace of a witness with which the derivation agrees on the whole stack, as
    `compared` says; `formulas` are the derivation's own, which may also have been `chained`.
    `known` is what came of asking on this stack before, whichever derivation's run it was.
    """
    known = {} if known is None else known
    checked = {(item.formula, item.quantity) for item in compared if item.formula in formulas}
    if chained and TRAIN_STEP not in formulas and case.targets is None:
        checked |= {(TRAIN_STEP, item.quantity) for item in compared}
    kind = exact, case.dtype.name, case.shape, frozenset(checked)
    sample = smooth = np.arange(len(case.inputs))[: min(CASES, MOST - certificate.asked[kind])]
    certificate.asked[kind] += len(sample)
    certificate.cases += len(sample)
    mistakes = [
        each
        for each in catalogue(certificate.kink)
        if each.name not in certificate.caught
        and checked.issuperset((each.formula, quantity) for quantity in each.quantities)
        and not (certificate.one_layer and _layers(each, certificate.kink) > 1)
    ]
    certificate.survivors.update(each.name for each in mistakes)
    if certificate.kink:
        # The mistakes are written for the document's derivative there, and asked away from it.
        smooth = _smooth(truth)[: len(sample)]
    reference = reference_at(certificate.kink)
    for mistake in mistakes:
        if not len(places := sample if _about_kink(mistake) else smooth):
            continue
        if mistake.formula == TRAIN_STEP and _layers(mistake, certificate.kink) > len(case.layers):
            continue  # no case so shallow shows it
        key = mistake.name, tuple(places)
        if key not in known:
            asked = part(case, places), part_of_trace(truth, places)
            known[key] = bool(blamed(mistake, *asked, exact, reference))
        if known[key]:
            certificate.caught.add(mistake.name)
    certificate.survivors -= certificate.caught


def blamed(
    mistake: Mistake, case: Case, truth: Trace, exact: bool, reference: Derivation = REFERENCE
) -> dict[str, int]:
    """The quantities that a mistake is blamed for on a stack, and the first place of each."""
    wrong = planted(mistake)
    if wrong.train_step:
        compared, faults = compare_step(wrong.train_step, case, truth, exact, reference)
    else:
        compared, faults = compare(
            wrong, case, truth, exact, reference=reference, formulas=wrong.own
        )
    places = {fault.quantity: fault.place for fault in faults}
    for item in compared:
        if item.apart.any():
            place = int(np.argwhere(item.apart)[0][0])
            places[item.quantity] = min(place, places.get(item.quantity, place))
    return places


def _smooth(trace: Trace) -> Array:
    """The places of the cases of which no unit is at the kink."""
    met = [
        (layer.layer_outputs == 0).any(axis=(1, 2))
        for layer in trace
        if isinstance(layer, LayerTrace)
    ]
    return np.flatnonzero(~np.any(met, axis=0)) if met else np.arange(len(trace[0].loss))


def _about_kink(mistake: Mistake) -> bool:
    return mistake.name in AT_KINK or mistake is KINK_ZERO


def shown_by(mistake: Mistake, kink: float = 0) -> str:
    """The simplest kind of case that shows a mistake, in words, as "tiny integers at 2x1->1"."""
    (batch, *widths), rung = _simplest(mistake, kink)
    if rung is None:
        samples, classes = "1 sample" if batch == 1 else f"{batch} samples", widths[0]
        return f"logits of {samples} and {classes} class{'es' if classes > 1 else ''}"
    at = f"at {batch}x{'->'.join(map(str, widths))}"
    return f"tiny integers {at}" if rung is LADDER[0] else f"float64 integers {rung.name} {at}"


def _layers(mistake: Mistake, kink: float) -> int:
    """How many layers the simplest case has that shows a mistake."""
    return len(_simplest(mistake, kink)[0]) - 2


@cache
def _simplest(mistake: Mistake, kink: float) -> tuple[Shape, Rung | None]:
    reference = reference_at(kink) if _about_kink(mistake) else REFERENCE
    for shape, rung, case in _simple(mistake.formula in HEAD_FORMULAS):
        head = case.targets is not None
        truth = walk(one_by_one(reference, shape, [], head), case)
        if blamed(mistake, case, truth, not head, reference):
            return shape, rung
    raise ValueError(f"no simple case shows {mistake.name}")


def _simple(head: bool) -> Iterator[tuple[Shape, Rung | None, Case]]:
    rng, dtype = np.random.default_rng(0), np.dtype(np.float64)
    if head:
        for batch, classes in ((1, 1), (1, 2), (2, 1), (2, 2)):
            yield (batch, classes), None, head_stack(rng, (batch, classes), dtype, 32)
        return
    for shape in SIMPLEST:
        for rung in LADDER[:-1]:
            yield shape, rung, lattice_stack(rng, shape, dtype, rung, 32)


def as_json(certificate: Certificate) -> dict[str, Any]:
    """The certificate for machines, its mistakes in the order of the catalogue.

    A survivor is `shown_by` a kind of case that was missing.
    """
    mistakes = catalogue(certificate.kink)
    caught = [each.name for each in mistakes if each.name in certificate.caught]
    survivors = [
        {"mistake": each.name, "shown_by": shown_by(each, certificate.kink)}
        for each in mistakes
        if each.name in certificate.survivors
    ]
    return {
        "mistakes": len(caught) + len(survivors),
        "caught": caught,
        "survivors": survivors,
        "cases": certificate.cases,
    }


def add(certificate: Certificate, part: dict[str, Any]) -> None:
    """Add the certificate of another part of the run: what one of them caught has not survived."""
    certificate.caught.update(part["caught"])
    certificate.survivors.update(each["mistake"] for each in part["survivors"])
    certificate.survivors -= certificate.caught
    certificate.cases += part["cases"]


def lines(sensitivity: dict[str, Any]) -> Iterator[str]:
    """The same for people: each survivor with the kind of case that was missing."""
    known, survivors = sensitivity["mistakes"], sensitivity["survivors"]
    if known and not survivors:
        caught = {each.formula for each in CATALOGUE if each.name in sensitivity["caught"]}
        formulas = listed(each for each in (*FORMULAS, TRAIN_STEP) if each in caught)
        of = "" if known == len(CATALOGUE) else f" in {formulas}"
        yield from wrap(f"These cases would have caught all {known} known mistakes{of}.", 80)
    if survivors:
        count = f"{len(survivors)} of {known}"
        yield f"NOT CHECKED against {count} known mistakes, which sampled cases let pass:"
    by_case: dict[str, list[str]] = {}
    for each in survivors[:NAMED]:
        by_case.setdefault(each["shown_by"], []).append(each["mistake"])
    for shown_by, names in by_case.items():
        text = f"{', '.join(names)} ({shown_by} would show {'it' if len(names) == 1 else 'them'})"
        yield from wrap(text, 80, initial_indent="  ", subsequent_indent="    ")
    if len(survivors) > NAMED:
        yield f"  and {len(survivors) - NAMED} more"
