"""The file of conventions: read back as written, shown by a diff, refused in one clear line."""

import difflib
import json

import pytest

from harness import conventions_file
from harness.conventions import QUANTITIES, Row, measure
from harness.conventions_file import ConventionsError, read, text, write


def shrug(z, upstream):
    """Not in the order of the alphabet, and with names that TOML must quote."""
    return z, -upstream


TOY = measure("toy", "1.0+local", {'z "or" 0 \\ ±': shrug, "a": shrug})


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "conventions.toml"
    write(TOY, path)
    return path


def test_what_is_written_reads_back_equal_and_in_order(path):
    found = read(path)

    assert found == TOY
    assert list(found.rows) == list(TOY.rows)
    assert text(found).encode() == path.read_bytes()


def test_a_changed_entry_is_one_changed_line_of_the_file():
    row = Row("toy", "a", "float16", "upstream inf")
    changed = TOY._replace(rows=TOY.rows | {row: ("|-0", *TOY.rows[row][1:])})

    lines = difflib.ndiff(text(TOY).splitlines(), text(changed).splitlines())

    assert [line[0] for line in lines if line[0] in "+-"] == ["-", "+"]


def test_the_file_says_what_its_words_mean(path):
    comment = [line for line in path.read_text().splitlines() if line.startswith("#")]

    assert "tiny: the smallest subnormal" in " ".join(comment)
    assert "2|0: 2 for an element alone, 0 among 64" in " ".join(comment)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[versions]", "[versions", "does not parse: "),
        ('"tiny", ', "", 'points: expected ["0", '),
        ("[versions]\ntoy", "[others]\ntoy", "versions: expected a table, found None"),
        ("toy = ", "joy = ", "versions: expected a string for each of toy, found {'joy': "),
        ('toy = "1.0+local"', "toy = 1", "versions: expected a string for each of toy, found "),
        ("[relu.toy.a.float16]\n", "[relu.toy.a.float16]\nx = []\n",
         "toy, a, float16: expected the rows forward, upstream 2, upstream 0, upstream nan, "
         "upstream inf, upstream -inf, found x, forward, "),
        ("[relu.toy.a.float16]\n", "[relu.toy.a.x]\n[relu.toy.a.float16]\n",
         f"toy, a, x: expected the rows {', '.join(QUANTITIES)}, found none"),
        ("forward         = [    \"0\",", "forward = [",
         "forward: expected 7 strings, found ['-0', "),
        ("forward         = [    \"0\",", "forward = [ 0,",
         "forward: expected 7 strings, found [0, "),
        ("forward         = [    \"0\",", "forward = 0 # [ 0,",
         "forward: expected 7 strings, found 0"),
    ],
    ids=["no TOML", "points", "no versions", "another's version", "a version that is a number",
         "an extra row", "no rows", "six cells", "a number", "no list"],
)  # fmt: skip
def test_a_file_that_is_not_as_written_is_refused_in_one_line(path, old, new, message):
    before = path.read_text()
    path.write_text(before.replace(old, new, 1))

    with pytest.raises(ConventionsError) as refused:
        read(path)

    assert path.read_text() != before
    assert str(refused.value).startswith(f"{path}: ")
    assert message in str(refused.value).replace("'", '"' if message.startswith("points") else "'")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("key", ["relu", "relu.toy", "relu.toy.a", "relu.toy.a.float32"])
def test_a_number_in_place_of_a_table_is_refused_by_its_place(path, key):
    points = json.dumps(conventions_file.POINTS)
    path.write_text(f"points = {points}\n{key} = 3\n")

    place = ", ".join(key.split(".")[1:]) or "relu"
    with pytest.raises(ConventionsError) as refused:
        read(path)

    assert str(refused.value) == f"{path}: {place}: expected a table, found 3"


def test_a_file_that_is_no_text_or_not_there_is_refused_in_one_line(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")

    for name, reason in {
        "absent.toml": "cannot be read: No such file or directory",
        ".": "cannot be read: Is a directory",
        "binary.toml": "does not parse: 'utf-8' codec can't decode byte 0xff",
    }.items():
        with pytest.raises(ConventionsError) as refused:
            read(tmp_path / name)
        assert str(refused.value).startswith(f"{tmp_path / name}: {reason}")
