"""What the tests of the certificate share: small runs, and what they let pass."""

from itertools import product

import numpy as np
from planting import TOY

from harness.case import Case, Layer
from harness.derivation import REFERENCE
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

FLOAT64 = np.dtype(np.float64)
SMALL = (*product((1, 2, 3), repeat=3), (1, 1, 1, 1), (2, 2, 2, 2), (2, 3, 2, 3, 2))


def run(shapes=SMALL, rungs=LADDER, dtype=FLOAT64, derivation=REFERENCE, count=8):
    """A verification of exact cases, those of several layers also chained."""
    verification, rng = Verification(derivation, [TOY]), np.random.default_rng(0)
    for shape, rung in product(shapes, rungs):
        case = lattice_stack(rng, shape, dtype, rung, count)
        verification.check(case, "exact", chained=len(shape) > 3)
    return verification


def survivors(verification):
    return verification.certificate.survivors


def zeros(shape=(2, 3, 2)):
    batch, n_inputs, n_neurons = shape
    layer = Layer(np.zeros((1, n_inputs, n_neurons)), np.zeros((1, 1, n_neurons)))
    nothing = np.zeros((1, batch, n_inputs)), np.zeros((1, batch, n_neurons))
    return Case(nothing[0], (layer,), nothing[1], np.float64(0.5))
