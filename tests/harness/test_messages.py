"""What people read, approved word by word, on one page in `__snapshots__/test_messages`.

After a change of a message: `pytest tests/harness/test_messages.py --snapshot-update`, and read the
page's diff. It is a single snapshot, so it reads from top to bottom.
"""

import ast
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import messages
import messages_page
import pytest
import transcript
from staged import RUN
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from harness import advice, terminal
from harness.terminal import WIDTH, fold, printable, say

ROOT = Path(__file__).parents[2]
# Errors of ours, or of an installation: where a message of these begins, and who tests it.
OURS = {
    "expected a regime of": "test_compare.py",
    "only arrays of one shape and dtype compare": "test_compare.py",
    "roundings at unit roundoff": "test_ball.py",
    "expected a case of dtype": "test_formats.py",
    "no simple case shows": "test_certificate_text.py",
    "no integers are exact at shape": "test_lattice.py",
    "no floats of": "test_floats.py",
    " has no rule for ": "test_algebra.py",
    " could not be checked: ": "test_isolation.py",
    ": a notebook needs the package ": "test_notebook.py",
}
# Whose errors other tests have: those met by who adds a framework; of commands; of training.
OWN = ("conventions", "conventions_file", "command", "training/certified", "training/checkpoint")
SAID_BY = ["conftest.py", "adapters/__init__.py"] + [
    path.relative_to(ROOT).as_posix()
    for package in ("harness", "tests/campaign")
    for path in sorted((ROOT / package).rglob("*.py"))
]


class Page(SingleFileSnapshotExtension):
    """A snapshot that is a text file."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    messages_page.prepared(folder)
    return folder


@pytest.fixture(scope="module")
def page(folder):
    """Run in three processes, for each waits for those of the derivations, too."""
    parts = messages.USAGE, messages.FOUND[:4], messages.FOUND[4:]
    started = [
        transcript.start(folder, [command for *_, commands in part for command in commands])
        for part in parts
    ]
    pages = [
        messages_page.page(folder, part, transcript.answers(process))
        for part, process in zip(parts, started, strict=True)
    ]
    return "\n".join(pages)


@pytest.fixture(scope="module")
def entries(page):
    """What is said after each command, in one line."""
    return [" ".join(entry.split("\n", 1)[1].split()) for entry in page.split("\n$ ")[1:]]


def test_messages_are_as_approved(page, snapshot):
    assert page == snapshot(extension_class=Page)


def test_no_line_is_wider_than_a_terminal_unless_it_is_a_path_or_a_usage_error(page):
    apart = ("$ ", "ERROR: ", "E  ")
    wide = [line for line in page.splitlines() if len(line) > WIDTH and not line.startswith(apart)]

    assert [line for line in wide if len(line.removesuffix(" \\").split()) > 2] == []


def test_a_usage_error_is_one_line(page):
    said = re.findall(r"^\$ .*\n((?:.+\n)*)", page[: page.index("\nA verdict in full")], re.M)

    assert {(text[:7], text.count("\n")) for text in said} == {("ERROR: ", 1)}


def test_what_a_derivation_writes_moves_no_cursor(page):
    assert [line for line in page.splitlines() if not line.isprintable()] == []
    assert r"\x1b[31mred größe\n.py" in page


def templates(source):
    """Where text begins in each message that a source raises, or tells of a call: as patterns."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for text in texts(node.exc):
                pattern = " ".join(text.split())
                if len(re.sub(r"\.\*\?|\W", "", pattern)) >= 8:
                    yield pattern


def texts(call):
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield re.escape(argument.value)
        elif isinstance(argument, ast.JoinedStr):
            yield "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) else ".*?"
                for part in argument.values
            )


def missing(source, entries):
    return [
        template
        for template in templates(source)
        if not any(re.search(template, entry) for entry in entries)
        and not any(re.escape(begin) in template for begin in OURS)
    ]


@pytest.mark.parametrize("path", [path for path in SAID_BY if path[8:-3] not in OWN])
def test_every_error_that_is_raised_is_on_the_page(path, entries):
    assert missing((ROOT / path).read_text(), entries) == []


