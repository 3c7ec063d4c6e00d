"""Calls in other ways: each fragile derivation is told what it depends on, each right one passes.

One table row a file of `tests/candidates/fragile`, all of which are right on arrays in C order
with a rate of the case's dtype.
"""

from pathlib import Path

import numpy as np
import pytest

from harness import isolation, verdict
from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.derivation import REFERENCE
from harness.lattice import LADDER, lattice_stack
from harness.variations import vary
from harness.verification import Verification
from harness.walk import walk

CANDIDATES = Path(__file__).parents[1] / "candidates"
# What has formulas of the head alone is called on none of these cases.
RIGHT = sorted(
    path.stem for path in (CANDIDATES / "right").glob("*.py") if not path.stem.startswith("softmax")
)
DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
LAYOUT = "depends on the memory layout of"
PYTHON_FLOAT = "depends on how the learning rate is spelled (as a Python float)"
PROMOTED = "dtype float32", "dtype float64"
SAME = "upstream to stay as it was", "changed by the call"

FRAGILE = {
    "fortran_copy": ("deriv_relu_wrt_z", f"{LAYOUT} upstream (Fortran order)", *SAME),
    "from_buffer": (
        "layer_outputs",
        f"{LAYOUT} inputs (Fortran order)",
        "no exception in line 7",
        "BufferError: memoryview: underlying buffer is not C-contiguous",
    ),
    "rate_as_array": ("new_weights", PYTHON_FLOAT, *PROMOTED),
    "rate_changed": (
        "new_weights",
        "depends on how the learning rate is spelled (as a 0-d array)",
        "learning_rate to stay as it was",
        "changed by the call",
    ),
    "ravel_k": (
        "deriv_relu_wrt_z",
        f"{LAYOUT} layer_outputs (Fortran order)",
        "1.0 at [1, 0]",
        "0.0 there",
    ),
    "reshape_is_a_view": (
        "deriv_relu_wrt_z",
        f"{LAYOUT} upstream (Fortran order)",
        "0.0 at [1, 1]",
        "1.0 there",
    ),
    "restores_upstream": (
        "deriv_relu_wrt_z",
        f"{LAYOUT} upstream (read-only)",
        "no exception in line 7",
        "ValueError: assignment destination is read-only",
    ),
    "sign_bit": (
        "relu_outputs",
        f"{LAYOUT} layer_outputs (byte-swapped)",
        "0.0 at [0, 0]",
        "-1.0 there",
    ),
    "step_in_memory_order": (
        "deriv_relu_wrt_z",
        f"{LAYOUT} upstream (Fortran order)",
        "0.0 at [0, 1]",
        "1.0 there",
    ),
    "step_rate_as_array": ("new_biases", PYTHON_FLOAT, *PROMOTED),
}


class Toy:
    """A witness that says what the reference says."""

    name, version = "toy", "1"

    @staticmethod
    def trace(case):
        return walk(one_by_one(REFERENCE, case.shape, []), case)


def stack(shape=(2, 2, 2), dtype=DTYPES[0], count=8):
    return lattice_stack(np.random.default_rng(3), shape, dtype, LADDER[0], count)


def varied(derivation):
    """A verification with a stack of each dtype called in other ways."""
    verification = Verification(derivation, [Toy()])
    for dtype in DTYPES:
        for shape in ((2, 2, 2), (3, 2, 3, 2)):
            verification.check(stack(shape, dtype), "exact", varied=True)
    return verification


def told(verification):
    return [
        (each.quantity, each.kind, each.shown.expected, each.shown.observed)
        for each in verification.findings.values()
    ]


def test_every_fragile_file_has_its_row():
    assert sorted(path.stem for path in (CANDIDATES / "fragile").glob("*.py")) == sorted(FRAGILE)


@pytest.mark.parametrize("name", FRAGILE)
def test_a_fragile_derivation_agrees_until_it_is_called_in_another_way(name, load):
    derivation = load(f"fragile/{name}.py")
    plainly = Verification(derivation, [Toy()])
    for dtype in DTYPES:
        assert plainly.check(stack(dtype=dtype), "exact") == []

    assert told(varied(derivation)) == [FRAGILE[name]]


