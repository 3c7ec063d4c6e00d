"""How far a campaign has come: a bar on a terminal, lines elsewhere, now and then."""

import io

import pytest

from harness import bar
from harness.campaign.progress import Progress

ROW = {
    "quantity": "new_weights",
    "framework": "jax",
    "regime": "certified",
    "dtype": "float32",
    "cases": 500,
    "largest_error_over_radius": 0.99996,
}
VERDICT = {
    "checked": [ROW, ROW | {"quantity": "new_biases", "largest_error_over_radius": 0.5}],
    "disagreements": [{"quantity": "new_weights", "kind": "values differ", "outlier": "jax"}],
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(file, monkeypatch, every):
    monkeypatch.setattr(bar, "EVERY", every)
    with Progress(file) as shown:
        shown.say("[bold] stays as it is")
        for shape in ((1, 1, 1), (1, 1, 2), (1, 1, 1)):
            shown.update(shape, VERDICT, 0.5)
    return file.getvalue()


def test_where_there_is_no_terminal_lines_come_now_and_then(monkeypatch):
    lines = told(io.StringIO(), monkeypatch, every=0).replace("\n  ", " ").splitlines()

    assert lines[0] == "[bold] stays as it is"
    assert len(lines) == 4
    assert lines[-1].startswith("1,500 cases (")
    assert lines[-1].endswith(
        " a second), 2 shapes, 1 disagreements, tightest 0.9999 (new_weights, jax, float32)"
    )


def test_and_no_more_often_than_that(monkeypatch):
    assert told(io.StringIO(), monkeypatch, every=60) == "[bold] stays as it is\n"


@pytest.mark.parametrize("every", [0, 60])
def test_a_terminal_has_a_bar(monkeypatch, every):
    monkeypatch.setenv("TERM", "xterm")

    shown = told(Terminal(), monkeypatch, every)

    assert "━" in shown
    assert "1,500 cases" in shown
