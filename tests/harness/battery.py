"""Cases on which formulas are told apart: lattice stacks of small shapes, with all their edges."""

from functools import cache

import numpy as np

from harness.calling import one_by_one
from harness.case import pick
from harness.derivation import (
    FORMULAS,
    HEAD_FORMULAS,
    PARAMETERS,
    REFERENCE,
    STEPS,
    TRAIN_STEP,
)
from harness.head import ALONE, head_stack, one_alone
from harness.lattice import LADDER, lattice_stack
from harness.mistakes.wiring import downwards, forward, gradients, update
from harness.walk import walk

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
LOGITS = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 3), (2, 3), (4, 3)]
EMPTY_LOGITS = [(0, 1), (0, 2), (0, 3)]

PARAMETERS_OF_ALL = {**PARAMETERS, TRAIN_STEP: ("inputs", "layers", "upstream", "learning_rate")}


DTYPES = (np.dtype(np.float64), np.dtype(np.float32))


def right_step(inputs, layers, upstream, learning_rate):
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


RIGHT = {**{each: getattr(REFERENCE, each) for each in FORMULAS}, TRAIN_STEP: right_step}


def stacks(shapes, rungs, count, dtypes=DTYPES):
    rng = np.random.default_rng(11)
    for dtype in dtypes:
        for shape in shapes:
            for rung in rungs:
                yield lattice_stack(rng, shape, dtype, rung, count)


def true_trace(case):
    return walk(one_by_one(REFERENCE, case.shape, [], case.targets is not None), case)


def single_cases(formula, shapes=None, count=4):
    """Single cases, each with its true trace, that suit the formula.

    A whole step has several layers, and tiny numbers in float64: a wrong step may need more bits
    than the right one, for which the others leave just enough.
    """
    if formula == TRAIN_STEP:
        drawn = stacks(shapes or ONE_LAYER + LAYERS, LADDER[:1], 4 * count, DTYPES[:1])
    else:
        drawn = stacks(shapes or ONE_LAYER, LADDER, count)
    for stack in drawn:
        trace = true_trace(stack)
        for place in range(len(stack.inputs)):
            layers = (type(layer)(*(array[place] for array in layer)) for layer in trace)
            yield pick(stack, place), tuple(layers)


@cache
def calls(formula, empty=False):
    """The arguments of every call of a formula in the right training step on each case."""
    if formula in HEAD_FORMULAS:
        return [
            call for stack in head_stacks(formula, empty) for call in head_calls(formula, stack)
        ]
    found = []
    for case, trace in single_cases(formula, EMPTY if empty else None):
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


def head_stacks(formula, empty=False):
    """Stacks of logits; those far apart only for what has an answer where outputs are 0."""
    rng = np.random.default_rng(11)
    for shape in EMPTY_LOGITS if empty else LOGITS:
        yield head_stack(rng, shape, DTYPES[0], 8)
        if formula in ALONE and not empty:
            yield one_alone(rng, *shape, DTYPES[0], 8)


def head_calls(formula, stack):
    """The arguments of a formula of the head in each case of a stack."""
    if not stack.inputs.size:
        named = {"layer_outputs": stack.inputs, "softmax_outputs": stack.inputs}
    else:
        named = {"layer_outputs": stack.inputs, **true_trace(stack)[0]._asdict()}
    named |= {"upstream": stack.upstream, "targets": stack.targets}
    (step,) = (step for step in STEPS if step.formula == formula)
    return list(zip(*(named[name] for name in step.arguments), strict=True))


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


def outcome(formula, code, arguments):
    """What a call in a formula's place returns, and what it makes of its arguments, bit by bit.

    The parameters are left out of the latter: a step may update them in place.
    """
    given = [fresh(argument) for argument in arguments]
    with np.errstate(all="ignore"):
        returned = code(*given)
    names = PARAMETERS_OF_ALL[formula]
    kept = [value for name, value in zip(names, given, strict=True)
            if name not in ("parameter", "layers")]  # fmt: skip
    return bits(returned), bits(kept)
