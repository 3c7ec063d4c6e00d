"""What the tests of the report share: verdicts to look at, from toy witnesses, each made once."""

from functools import cache
from pathlib import Path

import numpy as np
import parts

from harness import report, verdict, verdict_json
from harness.case import Case, Layer
from harness.isolation import Isolated
from harness.many.rows import AGREES, DISAGREES, UNKNOWN, Row
from harness.merge import merge
from harness.verification import Verification

SCRIPT = "<script>window.hacked = 1</script>"
# Its formulas come from a file whose name, docstring and messages are markup.
FILE = "<img src=x onerror=hacked=1>.py"
HOSTILE = f'''"""{SCRIPT}"""


def dense_forward(inputs, weights, biases):
    """{SCRIPT}"""
    print("{SCRIPT}")
    raise ValueError("{SCRIPT}<b onclick=alert(1)>\\x00\\udc80&lt;$x^2$")


def sgd_step(parameter, gradient, learning_rate):
    return parameter - 2 * learning_rate * gradient
'''


def case(*, inputs=((1, 2),), weights=((3,), (-4,)), biases=((7,),), upstream=((5,),), rate=0.5):
    """A single case of one layer."""
    arrays = (np.array([rows], np.float64) for rows in (inputs, weights, biases, upstream))
    inputs, weights, biases, upstream = arrays
    return Case(inputs, (Layer(weights, biases),), upstream, np.float64(rate))


def judged(derivation, *cases, notes=()):
    """The verdict on a derivation that does not agree, before two honest witnesses."""
    verification = Verification(derivation, [parts.JAX, parts.TORCH])
    for each in cases:
        verification.check(each, "exact")
    return verdict_json.as_json(verdict.conclude(verification, 0, "pytest <it>", [], [], notes))


@cache
def agreeing():
    return merge(parts.of_the_reference()[:5])


@cache
def disagreeing():
    return merge(parts.of_a_wrong_derivation())


@cache
def incomplete():
    return merge(parts.of_the_reference()[5:6])


@cache
def outlier():
    return merge(parts.of_the_reference()[6:8])


def mean(upstream, inputs, weights):
    return upstream @ weights.T, inputs.T @ upstream, upstream.mean(axis=0, keepdims=True)


@cache
def mistaken():
    derivation = parts.REFERENCE._replace(
        name="mine.py", own=("dense_backward",), dense_backward=mean
    )
    return judged(derivation, case(inputs=((1, 2), (3, 4)), upstream=((5,), (6,))))


def from_file(folder, name, source):
    """The verdict on a candidate's file, run in a process of its own as always."""
    Path(folder, name).write_text(source)
    process = Isolated(name, Path(folder))
    try:
        return judged(process.derivation, case(), notes=[(name, process.notes)])
    finally:
        process.close()


def hostile(folder):
    return from_file(folder, FILE, HOSTILE)


def faulty(folder):
    return from_file(folder, "mine.py", "def relu_forward(z):\n    raise IndexError('no such row')")


LONG = "a_name_that_no_window_of_a_telephone_has_the_width_for_without_a_break.py"
ROWS = [
    Row("homework/ada/mine.py", AGREES),
    Row(f"homework/{LONG}", DISAGREES, "deriv_relu_wrt_weights", "weights updated in a copy"),
    *(Row(f"homework/{name}.py", UNKNOWN, "", f"does not parse: {'x' * 80}") for name in "abcdefg"),
    Row(f"homework/{FILE}", DISAGREES, "new_weights", SCRIPT),
    Row("homework/zoe.ipynb", UNKNOWN, "new_biases", "jax stands alone"),
]


def index(folder):
    """The path of an index of derivations, one of which was not judged."""
    rows = [(row, report.page_of(at, row.derivation)) for at, row in enumerate(ROWS)]
    report.write_index(rows, 1, folder)
    return folder / report.INDEX
