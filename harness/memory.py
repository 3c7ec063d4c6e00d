"""What is computed of the same cases for every derivation is kept from one to the next.

Derivations that are judged one after the other, with one seed, meet the same cases. What a witness
says of them, what the reference's formulas and balls make of that, and which of the known mistakes
they would catch has nothing to do with the derivation. So it is kept under the cases' own bits, and
a derivation is judged as it would be alone: whatever is not found here is computed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, TypeAlias

import numpy as np

from harness.calling import Fault
from harness.case import Array, Case, Trace
from harness.checking import Kept, compare_all
from harness.compared import Compared
from harness.derivation import TRAIN_STEP, Derivation
from harness.once import Made
from harness.plan import Planned
from harness.tally import Tally, tally_of
from harness.witness import Witness, trace_of

# One quantity of one layer as it was compared with a witness, and what was counted of it.
Counted: TypeAlias = tuple[Compared, Tally]
# Numbers of cases to be remembered; what comes later is computed each time.
NUMBERS: Final = 2**23


@dataclass
class Known:
    """Of one stack of cases: what was found, whoever's derivation it was for.

    `counted` holds how the reference's formulas compare, by witness and formula. `made` holds what
    they and the balls gave, unchained and chained, `judged` what they gave where it is asked who is
    wrong (see `checking.Kept`), and `blamed` whether a mistake was caught, by what was asked (see
    `certificate.ask`).
    """

    case: Case
    traces: dict[str, Trace] = field(default_factory=dict)
    counted: dict[tuple[str, str], list[Counted]] = field(default_factory=dict)
    made: dict[bool, Kept] = field(default_factory=dict)
    judged: Kept = field(default_factory=Kept.nothing)
    blamed: dict[tuple[object, ...], bool] = field(default_factory=dict)

    def trace(self, witness: Witness, at_true_shape: bool) -> Trace:
        """What the witness says. Raises WitnessError."""
        if witness.name not in self.traces:
            self.traces[witness.name] = trace_of(witness, self.case, at_true_shape)
        return self.traces[witness.name]

    def compared(
        self,
        witness: str,
        derivation: Derivation,
        trace: Trace,
        exact: bool,
        reference: Derivation,
        recomputes: bool,
        kept: Kept,
        formulas: Collection[str],
    ) -> tuple[list[Counted], list[Fault]]:
        """What there is of the derivation before a witness, as by `compare_all`, and its tallies.

        What the reference's formulas fill in for it is compared once.
        """
        own = derivation.own
        others = [] if own == (TRAIN_STEP,) else [each for each in formulas if each not in own]
        known = [pair for each in others for pair in self.counted.get((witness, each), ())]
        done = {item.formula for item, _ in known}
        left = [each for each in formulas if each not in done]
        given = self.case, trace, exact, reference, recomputes
        items, faults = compare_all(derivation, *given, kept, left)
        counted = [(item, tally_of(item, self.case, trace)) for item in items]
        for pair in counted:
            if pair[0].formula in others:
                self.counted.setdefault((witness, pair[0].formula), []).append(pair)
        return counted + known, faults

    def kept(self, own: Collection[str], chained: bool) -> Kept:
        """What a derivation with these formulas of its own need not compute."""
        made = self.made.setdefault(chained, Kept.nothing())
        return made._replace(observed=_of_others(made.observed, own), by_step=[])

    def keep(self, kept: Kept, own: Collection[str], chained: bool) -> None:
        """Keep what it computed by the reference's formulas."""
        self.made[chained].observed.update(_of_others(kept.observed, own))


def _of_others(made: Made, own: Collection[str]) -> Made:
    return {place: each for place, each in made.items() if place[0].formula not in own}


class Memory:
    """The stacks that were met, up to a number of numbers in them."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Known] = {}
        self._planned: dict[tuple[object, ...], list[Planned]] = {}
        self._room = NUMBERS

    def planned(self, plan: Callable[..., Iterator[Planned]], *about: Any) -> Iterable[Planned]:
        """What a plan has about this: the very same stacks each time."""
        key = plan, *about
        if key not in self._planned:
            stacks = list(plan(*about))
            if self._room < 0:
                return stacks
            self._planned[key] = stacks
        return self._planned[key]

    def of(self, case: Case, *about: object) -> Known:
        """What is known of a stack with these bits, in a check `about` the same."""
        arrays = _arrays(case)
        key = *about, case.shape, case.dtype, case.linear, _bits(arrays), *map(_strides, arrays)
        if key in self._known:
            return self._known[key]
        known = Known(case)
        self._room -= sum(array.size for array in arrays)
        if self._room >= 0:
            self._known[key] = known
        return known


def _arrays(case: Case) -> list[Array]:
    layers = [array for layer in case.layers for array in layer]
    targets = [] if case.targets is None else [case.targets]
    return [case.inputs, *layers, case.upstream, np.asarray(case.learning_rate), *targets]


def _bits(arrays: Sequence[Array]) -> bytes:
    digest = blake2b(digest_size=16)
    for array in arrays:
        digest.update(array.tobytes())
    return digest.digest()


def _strides(array: Array) -> tuple[int, ...]:
    return array.strides
