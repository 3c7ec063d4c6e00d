"""Special values: what a ReLU answers, who answers the same, and that nobody is judged for it."""

from types import SimpleNamespace

import numpy as np
import pytest

from harness import render, special, verdict, verdict_json
from harness.calling import one_by_one
from harness.derivation import REFERENCE, walk
from harness.special import FORWARD, PAIRS, POINTS, UPSTREAMS, Alike
from harness.verification import Verification

TOY = SimpleNamespace(
    name="toy", version="1", trace=lambda case: walk(one_by_one(REFERENCE, case.shape, []), case)
)


def mine(**formulas):
    return REFERENCE._replace(name="mine.py", own=tuple(formulas), **formulas)


def answers(formula, derivation):
    """The formula's answers, as {point: [one word for each upstream]}."""
    found = special.of_derivation(derivation)[formula]
    return {point: [found[point, f"upstream {each}"] for each in UPSTREAMS] for point in POINTS}


def by_mask(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


def by_product(upstream, layer_outputs):
    return upstream * (layer_outputs > 0)


OFF, ON = ["0", "0", "0"], ["2", "nan", "inf"]
MASK = {"nan": ON, "inf": ON, "-inf": OFF, "-0": OFF, "tiny": ON, "-tiny": OFF}
OFF_BY_PRODUCT = ["0", "nan", "nan"]
PRODUCT = {point: ON if MASK[point] == ON else OFF_BY_PRODUCT for point in POINTS}


def test_the_two_forms_of_the_document_are_different_functions_at_special_values():
    assert answers("relu_backward", mine(relu_backward=by_mask)) == MASK
    assert answers("relu_backward", mine(relu_backward=by_product)) == PRODUCT | {
        "nan": OFF_BY_PRODUCT
    }


def test_the_forward_formula_is_asked_for_its_value_alone():
    found = special.of_derivation(mine(relu_forward=lambda z: np.where(z > 0, z, 0)))

    assert found == {
        "relu_forward": {
            (point, FORWARD): word
            for point, word in zip(POINTS, ["0", "inf", "0", "0", "tiny", "0"], strict=True)
        }
    }


def test_a_step_is_asked_for_what_it_returns(load):
    found = special.of_derivation(load("right/whole_step.py"))

    assert set(found) == {"relu_outputs of train_step", "deriv_relu_wrt_z of train_step"}
    assert len(found["deriv_relu_wrt_z of train_step"]) == len(PAIRS)
    assert special.of_derivation(load("right/parameters_alone.py")) == {}


def test_a_formula_that_refuses_special_values_has_no_answer():
    def refuses(layer_outputs):
        assert np.isfinite(layer_outputs).all()
        return np.maximum(0, layer_outputs)

    assert special.of_derivation(mine(relu_forward=refuses)) == {}


@pytest.mark.parametrize(("name", "at_nan"), [("jax", "0"), ("torch", "2")])
def test_the_witnesses_differ_at_nan(name, at_nan, witnesses):
    (witness,) = (each for each in witnesses if each.name == name)

    found = special.of_witness(witness.trace(special.case()))

    assert found["nan", "upstream 2"] == at_nan
    assert found["inf", "upstream 2"] == "2"


def test_a_point_that_a_witness_does_not_reach_is_no_answer_of_its(witnesses):
    """JAX flushes subnormal numbers on the way to z."""
    (jax,) = (each for each in witnesses if each.name == "jax")

    reached = {point for point, _ in special.of_witness(jax.trace(special.case()))}
    assert {"nan", "inf", "-inf"} <= reached
    assert not {"tiny", "-tiny"} & reached


def spelling(answers):
    """Answers by point, as a table has them."""
    return {
        (point, f"upstream {upstream}"): word
        for point in POINTS
        for upstream, word in zip(UPSTREAMS, answers[point], strict=True)
    }


TABLE = {"mask": spelling(MASK), "product": spelling(PRODUCT)}


def test_a_table_of_spellings_says_who_does_the_same_at_which_point():
    found = special.alike(special.of_derivation(mine(relu_backward=by_mask)), TABLE)

    assert {each.point: each.spellings for each in found} == {
        "nan": ("mask", "product"),
        "inf": ("mask", "product"),
        "-inf": ("mask",),
        "-0": ("mask",),
        "tiny": ("mask", "product"),
        "-tiny": ("mask",),
    }


def test_points_are_grouped_by_who_does_the_same_and_a_loner_is_shown_itself():
    found = special.alike(special.of_derivation(mine(relu_backward=by_product)), TABLE)

    assert list(special.lines(special.as_json(found))) == [
        "Not judged: relu_backward does at nan as none of them: 0 (upstream 2), "
        "nan (upstream nan), nan (upstream inf); at inf, tiny as mask, product; "
        "at -inf, -0, -tiny as product."
    ]


def test_only_the_first_of_many_spellings_are_named():
    found = [Alike("relu_forward", "nan", {FORWARD: "nan"}, ("a", "b", "c", "d", "e"))]

    assert list(special.lines(special.as_json(found))) == [
        "Not judged: relu_forward does at nan as a, b, c and 2 more."
    ]


def test_the_verdict_tells_it_and_is_the_same_without(load):
    verification = Verification(load("wrong/mask_ge.py"), [TOY])
    without = verdict.conclude(verification, 0, "pytest", (), ())
    assert verdict_json.as_json(without)["conventions"] == []
    verification.special = special.told(verification.derivation, [TOY])
    told = verdict.conclude(verification, 0, "pytest", (), ())

    assert (told.agrees, told.gaps) == (without.agrees, without.gaps)
    result = verdict_json.as_json(told)
    (line,) = (line for line in render.render(result) if line.startswith("Not judged"))
    assert "at -0 as none of them: 2 (upstream 2)" in line
    written = result["conventions"]
    assert written[0] == {
        "formula": "relu_backward",
        "point": "nan",
        "answers": {"upstream 2": "2", "upstream nan": "nan", "upstream inf": "inf"},
        "spellings": ["toy"],
    }
    assert [each["point"] for each in written] == list(POINTS)


def test_the_reference_and_the_files_that_leave_relu_out_are_told_no_less_than_they_do(load):
    assert special.of_derivation(load("right/reversed_sums.py")) == {}
    assert set(special.of_derivation(REFERENCE)) == {"relu_forward", "relu_backward"}
