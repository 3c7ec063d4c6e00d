"""The figures are what their code draws, of what they say they show, and can be seen."""

import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from docs.figures import DRAWN, FOLDER, regimes, scenarios, svg
from tests.docs import page

IMAGE = re.compile(r"!\[([^\]]+)\]\(figures/([\w-]+\.svg)\)")


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_again_byte_for_byte(name):
    assert DRAWN[name]().encode() == (FOLDER / name).read_bytes()


def test_every_figure_is_on_a_page_with_a_description():
    shown = [
        name
        for file in page.FOLDER.glob("*.md")
        for description, name in IMAGE.findall(file.read_text())
        if len(description) > 40
    ]

    assert sorted(shown) == sorted(DRAWN) == sorted(each.name for each in FOLDER.glob("*.svg"))


def test_another_number_in_the_example_is_another_figure(monkeypatch):
    drawn = scenarios.one_next()

    monkeypatch.setattr(scenarios, "INPUTS", scenarios.INPUTS + 1)

    assert scenarios.one_next() != drawn


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_needs_nothing_else_and_runs_nothing(name):
    drawn = DRAWN[name]()

    assert re.findall(r"\w+://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|<foreignObject|@import|url\(|\bon\w+=", drawn)


def contrast(one, other):
    """WCAG 2's contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_contrast_is_that_of_the_standard():
    assert f"{contrast('#777777', '#ffffff'):.2f}" == "4.48"


@pytest.mark.parametrize("ground", ["card", "band", "mark"])
@pytest.mark.parametrize("kind", ["ink", "quiet", "there", "back"])
def test_words_are_legible_in_both_schemes(kind, ground):
    for colour, under in zip(svg.COLOURS[kind], svg.COLOURS[ground], strict=True):
        assert contrast(colour, under) >= 4.5


def test_words_are_words_and_no_markup():
    assert "<b>" not in svg.text(0, 0, "<b>")


def test_a_float32_is_the_nearest_one():
    one, next_one = Fraction(1), Fraction(1) + Fraction(1, 2**23)
    middle = (one + next_one) / 2

    assert regimes.rounded(middle) == one  # a tie, to even
    assert regimes.rounded(middle + Fraction(1, 2**80)) == next_one  # float() would make it a tie
    assert regimes.rounded(middle - Fraction(1, 2**80)) == one


def test_sums_are_all_that_orders_and_fusing_make():
    """Of a product and a number: rounded, then added; or fused."""
    small = Fraction(1, 2**13)
    product = (1 + small) ** 2

    assert regimes.sums([product], Fraction(-1)) == {
        regimes.rounded(product) - 1: 1,
        product - 1: 1,
    }


def test_sums_know_every_order():
    """What is added to a number too large for it is lost, and kept where that is gone before."""
    large, small = Fraction(2**24), Fraction(1)

    found = regimes.sums([large, -large], small)

    assert set(found) == {Fraction(0), Fraction(1)}


def test_each_rung_reaches_further_and_the_last_stays_exact():
    reached = [regimes.climb(rung).bits for rung in regimes.LADDER]

    assert all(one < other for one, other in pairwise(reached))
    assert reached[-1] < np.finfo(np.float64).nmant + 1