@pytest.mark.parametrize("name", ["reshape_is_a_view", "step_rate_as_array"])
def test_an_isolated_derivation_is_told_the_same(name):
    isolated = isolation.Isolated(f"fragile/{name}.py", CANDIDATES)
    try:
        assert told(varied(isolated.derivation)) == [FRAGILE[name]]
    finally:
        isolated.close()


def test_the_smallest_case_is_one_in_which_the_layout_matters(load):
    (finding,) = varied(load("fragile/reshape_is_a_view.py")).findings.values()

    assert finding.shown.smallest
    assert finding.shown.case.shape == (2, 1, 2)
    assert np.count_nonzero(finding.shown.case.upstream) == 1


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_derivation_depends_on_no_way_of_calling_it(name, load):
    verification = varied(load(f"right/{name}.py"))

    assert verification.findings == {}
    assert verification.varied > 0


def test_the_reference_is_called_in_every_way_and_has_no_note():
    verification = varied(REFERENCE)

    assert (verification.findings, verification.notes) == ({}, {})
    # dense_forward, relu_forward, relu_backward, dense_backward, and sgd_step twice, in each
    # layout that suits every array; the rate as two other numbers, and in float32 as a third.
    ways = 6 * (4 + 1 + 3 + 4) + 2 * (5 * 3 + 1 + 2)
    calls, _, _ = vary(REFERENCE, stack(count=1), Toy.trace(stack(count=1)))
    assert calls in range(ways, ways + 6 * 4)
    in_float32 = stack(dtype=DTYPES[1], count=1)
    assert vary(REFERENCE, in_float32, Toy.trace(in_float32))[0] == calls + 2


@pytest.mark.parametrize(
    ("file", "note"),
    [
        (
            "right/einsum.py",
            "sgd_step (right/einsum.py) returns dtype float64, not dtype float32, "
            "if the learning rate is a np.float64",
        ),
        (
            "right/whole_step.py",
            "train_step (right/whole_step.py) returns dtype float64, not dtype float32, "
            "if the learning rate is a np.float64 in new_weights",
        ),
        (
            "right/wider_inside.py",
            "sgd_step (right/wider_inside.py) raises AttributeError: 'float' object has no "
            "attribute 'astype' if the learning rate is a Python float",
        ),
    ],
)
def test_what_numpy_promotes_or_the_contract_excludes_is_noted_and_no_disagreement(
    file, note, load
):
    verification = varied(load(file))

    assert verification.findings == {}
    assert list(verification.notes) == [note]
    assert verdict.conclude(verification, 0, "pytest", (), ()).notes == (note,)


def test_a_wrong_formula_is_called_in_no_other_way(load):
    verification = varied(load("wrong/mask_ge.py"))

    assert {finding.kind for finding in verification.findings.values()} == {"values differ"}
    assert verification.varied == 0


def test_equal_rows_are_broadcast_and_never_a_parameter():
    seen = []

    def forward(inputs, weights, biases):
        seen.append([each.strides[0] == 0 and len(each) > 1 for each in (inputs, weights, biases)])
        return REFERENCE.dense_forward(inputs, weights, biases)

    def step(parameter, gradient, learning_rate):
        assert parameter.flags.writeable
        return REFERENCE.sgd_step(parameter, gradient, learning_rate)

    ones = np.ones((1, 2, 2))
    case = Case(ones, (Layer(ones, ones[:, :1]),), ones, np.float64(1))
    derivation = REFERENCE._replace(dense_forward=forward, sgd_step=step)

    _, faults, _ = vary(derivation, case, Toy.trace(case))

    assert faults == []
    broadcast = [each for each in seen if any(each)]
    assert broadcast == [[True, False, False], [False, True, False], [True, True, False]]


def test_a_formula_that_ends_the_process_in_another_layout_is_a_finding(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import os\n\nimport numpy as np\n\n\ndef relu_forward(layer_outputs):\n"
        "    if not layer_outputs.flags.aligned:\n        os._exit(3)\n"
        "    return np.maximum(0, layer_outputs)\n"
    )
    isolated = isolation.Isolated("mine.py", tmp_path)
    try:
        ((quantity, kind, _, observed),) = told(varied(isolated.derivation))
    finally:
        isolated.close()

    assert (quantity, kind) == ("relu_outputs", "ends the process")
    assert observed == "it ended with exit status 3"
