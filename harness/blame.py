"""Who is to blame where a derivation and a witness part: the one, or the other."""

from collections.abc import Collection

from harness.case import Case, Trace
from harness.checking import Kept, compare
from harness.compared import Compared
from harness.derivation import REFERENCE, Derivation, formula_of
from harness.finding import DERIVATION


def outlier(
    name: str,
    witnesses: Collection[str],
    siding: Collection[str],
    derivation: Derivation,
    reference: Derivation,
    case: Case,
    item: Compared,
    trace: Trace,
    kept: Kept | None = None,
) -> str:
    """Who stands alone in a quantity: the witness `name`, if every other voice is against it.

    `siding` are the witnesses that side with the derivation. The other voices are the other
    frameworks and, where the formula is not its own, the reference. Variants of one framework may
    share its errors, so they have one voice together; only where there is no other framework is
    each a voice against its siblings. `kept` is what the reference gave on this stack before.
    """
    framework = framework_of(name)
    others = [other for other in witnesses if framework_of(other) != framework]
    others = others or [other for other in witnesses if other != name]
    voices = [other in siding for other in others]
    if derivation is not REFERENCE and item.formula in derivation.own:
        voices.append(_sides_with_derivation(reference, case, item, trace, kept))
    return name if voices and all(voices) else DERIVATION


def framework_of(witness: str) -> str:
    """`torch` of its variant `torch:func`."""
    return witness.partition(":")[0]


def _sides_with_derivation(
    reference: Derivation, case: Case, item: Compared, trace: Trace, kept: Kept | None
) -> bool:
    if item.witness_out is not None:
        return bool((item.witness_out == item.apart).all())
    formulas = [formula_of(item.quantity)]
    by_reference, _ = compare(reference, case, trace, exact=True, formulas=formulas, kept=kept)
    where = item.layer, item.quantity
    found = next(each for each in by_reference if (each.layer, each.quantity) == where)
    return bool((found.observed == item.observed)[item.apart].all())
