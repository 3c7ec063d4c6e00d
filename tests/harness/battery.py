"""Cases on which formulas are told apart: lattice stacks of small shapes, with all their edges."""

from functools import cache

import numpy as np

from harness.calling import one_by_one
from harness.case import pick
from harness.derivation import REFERENCE, STEPS, TRAIN_STEP, walk
from harness.lattice import LADDER, lattice_stack

# Batches of 1, one neuron, one input, and every equality that lets a wrong shape fit.
ONE_LAYER = [
    (1, 1, 1), (1, 2, 2), (1, 1, 3), (1, 3, 1), (2, 1, 1), (3, 2, 1), (2, 2, 2), (3, 3, 3),
    (3, 4, 3), (2, 3, 3), (3, 3, 2), (4, 1, 2), (4, 3, 2),
]  # fmt: skip
LAYERS = [
    (2, 2, 2, 2), (3, 4, 3, 3), (2, 3, 3, 2), (2, 2, 3, 2), (3, 1, 2, 1), (3, 2, 2, 2, 2),
    (1, 3, 2, 3, 2), (3, 4, 3, 3, 3),
]  # fmt: skip
EMPTY = [(0, 1, 1), (0, 3, 2), (0, 2, 2)]


def stacks(shapes, count):
    rng = np.random.default_rng(11)
    for dtype in (np.dtype(np.float64), np.dtype(np.float32)):
        for shape in shapes:
            for rung in LADDER:
                yield lattice_stack(rng, shape, dtype, rung, count)


def true_trace(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


def single_cases(formula, count=4, empty=False):
    """Single cases, each with its true trace, that suit the formula: a step has several layers."""
    shapes = ONE_LAYER + (LAYERS if formula == TRAIN_STEP else []) + (EMPTY if empty else [])
    for stack in stacks(shapes, count):
        trace = true_trace(stack)
        for place in range(count):
            layers = (type(layer)(*(array[place] for array in layer)) for layer in trace)
            yield pick(stack, place), tuple(layers)


@cache
def calls(formula, empty=False):
    """The arguments of every call of a formula in the right training step on each case."""
    found = []
    for case, trace in single_cases(formula, empty=empty):
        layers = [(layer.weights[0], layer.biases[0]) for layer in case.layers]
        if formula == TRAIN_STEP:
            found.append((case.inputs[0], layers, case.upstream[0], case.learning_rate))
            continue
        named = {
            "inputs": case.inputs[0],
            "weights": layers[0][0],
            "biases": layers[0][1],
            "upstream": case.upstream[0],
            "learning_rate": case.learning_rate,
            **trace[0]._asdict(),
        }
        steps = [step for step in STEPS if step.formula == formula]
        found += [tuple(named[name] for name in step.arguments) for step in steps]
    return found


def fresh(value):
    """A copy, so that what a formula does to its arguments harms no other call."""
    if isinstance(value, list):
        return [tuple(array.copy() for array in layer) for layer in value]
    return value.copy() if np.ndim(value) else value


def arrays(value):
    """All arrays in a formula's arguments or result, in order."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, list | tuple):
        return [array for each in value for array in arrays(each)]
    return [] if isinstance(value, str) else [np.asarray(value)]


def bits(value):
    """What is equal only where all bits are, zero's sign apart."""
    return [(array.dtype.name, array.shape, (array + 0.0).tobytes()) for array in arrays(value)]


def outcome(code, arguments):
    """What a call returns, and what it leaves of its arguments, bit by bit."""
    given = [fresh(argument) for argument in arguments]
    with np.errstate(all="ignore"):
        returned = code(*given)
    return bits(returned), bits(given)
