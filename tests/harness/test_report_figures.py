"""The figures of a report: what is drawn where, in the page's own colours and font."""

import re
from xml.etree import ElementTree

import matplotlib
import pages
import pytest

from harness.binades import COUNTS
from harness.report import figures
from harness.report.inline import COLOURS


def verdict(*shapes, checked=()):
    keys = "regime", "shapes"
    return {
        "shapes": [dict(zip(keys, each, strict=True)) for each in shapes],
        "checked": list(checked),
    }


def row(quantity="layer_outputs", framework="torch", **counts):
    binades = [0] * COUNTS if counts else []
    for place, count in counts.items():
        binades[int(place[1:])] = count
    return {"quantity": quantity, "framework": framework, "binades": binades}


def squares(svg):
    """How many squares there are of each kind."""
    return {
        path.get("style").partition("--")[2].strip(")"): path.get("d").count("M")
        for path in ElementTree.fromstring(svg).iter("path")
    }


def texts(svg):
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter("text")]


def test_a_shape_is_shown_by_how_it_was_compared():
    panels = list(
        figures.shapes(
            verdict(
                ("exact", "1x1x1 1x1x2 1x2x2"),
                ("exhaustive", "1x1x1"),
                ("certified", "1x2x2 1x2x1"),
                ("document", "2x1x1"),
            )
        )
    )

    assert [panel.caption for panel in panels] == ["batch 1", "batch 2"]
    assert squares(panels[0].svg) == {"bits": 2, "both": 1, "balls": 1}
    assert squares(panels[1].svg) == {"balls": 1, "none": 3}


@pytest.mark.parametrize(
    ("size", "place"), [(0, 0), (1, 1), (8, 8), (9, 9), (16, 9), (17, 17), (32, 17), (33, 33)]
)
def test_large_sizes_share_a_place_up_to_a_power_of_two(size, place):
    assert figures.place_of(size) == place


def test_a_panel_of_large_batches_says_which():
    (panel,) = figures.shapes(verdict(("exact", "40x1x1")))

    assert panel.caption == "batch 33 to 64"


def test_several_layers_are_listed_and_not_mapped():
    several = verdict(("exact", "10x1x2x3 3x4x3x2"))

    assert list(figures.shapes(several)) == []
    assert figures.deeper(several) == ["3x4->3->2", "10x1->2->3"]


def test_a_histogram_has_a_row_of_bars_for_each_framework():
    rows = row(_0=1, _16=3), row(framework="jax", _0=50, _1=25, _9=25), row(_0=4)
    (panel,) = figures.histograms(verdict(checked=rows))
    torch, jax = (
        path.get("d").count("M")
        for path in ElementTree.fromstring(panel.svg).iter("path")
        if "--bar" in path.get("style")
    )

    assert panel.caption == "layer_outputs"
    assert (torch, jax) == (1, 2)
    assert {"torch", "62% without error", "jax", "50% without error", "radius"} <= {
        *texts(panel.svg)
    }


def test_a_quantity_without_any_error_has_no_histogram_and_is_named():
    rows = row("relu_outputs", _0=7), row("layer_outputs", _3=1), row("new_biases")

    assert [panel.caption for panel in figures.histograms(verdict(checked=rows))] == [
        "layer_outputs"
    ]
    assert figures.without_error(verdict(checked=rows)) == ["relu_outputs"]


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        ({"_5": 9}, "0%"),
        ({"_0": 1, "_5": 999}, "1%"),
        ({"_0": 999, "_5": 1}, "99%"),
        ({"_0": 9}, "100%"),
    ],
)
def test_nearly_none_and_nearly_all_are_not_rounded_to_it(counts, share):
    other = row(framework="other", _5=1)
    (panel,) = figures.histograms(verdict(checked=[row(**counts), other]))

    assert f"{share} without error" in texts(panel.svg)


def test_a_name_is_text_and_no_mathematics():
    name = "<b>$x^2$ & \N{GREEK SMALL LETTER ALPHA}"
    (panel,) = figures.histograms(verdict(checked=[row(framework=name, _5=1)]))

    assert name in texts(panel.svg)
    assert "<b>" not in panel.svg


@pytest.fixture(scope="module")
def every():
    agreeing = pages.agreeing()
    return [*figures.shapes(agreeing), *figures.histograms(agreeing)]


def test_the_page_decides_over_colours_and_fonts(every):
    for panel in every:
        assert not re.search(r"#[0-9a-f]{3,6}|font-family|<style|\sid=|url\(|href", panel.svg)
        used = set(re.findall(r"var\(--(\w+)\)", panel.svg))
        assert used <= set(COLOURS.values())
        assert "quiet" in used


def test_the_users_own_style_changes_nothing(every):
    with matplotlib.rc_context({"font.size": 40, "lines.linewidth": 9}):
        again = list(figures.shapes(pages.agreeing()))

    assert again == every[: len(again)]


def test_a_figure_says_in_words_what_it_is(every):
    assert all('role="img" aria-label="' in panel.svg for panel in every)
