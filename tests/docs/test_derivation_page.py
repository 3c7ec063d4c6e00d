"""`docs/derivation.md` is the document's derivation: its outputs, its scenarios, all formulas."""

import re

import pytest

from harness.derivation import DOCUMENT_FORMULAS
from reference import document
from tests.docs.page import FOLDER, LINE

PAGE = (FOLDER / "derivation.md").read_text()
# What somebody reads in eight minutes who stops at the formulas.
WORDS = 2000


@pytest.mark.parametrize(
    "output", document.PRINTED, ids=lambda output: f"Out[{output.cell}]-{output.name}"
)
def test_every_output_of_the_document_is_on_the_page(output):
    """Digit for digit, and the page's own test has computed it."""
    assert output.text in PAGE


def test_the_scenarios_come_in_the_document_s_order():
    assert re.findall(r"^## Scenario (\w)", PAGE, re.MULTILINE) == ["A", "B", "C"]


def test_every_formula_is_linked_to_its_definition():
    assert set(DOCUMENT_FORMULAS) <= {name for name, *_ in LINE.findall(PAGE)}


def test_the_page_is_read_in_eight_minutes():
    assert len(PAGE.split()) <= WORDS
