"""Pages with one thing changed in them: a digit, or an operator or a name of a formula."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from tests.docs.page import code

# A line of a session, or an equation in a sentence.
FORMULA = re.compile(r"^(?:>>>|\.\.\.) +(.*)$|`([^`]+ = [^`]+)`", re.MULTILINE)
INSTEAD = {
    **{"-": "+", "+": "-", "*": "+", "/": "*", "**": "*"},
    **{"<=": "<", ">": ">=", "+=": "-=", "True": "False"},
    **{"T": "copy()", "max": "min", "maximum": "minimum", "sum": "max", "dot": "multiply"},
}


class Mutant(NamedTuple):
    """A page, and what was changed in it."""

    page: str
    change: str


def of_digits(page: str) -> Iterator[Mutant]:
    """Every digit, wherever it is, changed to another; by turns to each of the nine."""
    for place, old in enumerate(page):
        if old.isdigit():
            yield _mutant(page, place, place + 1, str((int(old) + 1 + place % 9) % 10))


def of_formulas(page: str) -> Iterator[Mutant]:
    """Every operator of a formula, and every name that the page gives, changed to another."""
    nodes = ast.walk(ast.parse("\n".join(code(page))))
    stored = [node for node in nodes if isinstance(node, ast.Name) and node.id not in INSTEAD]
    names = list(dict.fromkeys(node.id for node in stored if isinstance(node.ctx, ast.Store)))
    instead = {**INSTEAD, **dict(zip(names, [*names[1:], *names[:1]], strict=True))}
    for formula in FORMULA.finditer(page):
        start, end = formula.span(formula.lastindex)
        line = page[start:end].replace("\n", " ")
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.string in instead:
                places = (start + token.start[1], start + token.end[1])
                yield _mutant(page, *places, instead[token.string])


def _mutant(page: str, start: int, end: int, new: str) -> Mutant:
    line = page[page.rfind("\n", 0, start) + 1 : page.find("\n", end)]
    return Mutant(page[:start] + new + page[end:], f"{page[start:end]} -> {new} in {line}")
