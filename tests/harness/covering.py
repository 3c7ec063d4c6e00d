"""What the tests of the exhaustive part share: quick witnesses, and runs over grids."""

from types import SimpleNamespace

import numpy as np

from harness.case import LayerTrace
from harness.derivation import REFERENCE
from harness.exhaustive import cover
from harness.formats import FORMATS
from harness.grid import grids
from harness.verification import Verification

FLOAT64 = FORMATS[0]
UP_TO_2X2_TO_1 = 3**8


def traced(case, relu=lambda d, z: d * (z > 0)):
    """A step on a whole stack in NumPy, with any gradient of ReLU."""
    ((weights, biases),) = case.layers
    z = case.inputs @ weights + biases
    d = relu(case.upstream, z)
    wrt_weights, wrt_biases = case.inputs.mT @ d, d.sum(axis=1, keepdims=True)
    gradients = d, d @ weights.mT, wrt_weights, wrt_biases
    rate = case.learning_rate
    new = weights - rate * wrt_weights, biases - rate * wrt_biases
    return (LayerTrace(z, np.maximum(z, 0), *gradients, *new),)


TOYS = [SimpleNamespace(name=name, version="1.0", trace=traced) for name in ("one", "two")]


def mine(**formulas):
    return REFERENCE._replace(name="mine.py", own=tuple(formulas), **formulas)


def covering(derivation, radius=1, largest=UP_TO_2X2_TO_1, witnesses=TOYS):
    """A verification of what the derivation defines, on all grids that are not too large."""
    run = Verification(derivation, witnesses)
    for formula in derivation.own:
        for grid in grids(formula, radius, FLOAT64):
            if grid.cases <= largest:
                cover(run, grid, checking(run))
    return run


def checking(run):
    return lambda regime, case, of: run.check(case, regime, of=of)


def shapes_of(run, formula):
    return {grid.shape for grid in run.covered if grid.formula == formula}
