"""The lines of softmax and cross-entropy on a page, and how one element of each is made."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from harness.case import Array
from harness.report.matrices import FIRST, GAP, LAST, MOST, number

ROW, CELL, ALL = "its row", "its place", "everything"
RIGHT, RIGHT_OF_ROW = "the right classes", "the right class of its row"
# What is computed, the operands, and the words before and after each.
LINES: Final = {
    "softmax_outputs": (
        "softmax_outputs = exp_outputs / np.sum(exp_outputs, axis=1, keepdims=True)",
        (("softmax of", "layer_outputs", ROW, ""),),
    ),
    "deriv_softmax_wrt_z": (
        "jacobian = np.diagflat(outputs) - np.dot(outputs.T, outputs)  # then np.dot(upstream, it)",
        (("", "upstream", ROW, ""), ("· jacobian of", "softmax_outputs", ROW, "")),
    ),
    "loss": (
        "loss = np.mean(-np.log(correct_outputs))",
        (("", "softmax_outputs", RIGHT, ""), ("with", "targets", ALL, "")),
    ),
    "deriv_loss_wrt_softmax_outputs": (
        "deriv_loss_wrt_softmax_outputs = -one_hot / correct_outputs / len(softmax_outputs)",
        (("", "softmax_outputs", RIGHT_OF_ROW, ""), ("with", "targets", ROW, "")),
    ),
    "deriv_loss_wrt_z": (
        "deriv_loss_wrt_z = (softmax_outputs - one_hot) / len(softmax_outputs)",
        (("", "softmax_outputs", CELL, ""), ("with", "targets", ROW, "")),
    ),
}


def written(quantity: str, values: Mapping[str, Array], i: int, j: int) -> str:
    """How the element at [i, j] is made, in numbers."""
    if quantity == "softmax_outputs":
        row = values["layer_outputs"][i]
        powers = [f"exp({number(z)})" for z in row - row.max()]
        return f"{powers[j]} / {_sum(powers, brackets=True)}  (the largest z taken from each)"
    outputs = values["softmax_outputs"]
    if quantity == "deriv_softmax_wrt_z":
        s = number(outputs[i, j])
        return _sum(
            f"{signed(passed_in)} × "
            + (f"{s} × (1 - {s})" if k == j else f"(-{number(outputs[i, k])} × {s})")
            for k, passed_in in enumerate(values["upstream"][i])
        )
    targets = values["targets"].ravel()
    if quantity == "loss":
        logs = [f"-log({number(row[right])})" for row, right in zip(outputs, targets, strict=True)]
        return f"{_sum(logs, brackets=True)} / {len(outputs)}"
    right = j == targets[i]
    if quantity == "deriv_loss_wrt_z":
        return f"({number(outputs[i, j])} - {int(right)}) / {len(outputs)}"
    if not right:
        return f"0  (the right class is {targets[i]})"
    return f"-1 / {number(outputs[i, j])} / {len(outputs)}"


def _sum(terms: Iterable[str], brackets: bool = False) -> str:
    text = joined(terms)
    return f"({text})" if brackets and " + " in text else text


def joined(terms: Iterable[str]) -> str:
    """The terms of a sum; of many the first and the last."""
    listed = list(terms)
    if len(listed) > MOST:
        left = len(listed) - FIRST - LAST
        listed = [*listed[:FIRST], f"{GAP} ({left} more)", *listed[-LAST:]]
    return " + ".join(listed) or "an empty sum"


def signed(value: Any) -> str:
    """A number, in brackets if it begins with a minus."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text
