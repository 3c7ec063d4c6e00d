"""The certificate: what these very cases would have caught, and what they would have let pass."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from harness import certificate, plan, render, verdict, verdict_json
from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.derivation import REFERENCE, reference_at, walk
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.mistakes import CATALOGUE, Mistake
from harness.mistakes.wiring import downwards, forward, gradients, update
from harness.verification import Verification

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
SMALL = (*product((1, 2, 3), repeat=3), (1, 1, 1, 1), (2, 2, 2, 2), (2, 3, 2, 3, 2))
TINY = LADDER[:1]
NAMES = {each.name for each in CATALOGUE}
KINKS = (0.5, 1.0)


def toy(derivation=REFERENCE):
    """A witness that says what a derivation does."""

    def trace(case):
        return walk(one_by_one(derivation, case.shape, []), case)

    return SimpleNamespace(name="toy", version="1.0", trace=trace)


def right_step(inputs, layers, upstream, learning_rate):
    steps = forward(inputs, layers)
    for step, below, weights, biases in downwards(steps, inputs, layers):
        upstream = gradients(step, upstream, below, weights)
        update(step, weights, biases, learning_rate)
    return steps


def mine(formula, code):
    return REFERENCE._replace(name="mine.py", own=(formula,), **{formula: code})


def run(shapes=SMALL, rungs=LADDER, dtype=FLOAT64, derivation=REFERENCE, count=8):
    """A verification of exact cases, those of several layers also chained."""
    verification, rng = Verification(derivation, [toy()]), np.random.default_rng(0)
    for shape, rung in product(shapes, rungs):
        case = lattice_stack(rng, shape, dtype, rung, count)
        verification.check(case, "exact", chained=len(shape) > 3)
    return verification


def survivors(verification):
    return verification.certificate.survivors


def zeros(shape=(2, 3, 2)):
    batch, n_inputs, n_neurons = shape
    layer = Layer(np.zeros((1, n_inputs, n_neurons)), np.zeros((1, 1, n_neurons)))
    nothing = np.zeros((1, batch, n_inputs)), np.zeros((1, batch, n_neurons))
    return Case(nothing[0], (layer,), nothing[1], np.float64(0.5))


@pytest.mark.parametrize(("seed", "kink"), [(0, 0), (1, 0), (2, 0), (0, 0.5), (1, 1.0)])
def test_the_stacks_of_a_run_would_catch_every_known_mistake(seed, kink):
    """In float64 alone, and on stacks that are shorter than a run's."""
    reference = reference_at(kink)
    derivation = mine("relu_backward", reference.relu_backward) if kink else REFERENCE
    derivation = derivation._replace(own=REFERENCE.own)
    verification = Verification(derivation, [toy(reference)], kink=kink)
    sizes = {"exact": 16, "certified": 16}

    for planned in plan.layers_stacks(seed, FLOAT64, sizes):
        if planned.regime == "exact":
            verification.check(**planned._asdict())
    for planned in plan.stacks("exact", seed, FLOAT64, sizes):
        if not survivors(verification):
            break
        verification.check(**planned._asdict())

    assert verification.findings == {}
    assert survivors(verification) == set()
    assert len(verification.certificate.caught) == len(CATALOGUE) == 100


ONE_SAMPLE_HIDES = {
    "biases_as_column", "biases_axis_1_reshaped", "biases_gradient_per_sample", "biases_mean",
    "biases_not_summed", "inputs_divided_by_batch", "inputs_not_transposed", "mask_of_first_sample",
    "mask_squeezed", "mask_transposed", "parameters_divided_by_batch", "star_for_dot",
    "weights_divided_by_batch", "weights_of_last_sample",
}  # fmt: skip
NO_EQUAL_SIZES_HIDE = {
    "biases_as_column", "biases_axis_1_reshaped", "inputs_not_transposed", "mask_transposed",
    "star_for_dot", "weights_not_transposed", "weights_transposed_again",
}  # fmt: skip
FLOAT32_HIDES = {"outputs_in_float32", "step_in_float32"}
TINY_HIDES = FLOAT32_HIDES | {"biases_in_float16", "gradient_in_float16", "weights_in_float16"}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({}, set()),
        ({"shapes": [s for s in SMALL if len(set(s)) == 1]}, {"biases_squeezed", "mask_squeezed"}),
        ({"shapes": [s for s in SMALL if s[0] == 1]}, ONE_SAMPLE_HIDES),
        ({"shapes": [(2, 3, 4), (1, 2, 3), (3, 1, 2), (2, 3, 1)]}, NO_EQUAL_SIZES_HIDE),
        ({"rungs": TINY}, TINY_HIDES),
        ({"dtype": FLOAT32}, FLOAT32_HIDES),
    ],
    ids=["all", "squares", "one sample", "no equal sizes", "tiny integers", "float32"],
)
def test_what_is_missing_from_the_cases_leaves_its_mistakes(options, left):
    assert survivors(run(**options)) == left


