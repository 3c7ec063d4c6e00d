"""README.md's table of conventions is made of rows of adapters/conventions.toml.

A row names a point, with an upstream or `forward`, and a dtype other than float32; then what
spellings give there; then one sentence. The spellings are the README's choice, and the rest
follows from the file: every answer that some spelling gives must be there.
"""

import re
from pathlib import Path

import pytest
import remeasure

from harness import conventions_file
from harness.conventions import POINTS, Row, spoken

README = (Path(__file__).parents[2] / "README.md").read_text()
HEAD = "| `z`, upstream | what comes back | what that means for training |\n|---|---|---|\n"
ROWS = README.partition(HEAD)[2].partition("\n\n")[0].splitlines()
# A spelling, after its framework's name where two frameworks share it.
NAMED = re.compile(r"(?:(\w+) )?`([^`]+)`")
RECORDED = conventions_file.read(remeasure.PATH)


def complaints(line, recorded):
    """What is not so in one row of the README's table."""
    where, given, sentence = line.removeprefix("| ").removesuffix(" |").split(" | ")
    point, quantity, *narrower = where.replace("`", "").removeprefix("z = ").split(", ")
    (dtype,) = narrower or ["float32"]
    at = POINTS.index(point)
    answers = {
        row[:2]: spoken(cells[at])
        for row, cells in recorded.rows.items()
        if (row.dtype, row.quantity) == (dtype, quantity)
    }
    by_answer = {}
    for framework, name in NAMED.findall(given):
        found = [each for each in answers if each[1] == name and framework in (each[0], "")]
        if len(found) != 1:
            return [f"{where}: {name} is {len(found)} spellings of the file"]
        shown = f"{framework} `{name}`".lstrip()
        by_answer.setdefault(answers[found[0]], []).append(shown)
    right = "; ".join(f"{answer}: {', '.join(names)}" for answer, names in by_answer.items())
    said = [f"{where}: the file says {right}, the README {given}"] if right != given else []
    # A framework that the README leaves out is no reason to rewrite it.
    asked = [each for each in answers if each[0] in ("numpy", "jax", "torch")]
    for answer in sorted({answers[each] for each in asked} - set(by_answer)):
        names = ", ".join(each[1] for each in asked if answers[each] == answer)
        said.append(f"{where}: some give {answer}: {names}")
    if len(re.findall(r"\.(?: |$)", sentence)) != 1:
        said.append(f"{where}: expected one sentence, found {sentence}")
    for quoted in re.findall(r"`([^`]+)`", sentence):
        if quoted not in given:
            said.append(f"{where}: the sentence is about {quoted}, which the row does not show")
    return said


def test_the_table_is_there_and_small():
    assert 5 <= len(ROWS) <= 10
    assert len({row.split(" | ")[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("line", ROWS, ids=lambda line: line.split(" | ")[0].removeprefix("| "))
def test_a_row_of_the_readme_is_what_the_file_says(line):
    assert complaints(line, RECORDED) == []


@pytest.mark.parametrize("line", ROWS, ids=lambda line: line.split(" | ")[0].removeprefix("| "))
def test_a_row_of_the_readme_fails_when_an_answer_that_it_shows_moves(line):
    where, given, _ = line.removeprefix("| ").split(" | ")
    point, quantity, *narrower = where.replace("`", "").removeprefix("z = ").split(", ")
    for framework, name in NAMED.findall(given):
        rows = dict(RECORDED.rows)
        for row in rows:
            if row == Row(framework or row.framework, name, *(narrower or ["float32"]), quantity):
                cells = list(rows[row])
                cells[POINTS.index(point)] = "7"
                rows[row] = tuple(cells)

        assert any(
            f"7: {f'{framework} `{name}`'.lstrip()}" in each
            for each in complaints(line, RECORDED._replace(rows=rows))
        )


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("1: ", "2: ", "z = 0, upstream 2: the file says 0: "),
        ("torch.relu(z)", "torch.rely(z)", "z = 0, upstream 2: torch.rely(z) is 0 spellings"),
        ("`torch.relu(z)`", "`z * (z > 0)`", "z = 0, upstream 2: z * (z > 0) is 2 spellings"),
        ("; 2: `torch.clamp(z, min=0)`, `jax.nn.leaky_relu(z, 0)`", "",
         "z = 0, upstream 2: some give 2: "),
        (". |", ". It is so. |", "z = 0, upstream 2: expected one sentence, found "),
        (". |", ", unlike `torch.sign`. |",
         "z = 0, upstream 2: the sentence is about torch.sign, which the row does not show"),
    ],
    ids=["value", "no such spelling", "two spellings", "an answer left out", "two sentences",
         "a sentence about something else"],
)  # fmt: skip
def test_a_mistake_in_the_readme_is_named(right, wrong, complaint):
    (line,) = (row for row in ROWS if row.startswith("| `z = 0`, upstream 2 |"))
    planted = line.replace(right, wrong, 1)

    (found,) = complaints(planted, RECORDED)

    assert planted != line
    assert found.replace("`", "").startswith(complaint)
