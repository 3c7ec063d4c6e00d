"""The exhaustive part: every case of the smallest shapes and numbers, and what follows from it.

A formula by itself gets every case with entries in {-1, 0, 1}, compared bit for bit. For some
formulas that decides all other numbers, too. **The grid lemma.** A polynomial of degree at most d
in each of its variables that vanishes wherever these are out of d + 1 numbers is zero. Proof: as a
polynomial in its last variable it has d + 1 zeros for each choice of the others, so all its
coefficients are zero there; these are polynomials in the others, zero by induction. (Alon,
'Combinatorial Nullstellensatz', 1999, Lemma 2.1.)

So let a formula be a polynomial of degree at most 2 in each entry, which each right one is of
degree 1, and let it not round on these cases (or what it adds may be too small to be seen). If it
passes them, its difference from the right one is zero on the grid, and so for all real arguments
of that shape. Entries in {-2, ..., 2} say the same of degree 4. ReLU is no polynomial, so no more
is claimed of `relu_forward` and of a whole step than the cases; at each of the layer_outputs of the
cases, `relu_backward` may be a polynomial in upstream.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, product
from operator import itemgetter
from textwrap import wrap
from typing import Any, Final

import numpy as np

from harness.derivation import DOCUMENT_FORMULAS, PARAMETERS, REFERENCE, TRAIN_STEP, quantities_of
from harness.formats import FORMATS
from harness.grid import FREE, RATE, Grid, grids
from harness.table import listed
from harness.tally import Row
from harness.verification import Verification

REGIME: Final = "exhaustive"
FLOAT64: Final = FORMATS[0]
RADII: Final = (1, 2)
ALL: Final = (*DOCUMENT_FORMULAS, TRAIN_STEP)
# What the lemma is about, and the arguments in which a formula may be a polynomial.
POLYNOMIALS: Final = ("dense_forward", "dense_backward", "sgd_step")
POLYNOMIAL_IN: Final = {
    **{formula: PARAMETERS[formula] for formula in POLYNOMIALS},
    **{"relu_forward": (), "relu_backward": ("upstream",), TRAIN_STEP: ()},
}
WIDTH: Final = 80

# The most cases of a grid: in every run, and beyond it (`tox -e exhaustive`). The reference takes
# a stack in one call, a microsecond a case; others take 20, and all their calls are limited.
IN_A_RUN: Final = 3**10
IN_A_RUN_OF_OURS: Final = 3**12
BEYOND: Final = 3**12
BEYOND_OF_OURS: Final = 5**12


def in_a_run(verification: Verification, formula: str) -> list[Grid]:
    """The grids of a formula that every run takes, if the derivation has the formula."""
    most = IN_A_RUN_OF_OURS if _ours(verification) else IN_A_RUN
    return _asked(verification, formula, 1, FLOAT64, most)


def beyond(verification: Verification, formula: str, dtype: np.dtype[Any]) -> list[Grid]:
    """Those that fit an hour in all, beyond a run's: {-2, ..., 2} in float64 alone."""
    most = BEYOND_OF_OURS if _ours(verification) else BEYOND
    radii = RADII if dtype == FLOAT64 else RADII[:1]
    taken = [grid for r in radii for grid in _asked(verification, formula, r, dtype, most)]
    before = in_a_run(verification, formula)
    return [grid for grid in taken if grid not in before]


def _ours(verification: Verification) -> bool:
    return verification.derivation is REFERENCE and verification.against is None


def _asked(
    verification: Verification, formula: str, radius: int, dtype: np.dtype[Any], most: int
) -> list[Grid]:
    asked = formula in verification.derivation.own
    return [grid for grid in grids(formula, radius, dtype) if asked and grid.cases <= most]


def cover(verification: Verification, grid: Grid, check: Callable[..., Any]) -> None:
    """Compare all cases of a grid; enter it if each was compared with every witness, and agrees.

    `check(regime, case, of=formula)` returns findings, as Verification.check, or raises.
    """
    before = _compared(verification, grid)
    for case in grid.stacks():
        if check(REGIME, case, of=grid.formula):
            return
    compared = _compared(verification, grid) - before
    quantities = quantities_of(grid.formula)
    if grid.formula == TRAIN_STEP:  # it may leave some out
        quantities = tuple({quantity for quantity, _ in compared})
    every = product(quantities, verification.witnesses)
    if compared and compared == Counter(dict.fromkeys(every, grid.cases)):
        verification.covered.add(grid)


