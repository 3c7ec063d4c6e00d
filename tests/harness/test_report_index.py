"""The index of many pages: every derivation with a link to its page, and nothing of it runs."""

import re

import pages
import pytest

from harness import report
from harness.many.rows import AGREES, DISAGREES, UNKNOWN, Row

RIGHT = Row("homework/ada.py", AGREES)
WRONG = Row("homework/bob.py", DISAGREES, "new_weights", "sign plus")
BROKEN = Row("homework/cleo.py", UNKNOWN, "", "does not parse")


def written(folder, *rows, left=0):
    linked = [(row, report.page_of(at, row.derivation)) for at, row in enumerate(rows)]
    report.write_index(linked, left, folder)
    return (folder / report.INDEX).read_text()


def test_it_has_a_row_and_a_link_for_each(tmp_path):
    shown = written(tmp_path, RIGHT, WRONG, BROKEN)

    assert re.findall(r'<a href="(.*?)"><bdi>(.*?)</bdi>', shown) == [
        ("001-ada.py.html", "ada.py"),
        ("002-bob.py.html", "bob.py"),
        ("003-cleo.py.html", "cleo.py"),
    ]
    assert "3 derivations: 1 agrees, 1 disagrees, 1 has no full verdict" in shown
    assert "in <bdi>homework/</bdi>" in shown
    for said in ("new_weights", "sign plus", "does not parse"):
        assert said in shown
    assert "not judged" not in shown


@pytest.mark.parametrize(
    ("rows", "left", "state"),
    [
        ([RIGHT], 0, "agrees"),
        ([RIGHT, BROKEN], 0, "unknown"),
        ([RIGHT, BROKEN, WRONG], 0, "disagrees"),
        ([RIGHT], 1, "unknown"),
    ],
)
def test_it_looks_as_the_worst_of_them(tmp_path, rows, left, state):
    assert f'<body class="{state}">' in written(tmp_path, *rows, left=left)


def test_what_was_not_judged_is_counted(tmp_path):
    shown = written(tmp_path, RIGHT, left=2)

    assert "The run was interrupted: 2 more were not judged." in shown


def test_a_hostile_name_is_text(tmp_path):
    name = f"{pages.SCRIPT}/{pages.FILE}"
    shown = written(tmp_path, Row(name, UNKNOWN, "", pages.SCRIPT))

    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="001-_img_src_x_onerror_hacked_1_.py.html"' in shown


@pytest.mark.parametrize(
    "name",
    ["mine.py", "a/mine.py", "../mine.py", "/etc/mine.py", "größe\n.py", "x" * 300, "\udc80"],
)
def test_any_name_gives_a_page_of_its_own_in_the_folder(name):
    first, second = (report.page_of(at, name) for at in (0, 1))

    assert first != second
    assert re.fullmatch(r"\d{3}-[\w.-]+\.html", first, re.ASCII)
    assert len(first) < 100
