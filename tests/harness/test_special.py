"""Special values: what a ReLU answers, who answers the same, and that nobody is judged for it."""

from types import SimpleNamespace

import numpy as np
import pytest

import adapters
from harness import conventions_file, render, special, verdict, verdict_json
from harness.calling import one_by_one
from harness.conventions import FORWARD, POINTS, QUANTITIES, UPSTREAMS, Conventions, Row, measure
from harness.derivation import REFERENCE
from harness.special import PAIRS, SPECIAL, Alike
from harness.verification import Verification
from harness.walk import walk


@pytest.fixture(scope="module")
def recorded():
    return conventions_file.read(adapters.CONVENTIONS)


TOY = SimpleNamespace(
    name="toy", version="1", trace=lambda case: walk(one_by_one(REFERENCE, case.shape, []), case)
)


def mine(**formulas):
    return REFERENCE._replace(name="mine.py", own=tuple(formulas), **formulas)


def answers(formula, derivation):
    """The formula's answers, as {point: [one word for each upstream]}."""
    found = special.of_derivation(derivation)[formula]
    return {point: [found[point, f"upstream {each}"] for each in UPSTREAMS] for point in SPECIAL}


def by_mask(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


def by_product(upstream, layer_outputs):
    return upstream * (layer_outputs > 0)


OFF, ON = ["0"] * len(UPSTREAMS), list(UPSTREAMS)
MASK = {"nan": ON, "inf": ON, "-inf": OFF, "-0": OFF, "tiny": ON, "-tiny": OFF}
OFF_BY_PRODUCT = ["0", "0", "nan", "nan", "nan"]
PRODUCT = {point: ON if MASK[point] == ON else OFF_BY_PRODUCT for point in SPECIAL}


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
            for point, word in zip(SPECIAL, ["0", "0", "inf", "0", "tiny", "0"], strict=True)
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


def spelling(answers):
    """Answers by point, as a table has them."""
    return {
        (point, f"upstream {upstream}"): word
        for point in SPECIAL
        for upstream, word in zip(UPSTREAMS, answers[point], strict=True)
    }


def said(found):
    """What the verdict says, in one line."""
    return " ".join(line.strip() for line in special.lines(special.as_json(found)))


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
    own = special.of_derivation(mine(relu_backward=by_product))
    odd = TABLE["product"] | {("-0", "upstream 2"): "7"}

    found = special.alike(own, {"mask": TABLE["mask"], "odd": odd})

    assert said(found) == (
        "Not judged: relu_backward does at -0, nan as none of them: 0 (upstream 2), "
        "0 (upstream 0), nan (upstream nan), nan (upstream inf), nan (upstream -inf); "
        "at inf, tiny as `mask`, `odd`; at -inf, -tiny as `odd`."
    )
    assert max(map(len, special.lines(special.as_json(found)))) <= 80


def test_who_does_the_same_everywhere_is_said_once():
    own = special.of_derivation(mine(relu_backward=by_mask))

    assert said(special.alike(own, TABLE)) == (
        "Not judged: relu_backward does at every special value as `mask`."
    )


def test_what_the_recorded_conventions_say_of_a_formula_goes_by_spelling(recorded):
    """Either form of the document's, and a third choice at 0."""
    for backward, names in {
        by_mask: {"document, matrix form", "torch.relu(z)"},
        by_product: {"document, scalar form", "torch z * (z > 0)"},
        lambda d, z: np.where(z >= 0, d, 0): {"torch.clamp(z, min=0)"},
    }.items():
        found = special.told(mine(relu_backward=backward), recorded)
        assert names <= set.intersection(*(set(each.spellings) for each in found))


def test_a_spelling_answers_with_the_lone_elements_word_and_in_float64():
    rows = {
        Row("toy", "its relu", dtype, quantity): (cell,) * len(POINTS)
        for dtype, cell in {"float32": "7", "float64": "2|0"}.items()
        for quantity in QUANTITIES
    }

    (answers,) = special.spellings(Conventions({"toy": "1"}, rows)).values()

    assert set(answers.values()) == {"2"}


def test_a_spelling_of_two_frameworks_is_named_after_each():
    def relu(z, upstream):
        return z, upstream

    rows = (
        measure("a", "1", {"both(z)": relu}).rows
        | measure("b", "1", {"both(z)": relu, "own(z)": relu}).rows
    )

    found = special.spellings(Conventions({"a": "1", "b": "1"}, rows))

    assert list(found) == ["a both(z)", "b both(z)", "own(z)"]


def test_versions_that_are_not_those_of_the_file_are_noted(monkeypatch):
    """Of the frameworks asked; how a version was built is no other version."""
    recorded = Conventions({"numpy": "2.4.6", "jax": "0.10.2", "torch": "2.13.0+cpu"}, {})
    monkeypatch.setattr(np, "__version__", "2.0.2")

    assert list(special.other_versions(recorded, {"torch": "2.13.0+cu130", "toy": "1"})) == [
        "what numpy does at special values was recorded with 2.4.6, and this is 2.0.2"
    ]
    assert list(special.other_versions(recorded, {"jax": "0.4.13"}))[1:] == [
        "what jax does at special values was recorded with 0.10.2, and this is 0.4.13"
    ]


def test_only_the_first_of_many_spellings_are_named():
    found = [Alike("relu_forward", "nan", {FORWARD: "nan"}, ("a", "b", "c", "d", "e"))]

    assert said(found) == (
        "Not judged: relu_forward does at every special value as `a`, `b`, `c` and 2 more."
    )


def test_the_verdict_tells_it_and_is_the_same_without(load, recorded):
    verification = Verification(load("wrong/mask_ge.py"), [TOY])
    without = verdict.conclude(verification, 0, "pytest", (), ())
    assert verdict_json.as_json(without)["conventions"] == []
    verification.special = special.told(verification.derivation, recorded)
    told = verdict.conclude(verification, 0, "pytest", (), ())

    assert (told.agrees, told.gaps) == (without.agrees, without.gaps)
    lines = list(special.lines(special.as_json(verification.special)))
    assert set(lines) <= set(render.render(verdict_json.as_json(told)))
    assert lines[0].startswith("Not judged: relu_backward does at -0 as `jax (z + abs(z)) / 2`")
    written = verdict_json.as_json(told)["conventions"]
    assert [each["point"] for each in written] == list(SPECIAL)
    at_nan = written[SPECIAL.index("nan")]
    assert "torch.relu(z)" in at_nan.pop("spellings")
    assert at_nan == {
        "formula": "relu_backward",
        "point": "nan",
        "answers": {f"upstream {each}": each for each in UPSTREAMS} | {"upstream 0": "0"},
    }


def test_the_reference_and_the_files_that_leave_relu_out_are_told_no_less_than_they_do(load):
    assert special.of_derivation(load("right/reversed_sums.py")) == {}
    assert set(special.of_derivation(REFERENCE)) == {"relu_forward", "relu_backward"}