def test_any_floats_leave_only_what_needs_the_kink():
    verification, rng = Verification(REFERENCE, [toy()]), np.random.default_rng(1)
    for shape in SMALL:
        verification.check(float_stack(rng, shape, FLOAT64, 8), "certified", chained=True)

    # Drawn to within a few units of 0, some biases meet it.
    assert survivors(verification) <= set(certificate.AT_KINK)
    assert len(verification.certificate.caught) >= 98


def test_cases_of_zeros_agree_with_nearly_everything_and_so_nothing_agrees():
    verification = Verification(REFERENCE, [toy()])
    assert verification.check(zeros(), "exact") == []
    concluded = verdict.conclude(verification, 0, "pytest", (), ())

    assert {"biases_forgotten", "mask_missing", "sign_plus"} <= survivors(verification)
    assert not concluded._replace(gaps=()).agrees
    lines = render.render(concluded._replace(gaps=()))
    assert lines[0] == "reference: NO FULL VERDICT, see what was not checked"
    assert any(line.startswith("NOT CHECKED against ") for line in lines)


def test_without_a_survivor_the_verdict_says_so_and_agrees():
    concluded = verdict.conclude(run(), 0, "pytest", (), ())._replace(gaps=())

    assert concluded.agrees
    assert "These cases would have caught all 100 known mistakes." in render.render(concluded)


def test_the_same_cases_make_the_same_certificate():
    one, other = (
        verdict_json.as_json(verdict.conclude(run(SMALL[:9]), 0, "", (), ())) for _ in "ab"
    )

    assert one["sensitivity"] == other["sensitivity"]
    assert one["sensitivity"]["survivors"]
    names = [each["mistake"] for each in one["sensitivity"]["survivors"]]
    assert names == [each.name for each in CATALOGUE if each.name in names]


def test_what_is_caught_is_not_asked_again_and_no_shape_often(monkeypatch):
    asked, blamed = [], certificate.blamed
    monkeypatch.setattr(
        certificate,
        "blamed",
        lambda mistake, *rest: asked.append(mistake.name) or blamed(mistake, *rest),
    )
    verification, rng = Verification(REFERENCE, [toy()]), np.random.default_rng(0)
    for _ in range(50):
        verification.check(lattice_stack(rng, (1, 2, 2), FLOAT32, TINY[0], 40), "exact")

    caught, left = verification.certificate.caught, survivors(verification)
    often = certificate.MOST // certificate.CASES
    assert {name: asked.count(name) for name in left} == dict.fromkeys(left, often)
    assert len(asked) < 2 * len(caught) + often * len(left)
    assert verification.certificate.cases == certificate.MOST


def test_only_the_formulas_that_a_derivation_owns_are_asked():
    verification = run(SMALL[:27], derivation=mine("sgd_step", lambda p, g, rate: p - rate * g))

    asked = verification.certificate.caught | survivors(verification)
    assert asked == {each.name for each in CATALOGUE if each.formula == "sgd_step"}
    text = list(certificate.lines(certificate.as_json(verification.certificate)))
    assert text == [f"These cases would have caught all {len(asked)} known mistakes in sgd_step."]


@pytest.mark.parametrize("chained", [False, True])
def test_wiring_is_asked_where_formulas_are_chained(chained):
    verification = Verification(REFERENCE, [toy()])
    case = lattice_stack(np.random.default_rng(0), (2, 2, 2, 2), FLOAT64, TINY[0], 8)
    verification.check(case, "exact", chained=chained)

    asked = verification.certificate.caught | survivors(verification)
    assert ("layers_reversed" in asked) is chained


def test_a_whole_step_is_asked_for_the_mistakes_in_what_it_returns():
    def weights_alone(*arguments):
        return [{"new_weights": step["new_weights"]} for step in right_step(*arguments)]

    whole, part = (
        run([(2, 2, 2, 2)], TINY, derivation=mine("train_step", step)).certificate
        for step in (right_step, weights_alone)
    )
    steps = [each for each in CATALOGUE if each.formula == "train_step"]

    assert whole.caught | whole.survivors == {each.name for each in steps}
    assert part.caught | part.survivors == {
        each.name for each in steps if each.quantities == ("new_weights",)
    }


def test_nothing_is_asked_where_the_derivation_is_refused():
    """There the truth itself is in question: a wrong witness would refuse everything."""
    wrong = mine("sgd_step", lambda p, g, rate: p + rate * g)
    verification = Verification(REFERENCE, [toy(wrong)])
    case = lattice_stack(np.random.default_rng(0), (2, 2, 2), FLOAT64, TINY[0], 8)

    assert verification.check(case, "exact")
    assert verification.certificate == certificate.Certificate()
    assert list(certificate.lines(certificate.as_json(verification.certificate))) == []


