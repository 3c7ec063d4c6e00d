"""The verdict as JSON: contract 4, numbers that keep their bits, and how the file is written."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pytest

from harness import verdict, verdict_json
from harness.calling import one_by_one
from harness.case import QUANTITIES, Case, Layer
from harness.derivation import REFERENCE
from harness.mistakes import CATALOGUE
from harness.verification import Verification
from harness.walk import walk

MATRIX = [[float]]  # in CONTRACT a tuple lists the types that a value may have
CONTRACT = {
    "derivation": str,
    "agrees": bool,
    "seed": int,
    "frameworks": [{"name": str, "version": str}],
    "checked": [
        {
            "quantity": str,
            "framework": str,
            "regime": str,
            "dtype": str,
            "shapes": int,
            "cases": int,
            "elements": int,
            "ambiguous": int,
            "largest_error_over_radius": (float, type(None)),
        }
    ],
    "disagreements": [
        {
            "quantity": str,
            "layer": int,
            "framework": str,
            "regime": str,
            "index": [int],
            "expected": str,
            "observed": str,
            "case": {
                "inputs": MATRIX,
                "layers": [{"weights": MATRIX, "biases": MATRIX}],
                "upstream": MATRIX,
                "learning_rate": float,
                "dtype": str,
            },
            "outlier": str,
            "mistake": (str, type(None)),
            "lesson": (str, type(None)),
            "pattern": (str, type(None)),
            "reproduce": str,
        }
    ],
}
TOY = SimpleNamespace(
    name="toy",
    version="1.0",
    trace=lambda case: walk(one_by_one(REFERENCE, case.shape, []), case),
)
# Subnormal, negative zero, not short in decimals, huge.
NASTY = [5e-324, 1e-45, -0.0, 0.1, 1 / 3, -7.0, 1.2e-38, 3e38, 1.7e308]


def mine(**formulas):
    return REFERENCE._replace(name="mine.py", own=tuple(formulas), **formulas)


def checked(derivation, *regimes):
    """The verdict on the case of ones."""
    one, verification = np.ones((1, 1, 1)), Verification(derivation, [TOY])
    for regime in regimes:
        verification.check(Case(one, (Layer(one, one),), one, np.float64(0.5)), regime)
    return verdict.conclude(verification, 3, "pytest", (), ())


def fits(value, schema):
    if isinstance(schema, list):
        return type(value) is list and bool(value) and all(fits(each, schema[0]) for each in value)
    if isinstance(schema, dict):
        return set(schema) <= set(value) and all(fits(value[key], schema[key]) for key in schema)
    return type(value) in (schema if isinstance(schema, tuple) else (schema,))


def test_the_json_has_the_contract_s_keys_and_types():
    result = checked(mine(sgd_step=lambda p, g, rate: p + g * rate), "exact", "certified")

    assert fits(json.loads(json.dumps(verdict_json.as_json(result))), CONTRACT)


def test_a_disagreement_has_its_mistake_and_lesson_or_else_its_pattern():
    known = checked(mine(sgd_step=lambda p, g, rate: p + g * rate), "exact")
    unknown = checked(mine(sgd_step=lambda p, g, rate: 3 * (p - g * rate)), "exact")
    lesson = next(each.lesson for each in CATALOGUE if each.name == "sign_plus")

    def diagnoses(result):
        written = verdict_json.as_json(result)["disagreements"]
        return {(each["mistake"], each["lesson"], each["pattern"]) for each in written}

    assert diagnoses(known) == {("sign_plus", lesson, None)}
    assert diagnoses(unknown) == {(None, None, "3 times the truth")}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_case_reads_back_to_the_same_bits(dtype):
    with np.errstate(over="ignore", under="ignore"):
        numbers = np.array([NASTY], np.float64).astype(dtype)
    numbers[np.isinf(numbers)] = np.finfo(dtype).max
    stack, column = numbers[None], numbers.T[None]
    case = Case(stack, (Layer(column, stack[:, :, :1]),), stack[:, :, 2:3], numbers[0, 3])

    read = json.loads(json.dumps(verdict_json.case_as_json(case)))

    (layer,) = read["layers"]
    for text, array in (
        (read["inputs"], case.inputs[0]),
        (layer["weights"], case.layers[0].weights[0]),
        (layer["biases"], case.layers[0].biases[0]),
        (read["upstream"], case.upstream[0]),
        (read["learning_rate"], case.learning_rate),
    ):
        assert np.array(text, read["dtype"]).tobytes() == array.tobytes()
        assert np.shape(text) == array.shape


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_written_as_text(tmp_path, value):
    result = checked(mine(sgd_step=lambda p, g, rate: np.full_like(p, value)), "exact", "certified")

    verdict_json.write(verdict_json.as_json(result), tmp_path / "verdict.json")

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    written = json.loads((tmp_path / "verdict.json").read_text(), parse_constant=refuse)
    assert {found["observed"] for found in written["disagreements"]} == {repr(value)}


def test_rows_and_disagreements_come_in_the_order_of_the_quantities():
    wrong = {
        "sgd_step": lambda p, g, rate: p + g * rate,
        "dense_backward": lambda d, x, w: (d, -x, d + 1),
        "relu_forward": np.negative,
    }
    result = checked(mine(**wrong), "exact")
    for table in (result.verification.tallies, result.verification.findings):
        for key in reversed(list(table)):
            table[key] = table.pop(key)

    written = verdict_json.as_json(result)

    found = [each["quantity"] for each in written["disagreements"]]
    assert [each["quantity"] for each in written["checked"]] == list(QUANTITIES)
    assert found == [quantity for quantity in QUANTITIES if quantity in found]
    assert len(found) == 5


def test_the_file_is_replaced_in_one_step(tmp_path, monkeypatch):
    path = tmp_path / "verdict.json"
    path.write_text("old")
    replace, seen = os.replace, []

    def watched(source, target):
        seen.append((path.read_text(), json.loads(source.read_text())["seed"], source.parent))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    result = checked(REFERENCE, "exact")
    verdict_json.write(verdict_json.as_json(result), path)

    assert seen == [("old", 3, tmp_path)]
    assert json.loads(path.read_text()) == verdict_json.as_json(result)
    assert [each.name for each in tmp_path.iterdir()] == ["verdict.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def fail(source, target):
        raise OSError("disk full")

    path = tmp_path / "verdict.json"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        verdict_json.write(verdict_json.as_json(checked(REFERENCE, "exact")), path)

    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["verdict.json"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (".", IsADirectoryError),
        ("nowhere/verdict.json", NotADirectoryError),
        ("old.json/verdict.json", NotADirectoryError),
    ],
)
def test_a_place_that_cannot_be_written_is_known_beforehand(tmp_path, name, error):
    (tmp_path / "old.json").write_text("old")

    with pytest.raises(error):
        verdict_json.check_writable(tmp_path / name)


@pytest.mark.parametrize("name", ["old.json", "new.json"])
def test_asking_whether_a_place_can_be_written_changes_nothing(tmp_path, name):
    (tmp_path / "old.json").write_text("old")

    verdict_json.check_writable(tmp_path / name)

    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"old.json": "old"}