def _compared(verification: Verification, grid: Grid) -> Counter[tuple[str, str]]:
    """How many cases of the grid's kind were compared, by quantity and witness."""
    return Counter(
        {
            (quantity, name): verification.tallies[row].cases
            for quantity in quantities_of(grid.formula)
            for name in verification.witnesses
            if (row := Row(quantity, name, REGIME, grid.dtype.name)) in verification.tallies
        }
    )


def as_json(verification: Verification) -> list[dict[str, Any]]:
    """What is claimed, grid by grid, for the verdict: of no formula that anything was found about.

    `free` takes the `entries`, or the `learning_rates`, in every combination. `polynomial_in` are
    the arguments for which a formula that is a polynomial of this degree in each of their entries,
    and does not round in these cases, is right at all real numbers.
    """
    refused = {finding.formula for finding in verification.findings.values()}
    return [
        {
            "formula": formula,
            "free": list(grid.free),
            "shape": list(grid.shape),
            "entries": list(grid.values),
            "learning_rates": list(grid.rates),
            "dtype": dtype.name,
            "frameworks": list(verification.witnesses),
            "cases": grid.cases,
            "degree": 2 * radius if POLYNOMIAL_IN[formula] else None,
            "polynomial_in": list(POLYNOMIAL_IN[formula]),
        }
        for radius, dtype, formula in product(RADII, FORMATS, ALL)
        for grid in grids(formula, radius, dtype)
        if grid in verification.covered and formula not in refused
    ]


def place(claim: dict[str, Any]) -> tuple[int, ...]:
    """What a claim is about, as its place among all that there may be."""
    formula, free = claim["formula"], tuple(claim["free"])
    dtypes = [dtype.name for dtype in FORMATS]
    order = ALL.index(formula), FREE[formula].index(free), *claim["shape"]
    return len(claim["entries"]), dtypes.index(claim["dtype"]), *order


def lines(claims: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The same for people; dtypes of which the same is claimed are told together."""
    alike: dict[Any, list[list[dict[str, Any]]]] = {}
    in_order = sorted(claims, key=place)
    for (entries, _), each in groupby(in_order, itemgetter("entries", "dtype")):
        of_dtype = list(each)
        alike.setdefault((*entries, *_named(of_dtype)), []).append(of_dtype)
    for groups in alike.values():
        first = groups[0]
        entries = ", ".join(map(str, first[0]["entries"]))
        dtypes = listed(group[0]["dtype"] for group in groups)
        cases = sum(claim["cases"] for group in groups for claim in group)
        told = [
            f"Every case with entries in {{{entries}}} up to 2x2->2, in {dtypes} ({cases:,}): "
            f"{listed(_named(first))}."
        ]
        if decided := [claim for claim in first if claim["formula"] in POLYNOMIALS]:
            formulas = dict.fromkeys(claim["formula"] for claim in decided)
            told.append(
                "Right for all real inputs of these shapes, if it is a polynomial of degree "
                f"{decided[0]['degree']} or less in each entry that does not round there: "
                f"{listed(formulas)}."
            )
        for sentence in told:
            yield from wrap(sentence, WIDTH)


def _named(claims: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The formulas, each with what is not all or not an entry."""
    for formula, each in groupby(claims, itemgetter("formula")):
        covered = list(each)
        told = {(tuple(claim["free"]), tuple(claim["shape"])) for claim in covered}
        radius = covered[0]["entries"][-1]
        every = grids(formula, radius, FLOAT64)
        left = sorted({grid.shape for grid in every if (grid.free, grid.shape) not in told})
        said = []
        if RATE in covered[0]["free"]:
            said.append(f"learning rates {listed(map(str, covered[0]['learning_rates']))}")
        if left:
            said.append(f"but for {listed(f'{b}x{i}->{n}' for b, i, n in left)}")
        yield f"{formula} ({'; '.join(said)})" if said else formula
