"""The certificate in words and as JSON, and several certificates as one."""

import pytest
from checked import SMALL, run, survivors, zeros
from planting import TOY

from harness import certificate, render, verdict, verdict_json
from harness.derivation import REFERENCE
from harness.mistakes import CATALOGUE
from harness.verification import Verification


def test_cases_of_zeros_agree_with_nearly_everything_and_so_nothing_agrees():
    verification = Verification(REFERENCE, [TOY])
    assert verification.check(zeros(), "exact") == []
    concluded = verdict.conclude(verification, 0, "pytest", (), ())

    assert {"biases_forgotten", "mask_missing", "sign_plus"} <= survivors(verification)
    assert not concluded._replace(gaps=()).agrees
    lines = render.render(verdict_json.as_json(concluded._replace(gaps=())))
    assert lines[0] == "reference: NO FULL VERDICT, see what was not checked"
    assert any(line.startswith("NOT CHECKED against ") for line in lines)


def test_without_a_survivor_the_verdict_says_so_and_agrees():
    concluded = verdict.conclude(run(), 0, "pytest", (), ())._replace(gaps=())

    assert concluded.agrees
    lines = " ".join(render.render(verdict_json.as_json(concluded)))
    assert "These cases would have caught all 100 known mistakes in dense_forward, " in lines


def test_the_same_cases_make_the_same_certificate():
    one, other = (
        verdict_json.as_json(verdict.conclude(run(SMALL[:9]), 0, "", (), ())) for _ in "ab"
    )

    assert one["sensitivity"] == other["sensitivity"]
    assert one["sensitivity"]["survivors"]
    names = [each["mistake"] for each in one["sensitivity"]["survivors"]]
    assert names == [each.name for each in CATALOGUE if each.name in names]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mask_ge", "tiny integers at 1x1->1"),
        ("biases_mean", "tiny integers at 2x1->1"),
        ("star_for_dot", "tiny integers at 2x2->2"),
        ("outputs_in_float32", "float64 integers past 24 bits at 1x1->1"),
        ("layers_reversed", "tiny integers at 1x1->1->1"),
        ("softmax_not_shifted", "logits of 1 sample and 1 class"),
        ("combined_columns", "logits of 2 samples and 2 classes"),
    ],
)
def test_the_simplest_kind_of_case_that_shows_a_mistake_is_named(name, words):
    assert certificate.shown_by(next(each for each in CATALOGUE if each.name == name)) == words


@pytest.mark.parametrize("kink", [0, 0.5, 1.0])
def test_every_mistake_is_shown_by_some_simple_case(kink):
    assert all(certificate.shown_by(each, kink) for each in certificate.catalogue(kink))


def written(verification):
    return certificate.as_json(verification.certificate)


def together(*parts):
    whole = certificate.Certificate()
    for each in parts:
        certificate.add(whole, each)
    return certificate.as_json(whole)


def test_a_survivor_of_several_runs_is_one_of_each_and_what_one_caught_is_caught():
    squares = written(run([(2, 2, 2), (3, 3, 3)]))
    one_sample = written(run([(1, 2, 3), (1, 1, 1), (1, 1, 1, 1)]))

    merged = together(squares, one_sample)

    # Neither was chained with several samples, so neither sees what both let pass.
    names = {each["mistake"] for each in merged["survivors"]}
    assert {"mask_squeezed", "biases_gradient_per_sample"} == names
    assert set(merged["caught"]) == {*squares["caught"], *one_sample["caught"]}
    assert merged["cases"] == squares["cases"] + one_sample["cases"]
    assert merged["mistakes"] == 100
    assert together(merged, written(run()))["survivors"] == []


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
    verification = Verification(REFERENCE, [TOY])
    verification.check(zeros((0, 1, 1)), "exact")
    lines = list(certificate.lines(written(verification)))

    assert lines[-1] == f"  and {len(survivors(verification)) - certificate.NAMED} more"
    assert max(map(len, lines)) <= 80
