"""A disagreement, brought down to the smallest case that shows it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harness.calling import Fault
from harness.case import Array, Case, Layer, Trace, pick
from harness.checking import compare_all
from harness.compare import Census
from harness.compared import Compared
from harness.derivation import REFERENCE, Derivation, formula_of
from harness.head import tamed
from harness.kinds import FATAL
from harness.lattice import is_exact, is_normal
from harness.mistakes import Mistake
from harness.shrink import shrink
from harness.variations import KINDS, vary
from harness.witness import Witness, trace_of

# The kind of finding in which values differ; the other kinds are those of `calling.Fault`.
VALUES = "values differ"
# The outlier of a finding that is no framework's.
DERIVATION = "derivation"


class Shown(NamedTuple):
    """One case (a stack of one) and the element, or the call, in which it shows a disagreement.

    `arrays` are the whole quantity as expected and as observed, if values differ. `smallest` says
    that the case was shrunk; what shows only after other calls cannot be.
    """

    case: Case
    regime: str
    layer: int
    at: tuple[int, ...]
    expected: str
    observed: str
    arrays: tuple[Array, Array] | None = None
    smallest: bool = False


class Diagnosis(NamedTuple):
    """The mistake that a disagreement looks like, or else what its errors have in common.

    Several mistakes are named only if nothing tells them apart. `pattern` follows "it is".
    """

    mistakes: tuple[Mistake, ...] = ()
    pattern: str | None = None


@dataclass
class Finding:
    """One disagreement of the run: one a quantity, kind and outlier."""

    quantity: str
    formula: str
    kind: str
    framework: str
    agreeing: tuple[str, ...]  # the other frameworks that side with this one
    outlier: str
    shown: Shown
    census: Census
    diagnosis: Diagnosis | None = None  # made at the end of the run


def against_outlier(compared: Compared, outlier: str) -> Compared:
    """Expected is what all others say, observed what the outlier has."""
    if outlier == DERIVATION:
        return compared
    return compared._replace(expected=compared.observed, observed=compared.expected)


def in_values(case: Case, regime: str, compared: Compared) -> Shown:
    """The first element of a stack in which expected and observed are apart."""
    at = tuple(int(axis) for axis in np.argwhere(compared.apart)[0])
    arrays = compared.expected[at[0]], compared.observed[at[0]]
    expected, observed = (repr(float(array[at[1:]])) for array in arrays)
    matrices = np.atleast_2d(arrays[0]), np.atleast_2d(arrays[1])
    return Shown(pick(case, at[0]), regime, compared.layer, at[1:], expected, observed, matrices)


def in_call(case: Case, regime: str, fault: Fault) -> Shown:
    """The call in which a formula misbehaved."""
    at = pick(case, min(fault.place, len(case.inputs) - 1))
    return Shown(at, regime, fault.layer, (), fault.expected, fault.observed)


def smallest(
    derivation: Derivation,
    witness: Witness,
    shown: Shown,
    trace: Trace,
    key: tuple[str, str, str],
    reference: Derivation = REFERENCE,
) -> Shown:
    """The smallest case that shows the same; `trace` is the witness's, of the shown case.

    `key` is the finding's quantity, kind and outlier. What shows only after other calls (a
    derivation that keeps something between them) stays as it was met.
    """
    quantity, kind, outlier = key
    if kind in FATAL:
        return shown
    of_interest = [formula_of(quantity)]

    def shows(case: Case) -> Shown | None:
        exact = is_exact(case, reference)
        if not exact and not is_normal(case):
            return None
        regime, trace = "exact" if exact else "certified", trace_of(witness, case)
        recomputes = getattr(witness, "recomputes", False)
        how = exact, reference, recomputes
        compared, faults = compare_all(derivation, case, trace, *how, formulas=of_interest)
        if kind.startswith(KINDS) and exact:
            _, faults, _ = vary(derivation, case, trace)
        if kind != VALUES:
            fits = (fault for fault in faults if (fault.quantity, fault.kind) == (quantity, kind))
            return next((in_call(case, regime, fault) for fault in fits), None)
        fits_too = (c for c in compared if c.quantity == quantity and c.apart.any())
        return next(
            (in_values(case, regime, against_outlier(each, outlier)) for each in fits_too), None
        )

    alone = _one_layer(shown.case, trace, shown.layer)
    # What is exact because one logit is far above the others is so nowhere on the way from there.
    starts = (alone, shown.case) if alone.layers else (alone, shown.case, tamed(alone))
    start = next((case for case in starts if shows(case)), None)
    if start is None:
        return shown
    found = shows(shrink(start, lambda case: shows(case) is not None))
    return found._replace(smallest=True) if found else shown


def _one_layer(case: Case, trace: Trace, layer: int) -> Case:
    """One layer, or the head, as a case of its own: inputs and upstream are the witness's."""
    linear, depth = (0,) if layer in case.linear else (), len(case.layers)
    inputs = case.inputs
    if layer:
        below = trace[layer - 1]
        inputs = below.layer_outputs if layer - 1 in case.linear else below.relu_outputs
    if layer == depth:
        return Case(inputs, (), case.upstream, case.learning_rate, targets=case.targets)
    upstream = case.upstream
    if layer + 1 < len(trace):
        after = trace[layer + 1]
        upstream = after.deriv_loss_wrt_z if layer + 1 == depth else after.deriv_relu_wrt_inputs
    return Case(inputs, (Layer(*case.layers[layer]),), upstream, case.learning_rate, linear)
