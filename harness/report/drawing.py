"""A disagreement drawn as the document draws it: matrices with the operation between them.

The element that is wrong, and what feeds it, are marked, and its sum is written out in numbers.
A verdict has the case and the quantity; what else feeds the quantity (the layer_outputs that decide
a mask, the gradient of an update) is computed here by the reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness import case as cases
from harness.calling import one_by_one
from harness.case import Array, Case
from harness.derivation import reference_at
from harness.report import of_head
from harness.report.matrices import Feeds, Matrix, matrix, number
from harness.report.of_head import CELL, ROW, joined, signed
from harness.walk import walk


class Operand(NamedTuple):
    """A matrix, and the words before and after it."""

    before: str
    matrix: Matrix
    after: str = ""


class Drawing(NamedTuple):
    """One line of the document: its code, its operands and results, and the sum of one element."""

    code: str
    given: list[Operand]
    results: list[Operand]
    element: str
    sum: str
    observed: str


class _Line(NamedTuple):
    """A line of the document: its operands, each with words around it and what feeds an element.

    An operand is the words before it, its name, what of it feeds, and the words after it.
    """

    code: str
    parts: tuple[tuple[str, str, str, str], ...]


COLUMN = "its column"
_LINES: Final = {
    "layer_outputs": _Line(
        "layer_outputs = np.dot(inputs, weights) + biases",
        (
            ("", "inputs", ROW, ""),
            ("·", "weights", COLUMN, ""),
            ("+", "biases", COLUMN, ""),
        ),
    ),
    "relu_outputs": _Line(
        "relu_outputs = np.maximum(0, layer_outputs)", (("max 0,", "layer_outputs", CELL, ""),)
    ),
    "deriv_relu_wrt_z": _Line(
        "deriv_relu_wrt_z[layer_outputs <= 0] = 0  # elsewhere the upstream",
        (("", "upstream", CELL, ""), ("where", "layer_outputs", CELL, "> 0")),
    ),
    "deriv_relu_wrt_inputs": _Line(
        "deriv_relu_wrt_inputs = np.dot(deriv_relu_wrt_z, weights.T)",
        (("", "deriv_relu_wrt_z", ROW, ""), ("·", "weights.T", COLUMN, "")),
    ),
    "deriv_relu_wrt_weights": _Line(
        "deriv_relu_wrt_weights = np.dot(inputs.T, deriv_relu_wrt_z)",
        (("", "inputs.T", ROW, ""), ("·", "deriv_relu_wrt_z", COLUMN, "")),
    ),
    "deriv_relu_wrt_biases": _Line(
        "deriv_relu_wrt_biases = np.sum(deriv_relu_wrt_z, axis=0, keepdims=True)",
        (("sum of the rows of", "deriv_relu_wrt_z", COLUMN, ""),),
    ),
    "new_weights": _Line(
        "weights += -learning_rate * deriv_relu_wrt_weights",
        (
            ("", "weights", CELL, ""),
            ("+ {minus_rate} ×", "deriv_relu_wrt_weights", CELL, ""),
        ),
    ),
    "new_biases": _Line(
        "biases += -learning_rate * deriv_relu_wrt_biases",
        (
            ("", "biases", CELL, ""),
            ("+ {minus_rate} ×", "deriv_relu_wrt_biases", CELL, ""),
        ),
    ),
    **{quantity: _Line(*line) for quantity, line in of_head.LINES.items()},
}


def drawn(finding: Mapping[str, Any], kink: float) -> Drawing:
    """Raises ValueError or LookupError if the finding's places are not in its case."""
    case, quantity = cases.from_json(finding["case"]), finding["quantity"]
    values, line = _values(case, finding["layer"], kink), _LINES[quantity]
    # The loss is one number, drawn as a matrix.
    at = tuple(finding["index"]) or (0, 0) if finding["arrays"] else ()
    i, j = at or (-1, -1)
    right = values["targets"].ravel() if "targets" in values else ()
    feeding: dict[str, tuple[tuple[int, int], Feeds]] = {
        ROW: ((i, -1), lambda row, _: row == i),
        COLUMN: ((-1, j), lambda _, column: column == j),
        CELL: ((i, j), lambda *place: place == at),
        of_head.ALL: ((-1, -1), lambda *place: True),
        of_head.RIGHT: ((-1, -1), lambda row, column: column == right[row]),
        of_head.RIGHT_OF_ROW: ((i, -1), lambda row, column: row == i and column == right[i]),
    }
    rate = signed(-case.learning_rate)
    given = []
    for before, name, what, after in line.parts:
        shown = matrix(name, _operand(values, name), *feeding[what])
        given.append(Operand(before.format(minus_rate=rate), shown, after))
    if not at:
        return Drawing(line.code, given, [], "", "", "")
    expected, observed = (
        np.array([[float(value) for value in row] for row in finding["arrays"][said]], case.dtype)
        for said in ("expected", "observed")
    )
    results = [
        Operand(sign, matrix(said, array, at, lambda *place: place == at, said))
        for sign, said, array in (("=", "expected", expected), ("≠", "observed", observed))
    ]
    # What the others computed may differ from the reference in the last bits.
    sure = np.atleast_2d(values[quantity])[at] == expected[at]
    total = _written(quantity, values, case.learning_rate, kink, i, j)
    total += f" {'=' if sure else '≈'} {number(expected[at])}"
    element = f"{quantity}{list(finding['index']) or ''}"
    return Drawing(line.code, given, results, element, total, number(observed[at]))