@pytest.mark.parametrize(
    "planted",
    [
        'raise CandidateError(f"{name}: is written in green ink")',
        'raise KinkError("the kink is bent")',
        'raise Misbehaved(place, "sings a song", wanted, shown)',
    ],
)
def test_a_new_message_is_missed_on_the_page(planted, entries):
    assert len(missing(planted, entries)) == 1


@pytest.mark.parametrize("kind", [*advice.OF_A_FORMULA, *advice.OF_A_FRAMEWORK])
def test_every_kind_of_finding_is_on_the_page_with_why_it_matters_and_what_to_try(kind, entries):
    for of in (advice.OF_A_FORMULA, advice.OF_A_FRAMEWORK):
        if kind in of:
            said = " ".join(filter(None, [of[kind].why, "try", of[kind].attempt]))
            assert any(said in entry for entry in entries)


def test_advice_fits_in_one_line():
    every = [*advice.OF_A_FORMULA.values(), *advice.OF_A_FRAMEWORK.values()]

    assert max(len(text) for each in every for text in each) <= WIDTH - 12


def run(folder, *arguments, **environment):
    command = [sys.executable, "-m", *arguments]
    kept = {name: os.environ[name] for name in os.environ if name not in transcript.LEFT_OUT}
    return subprocess.run(command, cwd=folder, env=kept | environment, capture_output=True)


def test_a_terminal_without_unicode_gets_the_verdict_and_the_table(folder):
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    file = "\x1b[31mred gr\u00f6\u00dfe\n.py"

    ended = run(folder, *RUN, "-k", "layers", "--framework", "toy", "--derivation", file, **plain)

    stdout = ended.stdout.decode("ascii")
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert re.search(r"^\\+x1b\[31mred gr\\xf6\\xdfe\\+n\.py DISAGREES in new_w", stdout, re.M)
    assert re.search(r"^new_biases {14}DISAGREES$", stdout, re.M)
    assert re.search(r"^relu_outputs {12}\d+ / none$", stdout, re.M)


def test_what_a_file_cannot_hold_is_escaped_by_every_command():
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    say(["gr\u00f6\u00dfe agrees"], file)

    file.flush()
    assert file.buffer.getvalue().decode().splitlines() == [r"gr\xf6\xdfe agrees"]


def on_a_terminal(folder, *options, **environment):
    """What a run without a case prints on a terminal, with its exit status."""
    ours, theirs = pty.openpty()
    kept = {name: os.environ[name] for name in os.environ if name not in transcript.LEFT_OUT}
    command = [sys.executable, "-m", *RUN, "-k", "nothing", "--framework", "toy", *options]
    with subprocess.Popen(
        command, cwd=folder, env=kept | {"TERM": "xterm"} | environment, stdout=theirs
    ):
        os.close(theirs)
        printed = b""
        while True:
            try:
                part = os.read(ours, 2**16)
            except OSError:  # how Linux tells the end
                break
            if not part:
                break
            printed += part
    os.close(ours)
    return printed.decode()


HEADLINE = "reference: NO FULL VERDICT, see what was not checked"


def test_on_a_terminal_the_headline_has_a_colour(folder):
    assert f"\x1b[33m{HEADLINE}\x1b[0m" in on_a_terminal(folder)


@pytest.mark.parametrize(
    ("options", "environment"), [((), {"NO_COLOR": "1"}), (("--color=no",), {})]
)
def test_who_wants_no_colours_gets_none(folder, options, environment):
    printed = on_a_terminal(folder, *options, **environment)

    assert HEADLINE in printed
    assert "\x1b" not in printed


def test_a_long_line_is_folded_at_spaces_alone():
    path = "/".join(["folder"] * 20)

    assert fold("short") == ["short"]
    assert fold(f"  observed  1.0   ({path})", 12) == ["  observed  1.0", f"{'':12}({path})"]
    assert max(map(len, fold("word " * 100))) <= WIDTH


def test_what_is_no_letter_is_escaped():
    assert printable("a\x1b[2J\nb\u202e\ud800\u00e9") == r"a\x1b[2J\nb\u202e\ud800" + "\u00e9"


def test_every_line_of_a_verdict_is_folded_and_printable():
    first, second = terminal.folded(["\x07" + "word " * 20])

    assert first.startswith(r"\x07word")
    assert second.startswith("  word")
