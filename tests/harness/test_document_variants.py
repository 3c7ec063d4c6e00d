"""The document's notebook with a mistake in it: refused for its own quantity, and in its cell."""

import re

import pytest
from document_variants import changed, concluded, without, write

from harness.candidate import CandidateError, load

MASK = "deriv_relu_wrt_z[layer_outputs <= 0] = 0\n"
Z = f"deriv_relu_wrt_z = relu_outputs.copy()\n\n# Set cells to 0 where corresponding layer_outputs cell <= 0\n{MASK}"  # noqa: E501
# The cell, what it has, and has instead; the quantity that is wrong, and the mistake.
MISTAKES = [
    (13, "+ biases", "- biases", "layer_outputs", "biases_subtracted"),
    (14, "np.maximum(0, layer_outputs)", "np.abs(layer_outputs)", "relu_outputs", None),
    (16, MASK, "", "deriv_relu_wrt_z", "mask_missing"),
    (16, "<= 0] = 0", "< 0] = 0", "deriv_relu_wrt_z", "mask_ge"),
    (16, Z, "upstream = relu_outputs\nderiv_relu_wrt_z = np.where(layer_outputs > 0, 1., 0.)\n",
     "deriv_relu_wrt_z", "upstream_ignored"),
    (16, Z, "upstream = relu_outputs\nderiv_relu_wrt_z = np.ones_like(upstream)\n" + MASK,
     "deriv_relu_wrt_z", "upstream_ignored"),
    # These fail on the document's own numbers, too.
    (18, "weights.T", "weights", "deriv_relu_wrt_inputs", "weights_not_transposed"),
    (22, "inputs.T", "inputs", "deriv_relu_wrt_weights", "inputs_not_transposed"),
    (24, "axis=0", "axis=1", "deriv_relu_wrt_biases", "biases_axis_1"),
    (24, "np.sum", "np.mean", "deriv_relu_wrt_biases", "biases_mean"),
    # What a formula does for both, the document writes out for each.
    (27, "-0.001", "0.001", "new_weights", "sign_plus"),
    (30, "-0.001", "0.001", "new_biases", "sign_plus"),
]  # fmt: skip


@pytest.mark.parametrize(("count", "right", "wrong", "quantity", "mistake"), MISTAKES)
def test_a_mistake_in_a_cell_is_found_there_and_named(
    count, right, wrong, quantity, mistake, tmp_path
):
    write(tmp_path / "mine.ipynb", changed(count, right, wrong))

    found = concluded(load("mine.ipynb", tmp_path))["disagreements"]

    assert {each["quantity"] for each in found} == {quantity}
    assert {re.search(r"In \[(\d+)\]", each["place"])[1] for each in found} == {str(count)}
    assert mistake is None or mistake in found[0]["mistake"].split(" or ")


def test_a_mask_that_is_missing_with_its_cell_is_refused_where_it_is_used(tmp_path):
    write(tmp_path / "mine.ipynb", without(16))

    with pytest.raises(CandidateError, match=r"In \[18\].*: deriv_relu_wrt_z is used here"):
        load("mine.ipynb", tmp_path)


def test_the_notebook_as_it_stands_agrees(tmp_path):
    write(tmp_path / "mine.ipynb", without())

    assert concluded(load("mine.ipynb", tmp_path))["disagreements"] == []
