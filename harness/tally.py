"""What was compared, counted: one tally for each quantity, framework, regime and dtype."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from harness.binades import binades, together
from harness.case import HEAD_QUANTITIES, Case, Shape, Trace
from harness.compared import Compared
from harness.derivation import formula_of


class Row(NamedTuple):
    """What a tally is about."""

    quantity: str
    framework: str
    regime: str
    dtype: str


@dataclass
class Tally:
    """What was compared, and how much of it was alive."""

    shapes: set[Shape] = field(default_factory=set)
    cases: int = 0
    elements: int = 0
    live: int = 0  # elements whose expected value is not zero
    on: int = 0  # units with z > 0; this and the next two only for relu's quantities
    off: int = 0  # units with z < 0
    kinks: int = 0  # units with z == 0
    ambiguous: int = 0
    largest_error_over_radius: float | None = None
    # Of a sample; none where bits are compared.
    binades: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count what the other counts, too."""
        self.shapes |= other.shapes
        self.cases += other.cases
        self.elements += other.elements
        self.live += other.live
        self.on += other.on
        self.off += other.off
        self.kinks += other.kinks
        self.ambiguous += other.ambiguous
        if other.largest_error_over_radius is not None:
            largest = self.largest_error_over_radius or 0.0
            self.largest_error_over_radius = max(largest, other.largest_error_over_radius)
        self.binades = together(self.binades, other.binades)


def tally_of(item: Compared, case: Case, trace: Trace) -> Tally:
    """One quantity of one layer, as it was compared with the witness whose trace this is."""
    tally = Tally(
        {case.shape},
        cases=len(case.inputs) if item.layer == 0 or item.quantity in HEAD_QUANTITIES else 0,
        elements=item.expected.size,
        live=int(np.count_nonzero(item.expected)),
        ambiguous=item.ambiguous,
        largest_error_over_radius=item.largest,
        binades=binades(item.sample) if item.sample else [],
    )
    if formula_of(item.quantity).startswith("relu"):
        z = trace[item.layer].layer_outputs
        tally.on, tally.off, tally.kinks = (
            int(np.count_nonzero(mask)) for mask in (z > 0, z < 0, z == 0)
        )
    return tally
