"""ReLU's derivative at 0 as the run asks for it: 0, as in the document, or another choice.

Any number of the subdifferential [0, 1] is right. Frameworks make three choices, by how ReLU is
spelled in them, and a derivation that makes another than the document is compared with these.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from harness.case import Case
from harness.derivation import REFERENCE, TRAIN_STEP, Derivation
from harness.lattice import is_exact

CHOICES: Final = {"0": 0.0, "0.5": 0.5, "1": 1.0}
OWN: Final = "relu_backward"


class KinkError(Exception):
    """What was asked for cannot be compared; the message says why in one line."""


def choice(given: str | None, derivation: Derivation) -> float:
    """The derivative at 0 that was given as text. Raises KinkError.

    The reference makes the document's choice, so it can fill in for another in no formula in which
    the choice is made.
    """
    at_kink = number(given)
    makes_it = OWN in derivation.own or derivation.own == (TRAIN_STEP,)
    if at_kink and not (makes_it and derivation is not REFERENCE):
        expected = f"expected a --derivation with {OWN} or with {TRAIN_STEP} alone"
        raise KinkError(f"{given}: the reference's {OWN} gives 0 at the kink, {expected}")
    return at_kink


def number(given: str | None) -> float:
    """The same, whoever is to make it. Raises KinkError."""
    if given is not None and given not in CHOICES:
        raise KinkError(f"{given}: expected one of {', '.join(CHOICES)}")
    return CHOICES[given or "0"]


def exact_for(case: Case, reference: Derivation) -> Case:
    """An exact case of integers that is exact for another choice at the kink, too.

    Half of a gradient takes another bit in each layer. Where there is none to spare, the upstream
    gradient keeps only as many bits as leave integers after all halvings: no step is then smaller
    than those of the case itself, and no magnitude is larger.
    """
    if is_exact(case, reference):
        return case
    unit = case.dtype.type(2.0 ** len(case.layers))
    return case._replace(upstream=np.trunc(case.upstream / unit) * unit)


def told(kink: float, spellings: Iterable[tuple[str, str]]) -> list[str]:
    """What the verdict says of a choice other than the document's, and how witnesses make it."""
    if not kink:
        return []
    spelled = ", ".join(f"{relu} ({name})" for name, relu in spellings)
    return [f"ReLU's derivative at 0 is {kink:g} in this run, as in {spelled}"]
