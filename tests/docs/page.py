"""A page of `docs/`, taken at its word: its code is run, its numbers computed, its links followed.

So that nothing is left to trust, a page keeps three rules. Code is a session of Python, as doctest
reads it. A number or a formula in a sentence stands in an equation between backticks, which is
computed with the names that the session has there; what is between backticks otherwise is a name.
And a link to a line of code says what that line defines.
"""

import doctest
import re
from pathlib import Path
from typing import Any

from harness import formats

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs"
ITEM = re.compile(
    r"^```(?P<language>\w*)\n(?P<session>.*?)^```$"
    r"|`(?P<span>[^`]+)`"
    r"|\]\((?P<target>[^)]+)\)"
    r"|(?P<format>\bb?float\d+)"
    r"|(?P<bare>\d)",
    re.MULTILINE | re.DOTALL,
)
LINE = re.compile(r"\[`(\w+)`\]\(([\w./-]+)#L(\d+)(?:-L(\d+))?\)")
FORMATS = {each.name for each in formats.FORMATS}
NAME = re.compile(r"[A-Za-z_./-]+")


def check(page: str) -> None:
    """Whether all of it is so; otherwise an AssertionError that says what is not."""
    names: dict[str, Any] = {}
    for item in ITEM.finditer(page):
        line = page.count("\n", 0, item.start()) + 1
        if item["session"] is not None:
            assert item["language"] == "pycon", f"line {line}: code that is not run"
            run(item["session"], names, line)
        elif item["span"] is not None:
            compute(" ".join(item["span"].split()), names, line)
        elif item["target"] is not None:
            path = item["target"].partition("#")[0]
            assert (FOLDER / path).exists(), f"line {line}: no file {path}"
        elif item["format"] is not None:
            assert item["format"] in FORMATS, f"line {line}: {item['format']} is no format"
        else:
            raise AssertionError(f"line {line}: a number that nothing computes")
    shown = {line.strip() for line in code(page)}
    for name, path, first, last in LINE.findall(page):
        follow(name, path, int(first), int(last) if last else None, shown)


def code(page: str) -> list[str]:
    """The lines of Python on a page."""
    return re.findall(r"^(?:>>>|\.\.\.) (.*)$", page, re.MULTILINE)


def run(session: str, names: dict[str, Any], line: int) -> None:
    """Run one block; its names stay in `names`."""
    test = doctest.DocTestParser().get_doctest(session, {}, "page", "page", line)
    test.globs = names
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
    assert not said, "".join(said)


def compute(span: str, names: dict[str, Any], line: int) -> None:
    """What is between backticks: an equation, which must hold to the last digit, or a name."""
    *sides, last = span.split(" = ")
    if not sides:
        assert NAME.fullmatch(span), f"line {line}: `{span}` is computed by nothing"
    for side in sides:
        value = eval(side, dict(names))
        decimals = len(last.partition(".")[2])
        is_number = re.fullmatch(r"-?\d+(\.\d+)?", last)
        shown = f"{value:.{decimals}f}" if is_number else repr(value)
        assert shown == last, f"line {line}: `{side}` is {shown}, not {last}"


def follow(name: str, path: str, first: int, last: int | None, shown: set[str]) -> None:
    """A link to lines: they define a function of the name, or are formulas that the page shows."""
    where = f"{path}: line {first}"
    lines = (FOLDER / path).read_text(encoding="utf-8").splitlines()[first - 1 : last or first]
    formulas = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    assert formulas, f"{where} is empty"
    if last is None and formulas[0].startswith(f"def {name}("):
        return
    assert formulas[0].startswith(f"{name} = "), f"{where} does not define {name}"
    assert lines[-1].strip() == formulas[-1], f"{path}: line {last} is no formula"
    assert (last is None) == (len(formulas) == 1), f"{where}: {len(formulas)} formulas there"
    for formula in formulas:
        assert formula in shown, f"{where}: `{formula}` is not on the page"