def _values(case: Case, layer: int, kink: float) -> dict[str, Array]:
    """What the formulas of one layer get and return, by the reference, without the stack axis."""
    seen: dict[str, Array] = {}
    call = one_by_one(reference_at(kink), case.shape, [], case.targets is not None)

    def note(step: Any, at: int, arguments: Sequence[Any]) -> Sequence[Any]:
        results = call(step, at, arguments)
        if at == layer:
            named = [*zip(step.arguments, arguments, strict=True)]
            named += zip(step.quantities, results, strict=True)
            seen.update({name: value[0] for name, value in named if np.ndim(value)})
        return results

    with np.errstate(all="ignore"):
        walk(note, case)
    if not seen:
        raise LookupError(f"layer {layer} of {len(case.layers)}")
    return seen


def _operand(values: Mapping[str, Array], name: str) -> Array:
    if name == "targets":  # a column, beside the rows that they are of
        return values[name][:, None]
    return values[name[:-2]].T if name.endswith(".T") else values[name]


def _written(
    quantity: str, values: Mapping[str, Array], rate: Any, kink: float, i: int, j: int
) -> str:
    """How the element at [i, j] is made, in numbers."""
    if quantity in of_head.LINES:
        return of_head.written(quantity, values, i, j)
    first, *others = (_operand(values, name) for _, name, _, _ in _LINES[quantity].parts)
    if quantity == "relu_outputs":
        return f"max(0, {number(first[i, j])})"
    if quantity == "deriv_relu_wrt_z":
        z, passed_in = others[0][i, j], signed(first[i, j])
        side = ">" if z > 0 else "<" if z < 0 else "="
        factor = "1" if z > 0 else "0" if z < 0 else number(np.float64(kink))
        return f"{passed_in} × {factor}  (layer_outputs {number(z)} {side} 0)"
    if quantity == "deriv_relu_wrt_biases":
        return joined(map(signed, first[:, j]))
    if quantity in ("new_weights", "new_biases"):
        return f"{number(first[i, j])} + {signed(-rate)} × {signed(others[0][i, j])}"
    bias = [signed(others[1][0, j])] if quantity == "layer_outputs" else []
    return joined([*_products(first[i], others[0][:, j]), *bias])


def _products(one: Array, other: Array) -> list[str]:
    return [f"{signed(a)} × {signed(b)}" for a, b in zip(one, other, strict=True)]
