"""Why a finding of some kind matters, and what to try: for people, beside what and where.

A wrong value needs no such lines where its mistake is known, for the mistake's lesson says both.
"""

from typing import Final, NamedTuple

from harness import determinism, kinds, variations
from harness.finding import DERIVATION, VALUES


class Advice(NamedTuple):
    """Why it matters, if that has to be said, and what to try: a line of 68 columns each."""

    why: str
    attempt: str


# By the beginning of the finding's kind.
OF_A_FORMULA: Final = {
    kinds.RAISED: Advice(
        "Every shape must give a result: one sample, one neuron, no sample.",
        "Call it on this case alone, and print the shapes before that line.",
    ),
    kinds.WRONG_THING: Advice(
        "What uses the result expects it as agreed, and fails elsewhere.",
        "Look for a missing return, a tolist(), a number instead of an array.",
    ),
    kinds.WRONG_NUMBER: Advice(
        "Only their order tells the results apart.",
        "Return the gradients with respect to inputs, weights and biases.",
    ),
    kinds.WRONG_SHAPE: Advice(
        "NumPy broadcasts in silence, so the update goes wrong elsewhere.",
        "Print the shape after each line. keepdims=True keeps a summed axis.",
    ),
    kinds.WRONG_DTYPE: Advice(
        "All that is computed from it has another precision, or fails.",
        "Make new arrays with dtype=argument.dtype; leave astype() out.",
    ),
    kinds.CHANGED: Advice(
        "The caller still needs that array, and goes on with the changed one.",
        "Work on a copy, as the document does: d = upstream.copy().",
    ),
    kinds.DIFFERS: Advice(
        "What depends on earlier calls can be neither checked nor relied on.",
        "Look for what outlives a call: globals, defaults, random numbers.",
    ),
    kinds.OVERWRITES: Advice(
        "Whoever keeps a result, say for the backward pass, loses it.",
        "Make a new array at each call: no out=, or return a copy.",
    ),
    kinds.CHANGES: Advice(
        "All other code of the program works otherwise from then on.",
        "Keep it local: np.errstate, np.printoptions, np.random.default_rng.",
    ),
    kinds.OTHER_QUANTITIES: Advice(
        "What is left out at some calls is not checked there.",
        "Return the same keys for every case.",
    ),
    kinds.UNKNOWN_QUANTITY: Advice(
        "Under a name that nobody knows it is compared with nothing.",
        "Use the quantity's name, or leave it out: not all are needed.",
    ),
    kinds.STUCK: Advice(
        "Training would stop here without a word.",
        "Look for a loop whose end this case never reaches.",
    ),
    kinds.SLOW: Advice(
        "A run makes hundreds of thousands of calls.",
        "Time one call, and compute with arrays instead of loops.",
    ),
    kinds.DIED: Advice(
        "A program that trains with it would end there, too.",
        "Look for exits and compiled code, or run python -X faulthandler.",
    ),
    variations.LAYOUT: Advice(
        "With equal numbers it fails: a transposed or sliced array is one.",
        'Index rows and columns: no order="K", no frombuffer, no view(dtype).',
    ),
    variations.RATE: Advice(
        "A rate is written 0.1 as often as np.float32(0.1).",
        "Use the rate as it is given: no np.asarray(rate), no rate *= 2.",
    ),
    VALUES: Advice("", "Work this case out on paper, beside what the formula computes."),
}
OF_A_FRAMEWORK: Final = {
    determinism.EQUAL_CALLS: Advice(
        "With what does not repeat itself nothing can be compared.",
        "Look for its deterministic mode, or report this case there.",
    ),
    determinism.THREADS: Advice(
        "Rounding cannot explain it, so one of the two answers is wrong.",
        "Ask another version of the framework, or report this case there.",
    ),
    kinds.DIED: Advice(
        "It is the framework that fails: of the derivation it says nothing.",
        "Leave it out with --framework, or report this case there.",
    ),
    VALUES: Advice(
        "The derivation and all others agree, so the framework is suspect.",
        "Ask another version of the framework, or report this case there.",
    ),
}


def on(kind: str, outlier: str) -> Advice | None:
    """On a kind of finding, of the derivation's or of a framework's; None if nobody knows it."""
    advice = OF_A_FORMULA if outlier == DERIVATION else OF_A_FRAMEWORK
    return next((advice[known] for known in advice if kind.startswith(known)), None)
