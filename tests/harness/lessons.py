"""What the lessons of the catalogue speak of: their examples, and the numbers in them."""

import re

import numpy as np
from battery import right_step

from harness.derivation import HEAD_FORMULAS, REFERENCE, STEPS, TRAIN_STEP
from harness.mistakes.wiring import forward
from reference import document

# The lessons' examples: the document's and its variations, as (inputs, layers, upstream, rate).
FIRST = (document.WEIGHTS, document.BIASES)
CUT = (document.WEIGHTS[:3], document.BIASES)
SECOND = (2 * np.eye(3), np.ones((1, 3)))
LAST_BIAS_LOWER = (document.WEIGHTS, document.BIASES - [[0, 0, 1]])
AT_KINK = (document.WEIGHTS, np.array([[-2.8, 3, 0.5]]))
RATE = document.LEARNING_RATE
PRODUCTS = np.dot(document.INPUTS, document.WEIGHTS)
SHOWN = [document.INPUTS, *FIRST, AT_KINK[1], PRODUCTS, PRODUCTS + document.BIASES]
EXAMPLES = [
    (document.INPUTS, [FIRST], None, RATE),
    (document.INPUTS, [FIRST], np.ones((3, 3)), RATE),
    (document.INPUTS, [FIRST], None, np.float64(1)),
    (document.INPUTS, [LAST_BIAS_LOWER], np.ones((3, 3)), RATE),
    (document.INPUTS, [AT_KINK], np.ones((3, 3)), RATE),
    (document.INPUTS[:1], [FIRST], None, RATE),
    (document.INPUTS[:, :3], [CUT], None, RATE),
    (document.INPUTS, [FIRST, SECOND], None, RATE),
    (document.INPUTS[:, :3], [CUT, SECOND], None, RATE),
]

# Of the head: the document's layer_outputs and variations on them, their right classes, and the
# document's relu_outputs as what is passed in.
Z = PRODUCTS + document.BIASES
FAR = np.array([[4.8, 40, 2.385]])
LOGITS = [
    (Z, [0, 0, 1]),
    (Z[:2], [0, 0]),
    (Z + 1000, [0, 0, 1]),
    (Z - [[1000], [0], [0]], [0, 0, 1]),
    (FAR, [0]),
]


def head_calls(formula):
    (step,) = (step for step in STEPS if step.formula == formula)
    for layer_outputs, targets in LOGITS:
        named = {
            "layer_outputs": layer_outputs,
            "upstream": np.maximum(0, Z[: len(layer_outputs)]),
            "softmax_outputs": REFERENCE.softmax_forward(layer_outputs),
            "targets": np.array(targets),
        }
        yield tuple(named[name] for name in step.arguments)


def example_calls(formula):
    """The arguments of a formula on each of the lessons' examples."""
    if formula in HEAD_FORMULAS:
        yield from head_calls(formula)
        return
    truth = right_step(
        document.INPUTS, [FIRST], forward(document.INPUTS, [FIRST])[0]["relu_outputs"], RATE
    )
    for inputs, layers, upstream, rate in EXAMPLES:
        if upstream is None:
            upstream = forward(inputs, layers)[-1]["relu_outputs"]
        if formula == TRAIN_STEP:
            yield inputs, layers, upstream, rate
        elif len(layers) == 1:
            ((weights, biases),) = layers
            (step,) = right_step(inputs, layers, upstream, rate)
            if formula == "dense_backward":
                yield truth[0]["deriv_relu_wrt_z"][: len(inputs)], inputs, weights
            else:
                given = dict(inputs=inputs, weights=weights, biases=biases, upstream=upstream)
                named = {**step, **given, "learning_rate": rate}
                for call in (each for each in STEPS if each.formula == formula):
                    yield tuple(named[name] for name in call.arguments)


def numbers(text):
    """Numbers with a decimal point, as (value, half a unit in the last digit written)."""
    for number in re.findall(r"(?<![\w.])-?\d+\.\d+", text):
        yield float(number), 0.5001 * 10.0 ** -len(number.partition(".")[2])
