"""How far certified radii reach into a deep network: from its inputs to its loss, or not so far.

Formula by formula, each result is held to a radius that starts from a framework's own arguments.
From the inputs on, each formula gets what the derivation computed before, and the radius is that of
all roundings since. It grows with every layer by the sums of |weights|, which the values, with
their signs, do not, and near a kink a unit may be on or off. Once more than one unit in a hundred
is so, or the radii of a quantity are together larger than its values, the radius says nothing: such
a network is checked layer by layer, from the framework's own values.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.ball import Ball
from harness.case import Case
from harness.derivation import REFERENCE, Derivation
from harness.formats import precision
from harness.forms import in_any_form
from harness.table import listed
from harness.walk import walk

MOST_AMBIGUOUS: Final = 0.01


class Reach(NamedTuple):
    """How radii have grown through so many layers and back.

    `radius_over_value` is the largest, over the quantities, of their radii's sum over that of their
    magnitudes; `ambiguous` the share of units of which rounding decides whether they are on.
    """

    layers: int
    radius_over_value: float
    ambiguous: float

    @property
    def useful(self) -> bool:
        """Whether radii from the inputs on say anything."""
        return self.ambiguous <= MOST_AMBIGUOUS and self.radius_over_value < 1


def reach(case: Case, reference: Derivation = REFERENCE) -> Reach:
    """How far radii reach on a stack of cases, by the reference alone."""
    tested = precision(case.dtype)

    def ball(value: Any) -> Ball:
        return value if isinstance(value, Ball) else Ball.exact(value, tested)

    with np.errstate(all="ignore"):
        trace = walk(in_any_form(reference, ball), case)
        balls = [each for entry in trace for each in entry if each is not None]
        ratios = [float(each.radius.sum() / np.abs(each.mid).sum()) for each in balls]
    layers = trace[: len(case.layers)]
    masks = [each.deriv_relu_wrt_z for each in layers if each.deriv_relu_wrt_z is not None]
    units = sum(each.mid.size for each in masks)
    undecided = sum(int(np.count_nonzero(each.ambiguous)) for each in masks)
    # A radius that is not finite reaches nowhere.
    largest = max(ratios) if np.isfinite(ratios).all() else np.inf
    return Reach(len(case.layers), largest, undecided / units if units else 0.0)


def told(networks: str, reaches: Sequence[Reach]) -> str:
    """What a verdict says of such networks: how radii grew, and how they were checked."""

    def deep(chosen: Sequence[Reach]) -> str:
        return listed(str(each.layers) for each in chosen)

    growth = listed(f"{each.radius_over_value:.0e}" for each in reaches)
    most = max(each.ambiguous for each in reaches)
    whole = [each for each in reaches if each.useful]
    apart = [each for each in reaches if not each.useful]
    ways = [f"checked whole through {deep(whole)}"] if whole else []
    ways += [f"layer by layer through {deep(apart)}"] if apart else []
    return (
        f"{networks} of {deep(reaches)} layers: radii {growth} of the values, at most {most:.1%} "
        f"of units ambiguous; {', '.join(ways)}"
    )
