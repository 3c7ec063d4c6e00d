"""What the tests of merging share: real verdicts on small parts of one run."""

import json
from functools import cache
from itertools import count
from types import SimpleNamespace

import numpy as np

import adapters
from harness import conventions_file, special, verdict, verdict_json
from harness.calling import one_by_one
from harness.derivation import REFERENCE
from harness.exhaustive import cover
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.grid import grids
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification
from harness.walk import walk

SHAPES = [(1, 2, 1), (2, 2, 3), (0, 1, 2)]
# Without these, some known mistakes would pass the whole run.
TELLING = [(2, 2, 2), (1, 2, 2), (3, 2, 1), (2, 2, 2, 2)]
SEED = 3


# The last is right in the wrong derivation, too: its parameter is a single number.
GRIDS = [*grids("relu_backward", 1, FORMATS[0])[:2], grids("sgd_step", 1, FORMATS[1])[0]]


def honest(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


CALLS = count()


def unsteady(case):
    """Wrong in new_biases at each other call."""
    wrong = case.dtype.type(next(CALLS) % 2)
    return tuple(layer._replace(new_biases=layer.new_biases + wrong) for layer in honest(case))


def witness(name, trace=honest, version="1.0"):
    return SimpleNamespace(name=name, version=version, trace=trace)


RECORDED = conventions_file.read(adapters.CONVENTIONS)
JAX, TORCH, SICK = witness("jax"), witness("torch"), witness("sick", unsteady, "2.0")
WRONG = REFERENCE._replace(
    name="mine.py",
    own=("sgd_step",),
    # Right for a single number, so in some parts.
    sgd_step=lambda parameter, gradient, rate: (
        parameter - (rate if parameter.size == 1 else 2 * rate) * gradient
    ),
)
BEFORE = REFERENCE._replace(
    name="before.py", own=("dense_backward",), dense_backward=lambda d, x, w: (d @ w.T, x.T @ d, -d)
)


def stacks():
    """Every shape in every dtype and regime, each to be checked in some part."""
    rng = np.random.default_rng(0)
    for dtype in FORMATS:
        for place, shape in enumerate(SHAPES):
            yield "exact", lattice_stack(rng, shape, dtype, LADDER[place], 12)
            yield "certified", float_stack(rng, shape, dtype, 12)
    for shape in TELLING:
        yield "exact", lattice_stack(rng, shape, FORMATS[0], LADDER[2], 12)


def part(chosen, witnesses=(TORCH, JAX), derivation=REFERENCE, against=None, crashed=(), **more):
    """The verdict on some stacks."""
    verification = Verification(derivation, witnesses, against)
    for regime, case in chosen:
        small = regime == "exact" and case.shape == SHAPES[0]
        verification.check(case, regime, varied=small)
        if small:
            verification.repeat(case, regime)
    for grid in more.get("grids", []):
        cover(verification, grid, lambda regime, case, of: verification.check(case, regime, of=of))
    verification.special = special.told(derivation, RECORDED)
    asked = [each.name for each in witnesses]
    not_asked = [name for name in ("jax", "torch") if name not in asked]
    reached = verdict.conclude(verification, SEED, "pytest", not_asked, crashed)
    return verdict_json.as_json(verdict.without(reached, more.get("unavailable", [])))


@cache
def of_the_reference():
    every = list(stacks())
    return [
        *(part(every[place::5]) for place in range(5)),
        part(every[:3], [JAX], crashed=["a test ended in OSError"]),
        part(every[4:6], [TORCH, SICK], unavailable=[("jax:eager", "too slow")]),
        part(every[2:4], [SICK]),
        part([]),
        part([], grids=GRIDS[:2]),
        part([], [JAX], grids=GRIDS[1:]),
    ]


@cache
def of_a_wrong_derivation():
    every = list(stacks())
    chosen = [every[:2], every[2:4], every[4:10]]
    return [
        *(part(each, derivation=WRONG, against=BEFORE) for each in chosen),
        part(every[2:4], [TORCH], WRONG, BEFORE),
        part(every[2:3], [JAX], WRONG, BEFORE),
        part([], [JAX], WRONG, BEFORE, grids=GRIDS[2:3]),
    ]


def text(written):
    return json.dumps(written, allow_nan=False)
