"""The benchmark's own tests, which `tox -e bench` runs first: they need the other checkers."""

import cProfile
import json
import pstats
from itertools import pairwise

import numpy as np
import pytest

import benchmarks.__main__
from benchmarks import alarms, chart, growth, ours, report, shares
from benchmarks.__main__ import RESULTS
from benchmarks.gaussian import accepted, gaussian
from benchmarks.peers import PEERS
from benchmarks.planted import Function, arguments_of, expressible, function_of
from harness import candidate
from harness.ball import Ball
from harness.calling import one_by_one
from harness.case import pick
from harness.derivation import DOCUMENT_FORMULAS, REFERENCE
from harness.formats import precision
from harness.lattice import is_exact
from harness.mistakes import CATALOGUE, planted
from harness.walk import reference_on, walk

RIGHT = function_of(REFERENCE)
SHAPES = [(3, 4, 3), (3, 4, 3, 2)]
MISTAKES = {mistake.name: mistake for mistake in CATALOGUE}

each_peer = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)


def seen(function, arguments):
    return [function.forward(*arguments), *function.backward(np.ones((3, 2)), *arguments)]


@each_peer
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_checker_accepts_the_right_gradient_away_from_kinks(peer, shape):
    peer.check(peer.planted(RIGHT), accepted(shape))


@each_peer
def test_a_checker_accepts_its_own_layer_away_from_kinks(peer):
    peer.check(peer.layer, accepted((3, 4, 3)))


@each_peer
@pytest.mark.parametrize("wrong", range(5))
def test_a_checker_refuses_a_wrong_gradient_of_any_argument(peer, wrong):
    def backward(*arguments):
        gradients = RIGHT.backward(*arguments)
        return [each * 2 if at == wrong else each for at, each in enumerate(gradients)]

    assert peer.refuses(peer.planted(Function(RIGHT.forward, backward)), accepted((3, 4, 3, 2)))


@each_peer
def test_a_checker_refuses_a_wrong_function(peer):
    def forward(*arguments):
        return 2 * RIGHT.forward(*arguments)

    assert peer.refuses(peer.planted(Function(forward, RIGHT.backward)), accepted((3, 4, 3)))


@each_peer
def test_the_derivation_and_a_framework_s_own_layer_get_one_answer_at_kinks_and_elsewhere(peer):
    case = alarms.integers(30)
    function = peer.planted(RIGHT)
    answers = [
        (peer.refuses(function, arguments), peer.refuses(peer.layer, arguments))
        for arguments in (arguments_of(pick(case, place)) for place in range(30))
    ]

    assert set(answers) == {(True, True), (False, False)}


def test_the_integers_are_exact_and_meet_kinks():
    case = alarms.integers(100)
    ((weights, biases),) = case.layers

    assert is_exact(case)
    assert (case.inputs @ weights + biases == 0).any()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_gaussian_data_has_units_that_are_on_and_units_that_are_off(shape):
    outputs = RIGHT.forward(*accepted(shape))

    assert (outputs > 0).any()
    assert (outputs == 0).any()


def test_a_whole_step_and_five_formulas_make_one_function():
    step = candidate.load("whole_step.py", ours.FOLDER)
    arguments = gaussian((3, 4, 3, 2), seed=0)

    for one, other in zip(seen(function_of(step), arguments), seen(RIGHT, arguments), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "name", ["biases_forgotten", "mask_ge", "biases_without_keepdims", "mask_in_place",
             "mask_of_layer_below", "layers_reversed"]
)  # fmt: skip
def test_a_mistake_in_outputs_gradients_or_arguments_can_be_shown_to_a_checker(name):
    assert expressible(MISTAKES[name])


@pytest.mark.parametrize("name", ["sign_plus", "biases_not_updated", "relu_overwrites_z"])
def test_a_mistake_in_the_update_or_in_what_is_kept_cannot_be_shown(name):
    assert not expressible(MISTAKES[name])


@pytest.mark.parametrize("regime", ours.REGIMES)
def test_a_refused_derivation_ends_the_benchmark(regime):
    case = ours.stack((3, 4, 3), regime, 20)
    ours.check(REFERENCE, [case], regime)

    with pytest.raises(AssertionError, match="refused: deriv_relu_wrt_biases"):
        ours.check(planted(MISTAKES["biases_mean"]), [case], regime)


def test_formulas_count_as_inside_but_not_where_balls_run_them():
    case = ours.stack((3, 4, 3), "certified", 3)
    tested = precision(case.dtype)
    calls = {
        "checked": one_by_one(REFERENCE, case.shape, []),
        "balls": reference_on(lambda value: value if isinstance(value, Ball)
                              else Ball.exact(value, tested)),
    }  # fmt: skip
    spent = {}
    for name, call in calls.items():
        profile = cProfile.Profile()
        profile.runcall(walk, call, case)
        stats = pstats.Stats(profile)
        spent[name] = [
            shares.of_formula(stats, getattr(REFERENCE, formula).__code__)
            for formula in DOCUMENT_FORMULAS
        ]

    assert min(spent["checked"]) > 0
    assert spent["balls"] == [0] * len(DOCUMENT_FORMULAS)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_the_power_of_a_power_law(power):
    points = [(size, 3 * size**power) for size in (1, 2, 5, 10)]

    assert growth.exponent(points) == pytest.approx(power)


def test_what_grows_grows_by_itself():
    for points in growth.sweeps().values():
        sizes = [size for size, *_ in points]
        assert all(one < other for one, other in pairwise(sizes))


def test_the_same_results_draw_the_same_chart_with_every_tool_in_it():
    results = json.loads(RESULTS.read_text())
    drawn = chart.svg(results)

    assert drawn == chart.svg(results)
    for tool, *_ in report.headline(results)[1:]:
        assert f">{tool}</text>" in drawn


def test_a_report_written_anew_measures_nothing(tmp_path, monkeypatch):
    copy = tmp_path / "results.json"
    copy.write_bytes(RESULTS.read_bytes())
    monkeypatch.setattr(benchmarks.__main__, "RESULTS", copy)
    monkeypatch.setattr(benchmarks.__main__, "measure", None)

    benchmarks.__main__.main(["--report"])

    assert copy.read_bytes() == RESULTS.read_bytes()
    assert copy.with_suffix(".md").is_file()
    assert copy.with_suffix(".svg").is_file()
