"""A disagreement as the document draws it: operands, what feeds the wrong element, and its sum."""

import numpy as np
import pages
import pytest

from harness.case import QUANTITIES, Case, Layer, quantity_shapes
from harness.case import as_json as case_as_json
from harness.report.drawing import drawn
from harness.report.matrices import GAP, matrix, number, whole_case

# (1, 2) . (3, -4) + 7 is 2: the unit is on.
ON = pages.case()
KINK = pages.case(biases=((5,),))
OFF = pages.case(biases=((4,),))


def finding(case, quantity, expected, observed=((9.0,),), index=(0, 0), layer=0):
    arrays = {"expected": expected, "observed": observed} if expected else None
    return {
        "case": case_as_json(case),
        "quantity": quantity,
        "layer": layer,
        "index": list(index),
        "arrays": arrays,
    }


def said(operands):
    """Operands by their names, and the operations as they are."""
    words = [word for each in operands for word in (each.before, each.matrix.name, each.after)]
    return " ".join(word for word in words if word)


def marks(one):
    return [[cell.mark for cell in row] for row in one.rows]


@pytest.mark.parametrize(
    ("case", "quantity", "expected", "operands", "written"),
    [
        (ON, "layer_outputs", 2, "inputs · weights + biases", "1 × 3 + 2 × (-4) + 7 = 2"),
        (ON, "relu_outputs", 2, "max 0, layer_outputs", "max(0, 2) = 2"),
        (OFF, "relu_outputs", 0, "max 0, layer_outputs", "max(0, -1) = 0"),
        (
            ON,
            "deriv_relu_wrt_z",
            5,
            "upstream where layer_outputs > 0",
            "5 × 1  (layer_outputs 2 > 0) = 5",
        ),
        (
            OFF,
            "deriv_relu_wrt_z",
            0,
            "upstream where layer_outputs > 0",
            "5 × 0  (layer_outputs -1 < 0) = 0",
        ),
        (
            KINK,
            "deriv_relu_wrt_z",
            0,
            "upstream where layer_outputs > 0",
            "5 × 0  (layer_outputs 0 = 0) = 0",
        ),
        (ON, "deriv_relu_wrt_inputs", 15, "deriv_relu_wrt_z · weights.T", "5 × 3 = 15"),
        (ON, "deriv_relu_wrt_weights", 5, "inputs.T · deriv_relu_wrt_z", "1 × 5 = 5"),
        (ON, "deriv_relu_wrt_biases", 5, "sum of the rows of deriv_relu_wrt_z", "5 = 5"),
        (
            ON,
            "new_weights",
            0.5,
            "weights + (-0.5) × deriv_relu_wrt_weights",
            "3 + (-0.5) × 5 = 0.5",
        ),
        (
            ON,
            "new_biases",
            4.5,
            "biases + (-0.5) × deriv_relu_wrt_biases",
            "7 + (-0.5) × 5 = 4.5",
        ),
    ],
)
def test_each_quantity_is_drawn_as_the_document_computes_it(
    case, quantity, expected, operands, written
):
    shape = getattr(quantity_shapes(case.shape)[0], quantity)
    drawing = drawn(finding(case, quantity, np.full(shape, expected).tolist(), np.zeros(shape)), 0)

    assert said(drawing.given) == operands
    assert drawing.sum == written
    assert drawing.element == f"{quantity}[0, 0]"
    assert said(drawing.results) == "= expected ≠ observed"
    assert quantity.removeprefix("new_") in drawing.code


def test_every_quantity_has_its_line():
    for quantity in QUANTITIES:
        assert drawn(finding(ON, quantity, None), 0).sum == ""


@pytest.mark.parametrize("kink", [0.5, 1])
def test_another_choice_at_the_kink_is_the_factor(kink):
    drawing = drawn(finding(KINK, "deriv_relu_wrt_z", [[5.0 * kink]]), kink)

    assert drawing.sum == f"5 × {kink:g}  (layer_outputs 0 = 0) = {5 * kink:g}"


def test_what_feeds_the_wrong_element_is_marked_and_nothing_else():
    case = pages.case(
        inputs=((1, 2), (3, 4)),
        weights=((1, 2, 3), (4, 5, 6)),
        biases=((7, 8, 9),),
        upstream=((1, 1, 1), (1, 1, 1)),
    )
    z = [[16.0, 20.0, 24.0], [26.0, 34.0, 42.0]]
    drawing = drawn(finding(case, "layer_outputs", z, z, (1, 2)), 0)
    inputs, weights, biases = (operand.matrix for operand in drawing.given)
    expected, observed = (operand.matrix for operand in drawing.results)

    assert marks(inputs) == [["", ""], ["feeds", "feeds"]]
    assert marks(weights) == [["", "", "feeds"], ["", "", "feeds"]]
    assert marks(biases) == [["", "", "feeds"]]
    assert marks(expected) == [["", "", ""], ["", "", "expected"]]
    assert marks(observed) == [["", "", ""], ["", "", "observed"]]
    assert drawing.sum == "3 × 3 + 4 × 6 + 9 = 42"


