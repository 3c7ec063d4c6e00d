"""The figures of `docs/derivation.md`: the document's numbers, there (blue) and back (orange)."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from docs.figures.svg import ROW, arrow, figure, line, matrix, number, text
from reference import dense_backward, dense_forward, document, neuron, relu_backward, relu_forward

INPUTS, WEIGHTS, BIASES = document.INPUTS, document.WEIGHTS, document.BIASES
LAYER_OUTPUTS = dense_forward(INPUTS, WEIGHTS, BIASES)
RELU_OUTPUTS = relu_forward(LAYER_OUTPUTS)
DERIV_RELU_WRT_Z = relu_backward(RELU_OUTPUTS, LAYER_OUTPUTS)
WRT_INPUTS, WRT_WEIGHTS, WRT_BIASES = dense_backward(DERIV_RELU_WRT_Z, INPUTS, WEIGHTS)
# The element that is followed: sample 0, input 0, neuron 0.
FIRST: Final = {(0, 0)}
STEP: Final = 46


def _pair(x: float, y: float, there: str, back: str, anchor: str = "middle") -> list[str]:
    """A value of the forward pass, and below it what comes back for it."""
    return [text(x, y, there, "there", anchor), text(x, y + 17, back, "back", anchor)]


def one_next() -> str:
    """Scenario A: sample 0 goes through neuron 0, and the derivatives come back."""
    x, w, b = INPUTS[0].tolist(), WEIGHTS[:, 0].tolist(), BIASES[0, 0].item()
    passed_in = RELU_OUTPUTS[0, 0].item()
    step = neuron.one_next(x, w, b, passed_in, document.LEARNING_RATE.item())
    parts, bus, middle = [], 255, 38 + 2 * STEP
    for i in range(len(x)):
        y = 38 + STEP * i
        wrt_x, wrt_w = step.deriv_relu_wrt_inputs[i], step.deriv_relu_wrt_weights[i]
        parts += _pair(70, y, f"x[{i}] = {number(x[i])}", number(wrt_x))
        parts += [text(125, y, "*", "quiet")]
        parts += _pair(185, y, f"w[{i}] = {number(w[i])}", number(wrt_w))
    parts += _pair(185, 38 + STEP * len(x), f"b = {number(b)}", number(step.deriv_relu_wrt_bias))
    ends = [38 + STEP * i + 4 for i in range(len(x) + 1)]
    parts += [line(bus - 12, y, bus, y) for y in ends] + [line(bus, ends[0], bus, ends[-1])]
    parts += [text(bus + 12, middle + 9, "+", "quiet")]
    z, output = number(step.layer_output), number(step.relu_output)
    parts += _pair(330, middle, f"z = {z}", number(step.deriv_relu_wrt_z))
    parts += _pair(485, middle, f"max(0, z) = {output}", number(passed_in))
    for start, end in ((372, 418), (555, 601)):
        parts += [*arrow(start, middle - 5, end, "there"), *arrow(end, middle + 13, start, "back")]
    parts += [text(650, middle + 9, "next layer", "quiet")]
    return figure(710, 258, "One neuron, there and back", parts)


def several_next() -> str:
    """Scenario B: what one output does to three neurons, and what each of them says of it."""
    w, derivs = WEIGHTS[0].tolist(), DERIV_RELU_WRT_Z[0].tolist()
    partials = [deriv * weight for deriv, weight in zip(derivs, w, strict=True)]
    levels = [38 + STEP * j for j in range(len(w))]
    middle, bus = levels[len(w) // 2], 215
    parts = _pair(100, middle, f"output = {number(INPUTS[0, 0])}", number(sum(partials)))
    parts += [
        line(bus, levels[0] + 4, bus, levels[-1] + 4),
        text(bus - 14, middle + 9, "+", "quiet"),
    ]
    for j, (y, weight) in enumerate(zip(levels, w, strict=True)):
        parts += [line(bus, y + 4, bus + 12, y + 4)]
        parts += _pair(280, y, f"* {number(weight)}", number(partials[j]))
        parts += [*arrow(330, y - 5, 376, "there"), *arrow(376, y + 13, 330, "back")]
        parts += _pair(480, y, f"z of neuron {j}", number(derivs[j]))
    return figure(590, 38 + STEP * len(w), "One output into three neurons, and back", parts)


class Shown(NamedTuple):
    """A matrix of an equation."""

    name: str
    values: Any
    kind: str
    marked: Collection[tuple[int, int]]


def _row(values: Any) -> set[tuple[int, int]]:
    return {(0, place) for place in range(values.shape[1])}


def _column(values: Any) -> set[tuple[int, int]]:
    return {(place, 0) for place in range(values.shape[0])}


def _equation(title: str, *terms: Shown | str) -> str:
    """Matrices side by side, with the operations between them; what makes one element is marked."""
    tallest = max(len(term.values) for term in terms if isinstance(term, Shown))
    centre, x, parts = 12 + tallest * ROW / 2, 14.0, []
    for term in terms:
        if isinstance(term, str):
            parts.append(text(x + 4 + len(term) * 4, centre + 5, term, "quiet"))
            x += 16 + len(term) * 8
            continue
        y = centre - len(term.values) * ROW / 2
        drawn = matrix(x, y, term.name, term.values.tolist(), term.kind, term.marked)
        parts += drawn.parts
        x = drawn.right + 8
    return figure(x + 6, 12 + tallest * ROW + 30, title, parts)


def layer_outputs() -> str:
    return _equation(
        "inputs times weights plus biases are the layer's outputs",
        Shown("inputs", INPUTS, "there", _row(INPUTS)),
        "•",
        Shown("weights", WEIGHTS, "there", _column(WEIGHTS)),
        "+",
        Shown("biases", BIASES, "there", FIRST),
        "=",
        Shown("layer_outputs", LAYER_OUTPUTS, "there", FIRST),
    )


def wrt_inputs() -> str:
    turned = WEIGHTS.T
    return _equation(
        "A row of deriv_relu_wrt_z meets a column of weights.T: a sum over the neurons",
        Shown("deriv_relu_wrt_z", DERIV_RELU_WRT_Z, "back", _row(DERIV_RELU_WRT_Z)),
        "•",
        Shown("weights.T", turned, "there", _column(turned)),
        "=",
        Shown("deriv_relu_wrt_inputs", WRT_INPUTS, "back", FIRST),
    )


def wrt_weights() -> str:
    turned = INPUTS.T
    return _equation(
        "A row of inputs.T meets a column of deriv_relu_wrt_z: a sum over the samples",
        Shown("inputs.T", turned, "there", _row(turned)),
        "•",
        Shown("deriv_relu_wrt_z", DERIV_RELU_WRT_Z, "back", _column(DERIV_RELU_WRT_Z)),
        "=",
        Shown("deriv_relu_wrt_weights", WRT_WEIGHTS, "back", FIRST),
    )


def wrt_biases() -> str:
    return _equation(
        "A column of deriv_relu_wrt_z is summed: over the samples",
        "sum of the rows of",
        Shown("deriv_relu_wrt_z", DERIV_RELU_WRT_Z, "back", _column(DERIV_RELU_WRT_Z)),
        "=",
        Shown("deriv_relu_wrt_biases", WRT_BIASES, "back", FIRST),
    )