def test_a_mistake_that_only_raises_is_caught_and_what_is_no_mistake_survives(monkeypatch):
    def raises(parameter, gradient, learning_rate):
        raise IndexError

    planted = [
        Mistake(name, "sgd_step", ("new_weights", "new_biases"), code, "")
        for name, code in (("raises", raises), ("right", REFERENCE.sgd_step))
    ]
    monkeypatch.setattr(certificate, "CATALOGUE", planted)
    ours = run([(2, 2, 2)]).certificate

    assert (ours.caught, ours.survivors) == ({"raises"}, {"right"})


@pytest.mark.parametrize(("name", "slope"), certificate.AT_KINK.items())
def test_a_mistake_about_the_kink_is_the_right_formula_of_another_choice(name, slope):
    code = next(each.code for each in CATALOGUE if each.name == name)
    z = np.array([[-1.0, 0.0, 2.0]])

    assert code(z + 5, z).tolist() == reference_at(slope).relu_backward(z + 5, z).tolist()


@pytest.mark.parametrize("kink", KINKS)
def test_the_mistakes_of_another_choice_at_the_kink_are_the_other_choices(kink):
    names = {each.name for each in certificate.catalogue(kink)}
    right = {name for name, slope in certificate.AT_KINK.items() if slope == kink}

    assert len(right) == 1
    assert names == NAMES - right | {"kink_zero"}


@pytest.mark.parametrize("kink", KINKS)
def test_at_another_choice_no_mistake_is_caught_for_the_document_s_choice(kink):
    """At kinks alone, only the choices there are told apart."""
    reference = reference_at(kink)
    verification = Verification(
        mine("relu_backward", reference.relu_backward), [toy(reference)], kink=kink
    )
    case = zeros()._replace(upstream=np.ones((1, 2, 2)))
    assert verification.check(case, "exact") == []

    others = {name for name, slope in certificate.AT_KINK.items() if slope != kink}
    assert verification.certificate.caught == others | {"kink_zero"}
    assert {"mask_inverted", "mask_transposed", "upstream_squared"} <= survivors(verification)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mask_ge", "tiny integers at 1x1->1"),
        ("biases_mean", "tiny integers at 2x1->1"),
        ("star_for_dot", "tiny integers at 2x2->2"),
        ("outputs_in_float32", "float64 integers past 24 bits at 1x1->1"),
        ("layers_reversed", "tiny integers at 1x1->1->1"),
    ],
)
def test_the_simplest_kind_of_case_that_shows_a_mistake_is_named(name, words):
    assert certificate.shown_by(next(each for each in CATALOGUE if each.name == name)) == words


@pytest.mark.parametrize("kink", [0, *KINKS])
def test_every_mistake_is_shown_by_some_simple_case(kink):
    assert all(certificate.shown_by(each, kink) for each in certificate.catalogue(kink))


def written(verification):
    return certificate.as_json(verification.certificate)


def test_a_survivor_of_several_runs_is_one_of_each_and_what_one_caught_is_caught():
    squares = written(run([(2, 2, 2), (3, 3, 3)]))
    one_sample = written(run([(1, 2, 3), (1, 1, 1), (1, 1, 1, 1)]))

    merged = certificate.as_json(certificate.merged(0, [squares, one_sample]))

    # Neither was chained with several samples, so neither sees what both let pass.
    names = {each["mistake"] for each in merged["survivors"]}
    assert {"mask_squeezed", "biases_gradient_per_sample"} == names
    assert set(merged["caught"]) == {*squares["caught"], *one_sample["caught"]}
    assert merged["cases"] == squares["cases"] + one_sample["cases"]
    assert merged["mistakes"] == 100
    assert certificate.as_json(certificate.merged(0, [merged, written(run())]))["survivors"] == []


def test_survivors_are_told_by_the_kind_of_case_that_was_missing():
    sensitivity = {
        "mistakes": 100,
        "survivors": [
            {"mistake": "biases_mean", "shown_by": "tiny integers at 2x1->1"},
            {"mistake": "star_for_dot", "shown_by": "tiny integers at 2x2->2"},
            {"mistake": "mask_squeezed", "shown_by": "tiny integers at 2x1->1"},
        ],
    }

    assert list(certificate.lines(sensitivity)) == [
        "NOT CHECKED against 3 of 100 known mistakes, which sampled cases let pass:",
        "  biases_mean, mask_squeezed (tiny integers at 2x1->1 would show them)",
        "  star_for_dot (tiny integers at 2x2->2 would show it)",
    ]


def test_many_survivors_are_counted_and_no_line_is_wide():
    verification = Verification(REFERENCE, [toy()])
    verification.check(zeros((0, 1, 1)), "exact")
    lines = list(certificate.lines(written(verification)))

    assert lines[-1] == f"  and {len(survivors(verification)) - certificate.NAMED} more"
    assert max(map(len, lines)) <= 80
