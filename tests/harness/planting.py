"""What the tests of the diagnosis share: derivations with one wrong formula, and their findings."""

from types import SimpleNamespace

import numpy as np

from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.compare import Census
from harness.derivation import REFERENCE, formula_of
from harness.finding import DERIVATION, VALUES, Finding, Shown
from harness.walk import walk


def witness(derivation):
    """A witness that says what a derivation does."""

    def trace(case):
        return walk(one_by_one(derivation, case.shape, [], case.targets is not None), case)

    return SimpleNamespace(name="toy", version="1.0", trace=trace, has_head=True)


TOY = witness(REFERENCE)
ONE = np.ones((1, 1, 1))
CASE = Case(ONE, (Layer(ONE, ONE),), ONE, np.float64(1))


def names(diagnosis):
    return [mistake.name for mistake in diagnosis.mistakes]


def finding(quantity, formula=None, kind=VALUES, case=CASE, regime="exact"):
    """A finding as it is at the end of a run, before its diagnosis."""
    shown = Shown(case, regime, 0, (0, 0), "1.0", "2.0")
    formula = formula or formula_of(quantity)
    return Finding(quantity, formula, kind, "toy", (), DERIVATION, shown, Census())


def with_formula(formula, code):
    return REFERENCE._replace(name="mine.py", own=(formula,), **{formula: code})


def gradients(inputs=None, weights=None, biases=None):
    """A dense_backward that is right in all but what is passed."""

    def dense_backward(d, x, w):
        return (
            inputs(d, x, w) if inputs else d @ w.T,
            weights(d, x, w) if weights else x.T @ d,
            biases(d, x, w) if biases else d.sum(axis=0, keepdims=True),
        )

    return dense_backward
