"""What the benchmark's files and README.md say of its results is what the results say.

The benchmark's other tests need the other checkers: they are in `benchmarks`.
"""

import json
import re
from pathlib import Path

import pytest

from benchmarks import report
from harness.derivation import HEAD_FORMULAS
from harness.mistakes import CATALOGUE

ROOT = Path(__file__).parents[2]
RESULTS = json.loads((ROOT / "benchmarks/results.json").read_text())
HOW_FAST = re.search(r"^## How fast$(.*?)^## ", (ROOT / "README.md").read_text(), re.M | re.S)[1]
OTHERS = [tool for tool in RESULTS["catching"]["tools"] if tool != "crossgrad"]


def table(text):
    """The cells of each row of the first table of a text, its rule left out."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in [rows[0], *rows[2:]]]


def test_the_words_are_those_of_the_results():
    assert (ROOT / "benchmarks/results.md").read_text() == report.markdown(RESULTS)


def test_the_table_in_the_readme_is_the_first_of_the_results():
    assert table(HOW_FAST) == report.headline(RESULTS)


def test_the_readme_names_three_mistakes_that_every_other_checker_passes():
    catching = RESULTS["catching"]
    known = {mistake.name for mistake in CATALOGUE}
    named = [name for name in re.findall(r"`(\w+)`", HOW_FAST) if name in known]

    assert len(named) == 3
    assert set(named) <= set(catching["passed by all others"]["at the usual shape"])
    assert set(named[:2]) <= set(catching["passed by all others"]["with care"])


def test_the_numbers_in_the_readme_s_words_are_those_of_the_results():
    catching = RESULTS["catching"]

    for said in (
        f"{catching['expressible']} of the {catching['catalogue']}",
        catching["usual shape"],
        f"{RESULTS['alarms']['tools'][OTHERS[0]]['cases']:,}",
    ):
        assert said in " ".join(HOW_FAST.split())


@pytest.mark.parametrize("tool", RESULTS["catching"]["tools"])
def test_every_checker_was_measured_on_ten_thousand_right_cases(tool):
    assert RESULTS["alarms"]["tools"][tool]["cases"] >= 10_000


def test_crossgrad_catches_every_mistake_and_refuses_nothing_that_is_right():
    known = [each for each in CATALOGUE if each.formula not in HEAD_FORMULAS]

    assert RESULTS["catching"]["tools"]["crossgrad"]["caught"] == len(known)
    assert RESULTS["alarms"]["tools"]["crossgrad"]["refused"] == 0


@pytest.mark.parametrize(
    ("number", "shown"),
    [(123456.7, "123,000"), (1234, "1,230"), (12.34, "12.3"), (1.0, "1"), (0.1234, "0.12")],
)
def test_three_digits_of_a_number_are_shown(number, shown):
    assert report.short(number) == shown