def test_a_layer_gets_its_inputs_and_its_upstream_from_its_neighbours():
    one = np.ones((1, 1, 1))
    layers = Layer(2 * one, one), Layer(3 * one, one)
    case = Case(one, layers, 5 * one, np.float64(1))

    last = drawn(finding(case, "layer_outputs", [[10.0]], layer=1), 0)
    first = drawn(finding(case, "deriv_relu_wrt_weights", [[15.0]], layer=0), 0)

    assert last.sum == "3 × 3 + 1 = 10"
    assert first.sum == "1 × 15 = 15"


def test_a_sum_that_rounds_is_only_about_the_number():
    case = pages.case(inputs=((0.1, 0.2),), weights=((1,), (1,)), biases=((0,),))

    assert drawn(finding(case, "layer_outputs", [[0.3]]), 0).sum.endswith("≈ 0.3")
    assert drawn(finding(case, "layer_outputs", [[0.1 + 0.2]]), 0).sum.endswith(
        "= 0.30000000000000004"
    )


@pytest.mark.parametrize(
    ("dtype", "text"),
    [("float64", "0.1"), ("float32", "0.1"), ("float16", "0.1"), ("bfloat16", "0.10009765625")],
)
def test_numbers_are_as_short_as_numpy_writes_those_of_their_dtype(dtype, text):
    written = finding(pages.case(inputs=((0.1, 0),)), "layer_outputs", None)
    written["case"]["dtype"] = dtype
    inputs = drawn(written, 0).given[0].matrix

    assert [cell.text for cell in inputs.rows[0]] == [text, "0"]


def test_a_misbehaving_call_is_drawn_without_a_result():
    drawing = drawn(finding(ON, "layer_outputs", None), 0)

    assert (drawing.results, drawing.sum, drawing.element) == ([], "", "")
    assert {mark for each in drawing.given for row in marks(each.matrix) for mark in row} == {""}


def test_a_place_outside_of_the_case_is_refused():
    with pytest.raises(LookupError, match="layer 3 of 1"):
        drawn(finding(ON, "layer_outputs", [[2.0]], layer=3), 0)
    with pytest.raises(IndexError):
        drawn(finding(ON, "layer_outputs", [[2.0]], index=(4, 4)), 0)


def test_a_large_matrix_shows_its_corners_and_the_row_that_matters():
    large = matrix("large", np.arange(400.0).reshape(20, 20), (11, -1), lambda row, _: row == 11)
    first, *_ = ([cell.text for cell in row] for row in large.rows)
    rows = [row[0].text for row in large.rows]

    assert first == ["0", "1", "2", "3", "4", GAP, "18", "19"]
    assert rows == ["0", "20", "40", "60", "80", GAP, "220", GAP, "360", "380"]
    assert [row[0].mark for row in large.rows].count("feeds") == 1
    assert large.shape == "20×20"


def test_a_long_sum_says_how_many_terms_it_leaves_out():
    case = pages.case(inputs=(range(20),), weights=tuple((1,) for _ in range(20)))

    written = drawn(finding(case, "layer_outputs", [[197.0]]), 0).sum

    assert written == ("0 × 1 + 1 × 1 + 2 × 1 + 3 × 1 + 4 × 1 + … (14 more) + 19 × 1 + 7 = 197")


def test_an_empty_sum_is_said_to_be_empty():
    case = pages.case(inputs=np.zeros((0, 2)), upstream=np.zeros((0, 1)))
    drawing = drawn(finding(case, "deriv_relu_wrt_biases", [[0.0]]), 0)

    (empty,) = (operand.matrix for operand in drawing.given)

    assert drawing.sum == "an empty sum = 0"
    assert (empty.rows, empty.shape) == ([], "0×1")


def test_the_whole_case_has_every_array_under_its_name():
    assert [each.name for each in whole_case(ON)] == ["inputs", "weights", "biases", "upstream"]
    two = ON._replace(layers=(*ON.layers, Layer(np.ones((1, 1, 1)), np.ones((1, 1, 1)))))
    assert "weights 1" in [each.name for each in whole_case(two)]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (-0.0, "-0"), (0.5, "0.5"), (1e-9, "1e-09"), (1e30, "1e+30"), (np.nan, "nan")],
)
def test_a_number_is_written_short(value, text):
    assert number(np.float64(value)) == text
