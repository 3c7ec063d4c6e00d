"""The pages and figures of training say what the results do, and README.md what they say."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from harness.formats import precision
from harness.mistakes import CATALOGUE
from harness.training import costs_page, page
from harness.training.costs import PLAN, STARTS, outcome
from harness.training.data import Plan
from harness.training.figures import FIGURES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TRAINED = json.loads((DOCS / "training/results.json").read_text())
COSTS = json.loads((DOCS / "training/costs.json").read_text())
README = " ".join((ROOT / "README.md").read_text().split())


def test_the_pages_are_those_of_the_results():
    assert (DOCS / "training.md").read_text() == page.page(TRAINED)
    assert (DOCS / "costs.md").read_text() == costs_page.page(COSTS)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_again_byte_for_byte(name):
    _, draw = FIGURES[name]

    assert draw(TRAINED).encode() == (DOCS / "training" / name).read_bytes()


def test_the_figure_of_costs_is_drawn_again_byte_for_byte():
    assert costs_page.figure(COSTS).encode() == (DOCS / "training/costs.svg").read_bytes()


def test_another_number_is_another_figure():
    other = json.loads(json.dumps(TRAINED))
    for training in other["trainings"].values():
        for series in training["series"].values():
            series[7] = series[7] * 3 + 1

    for _, draw in FIGURES.values():
        assert draw(other) != draw(TRAINED)


def test_the_results_are_of_the_whole_plan_and_promise_what_was_promised():
    plan = Plan()

    assert TRAINED["plan"] == json.loads(json.dumps(plan._asdict()))
    assert TRAINED["widths"] == [64, 32, 32, 10]
    for dtype in plan.dtypes:
        found = TRAINED["trainings"][dtype]
        assert found["steps"] == len(found["series"]["loss"]) == plan.epochs * (1797 - 357) // 32
        assert min(found["accuracy"].values()) >= 0.95
        for how in ("alone", "whole"):
            assert 0 < max(found["series"][how]) < 1


def test_every_mistake_has_a_row():
    rows = re.findall(r"^\| (\w+) \| (\w+) \| [\d ]", (DOCS / "costs.md").read_text(), re.M)

    assert len(rows) >= 40
    assert sorted(rows) == sorted((mistake.name, mistake.formula) for mistake in CATALOGUE)
    assert COSTS["plan"] == json.loads(json.dumps(PLAN._asdict()))
    assert COSTS["starts"] == STARTS


def test_the_rows_are_what_training_with_the_mistake_comes_to():
    digits = load_digits(return_X_y=True)
    for name in ("mask_transposed",):
        row = next(each for each in COSTS["mistakes"] if each["name"] == name)
        plans = [PLAN._replace(seed=seed) for seed in range(STARTS)]
        accuracies = [outcome(name, *digits, plan).accuracy for plan in plans]
        assert float(f"{np.mean(accuracies):.5g}") == row["accuracy"]


def test_the_readme_says_what_they_do():
    groups = costs_page.grouped(COSTS)
    trainings = TRAINED["trainings"].values()
    tightest = max(max(each["largest"]["alone"].values()) for each in trainings)
    accuracy = min(min(each["accuracy"].values()) for each in trainings)
    compared = sum(each["compared"] for each in trainings) / 1e6
    steps = sum(each["steps"] for each in trainings)
    away = max(
        max(of["distance"].values()) / precision(np.dtype(dtype)).unit_roundoff
        for dtype, of in TRAINED["trainings"].items()
    )
    same = sum(each["same"] for each in COSTS["mistakes"])

    for said in (
        f"all {steps:,} steps",
        f"{compared:.0f} million numbers",
        f"error over radius {tightest:.2f}",
        f"{accuracy:.1%} of the test's images",
        f"less than {math.ceil(away)} unit roundoffs away",
        f"{same} of them change nothing that it learns",
        f"{len(groups['close'])} of the {len(CATALOGUE)} mistakes",
    ):
        assert said in README
