"""Findings in softmax and cross-entropy on a page: the line, what feeds the element, its sum."""

import numpy as np
import pytest

from harness import case as cases
from harness import head
from harness.case import HEAD_QUANTITIES
from harness.derivation import REFERENCE
from harness.report.drawing import drawn

# Outputs of 1/2 each.
CASE = head.of_logits(
    np.array([[[0.0, 0.0], [7.0, 7.0]]]), np.array([[0, 1]]), np.array([[[4.0, 8.0], [0.0, -2.0]]])
)


def drawing(quantity, index, arrays=True, case=CASE):
    shape = () if quantity == "loss" else case.inputs[0].shape
    outputs = REFERENCE.softmax_forward(case.inputs[0])
    upstream, targets = case.upstream[0], case.targets[0]
    value = {
        "softmax_outputs": outputs,
        "deriv_softmax_wrt_z": REFERENCE.softmax_backward(upstream, outputs),
        "loss": REFERENCE.cross_entropy_forward(outputs, targets),
        "deriv_loss_wrt_softmax_outputs": REFERENCE.cross_entropy_backward(outputs, targets),
        "deriv_loss_wrt_z": REFERENCE.softmax_cross_entropy_backward(outputs, targets),
    }[quantity]
    assert value.shape == shape
    told = {said: np.atleast_2d(value + more).tolist() for said, more in
            (("expected", 0), ("observed", 1))}  # fmt: skip
    found = {"case": cases.as_json(case), "quantity": quantity, "layer": 0, "index": index}
    return drawn(found | {"arrays": told if arrays else None}, 0)


def marked(matrix):
    return [(i, j) for i, row in enumerate(matrix.rows) for j, cell in enumerate(row) if cell.mark]


@pytest.mark.parametrize(
    ("quantity", "index", "total"),
    [
        (
            "softmax_outputs",
            [0, 1],
            "exp(0) / (exp(0) + exp(0))  (the largest z taken from each) = 0.5",
        ),
        ("deriv_softmax_wrt_z", [0, 1], "4 × (-0.5 × 0.5) + 8 × 0.5 × (1 - 0.5) = 1"),
        ("loss", [], f"(-log(0.5) + -log(0.5)) / 2 = {np.log(2)}"),
        ("deriv_loss_wrt_softmax_outputs", [1, 1], "-1 / 0.5 / 2 = -1"),
        ("deriv_loss_wrt_softmax_outputs", [1, 0], "0  (the right class is 1) = 0"),
        ("deriv_loss_wrt_z", [0, 0], "(0.5 - 1) / 2 = -0.25"),
        ("deriv_loss_wrt_z", [0, 1], "(0.5 - 0) / 2 = 0.25"),
    ],
)
def test_an_element_is_written_out(quantity, index, total):
    found = drawing(quantity, index)

    assert found.sum == total
    assert found.element == f"{quantity}{index or ''}"


@pytest.mark.parametrize(
    ("quantity", "index", "feeds"),
    [
        ("softmax_outputs", [1, 0], [[(1, 0), (1, 1)]]),
        ("deriv_softmax_wrt_z", [1, 0], [[(1, 0), (1, 1)], [(1, 0), (1, 1)]]),
        ("loss", [], [[(0, 0), (1, 1)], [(0, 0), (1, 0)]]),
        ("deriv_loss_wrt_softmax_outputs", [1, 0], [[(1, 1)], [(1, 0)]]),
        ("deriv_loss_wrt_z", [0, 1], [[(0, 1)], [(0, 0)]]),
    ],
)
def test_what_feeds_the_wrong_element_is_marked_and_nothing_else(quantity, index, feeds):
    found = drawing(quantity, index)

    assert [marked(operand.matrix) for operand in found.given] == feeds
    assert [marked(each.matrix) for each in found.results] == [[tuple(index) or (0, 0)]] * 2


@pytest.mark.parametrize("quantity", HEAD_QUANTITIES)
def test_a_finding_without_numbers_has_its_line_alone(quantity):
    found = drawing(quantity, [], arrays=False)

    assert found.sum == ""
    assert quantity in found.code or quantity == "deriv_softmax_wrt_z"
    assert not any(marked(operand.matrix) for operand in found.given if operand.matrix.rows) or (
        quantity == "loss"
    )


def test_a_long_sum_is_cut():
    wide = head.of_logits(np.zeros((1, 1, 20)), np.array([[3]]), np.ones((1, 1, 20)))

    assert drawing("softmax_outputs", [0, 0], case=wide).sum.count("exp(0)") == 1 + 7
