"""`python -m harness.merge`: its exit status, what it prints and writes, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import parts
import pytest
from parts import JAX, TORCH, text

from harness import merge, render, verdict_json, verdict_read

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def halves():
    every = list(parts.stacks())
    return [parts.part(every[place::2], [JAX, TORCH]) for place in range(2)]


@pytest.fixture
def files(halves, tmp_path):
    """Two shards of one run, in a.json and b.json."""
    for name, half in zip("ab", halves, strict=True):
        verdict_json.write(half, tmp_path / f"{name}.json")
    return [tmp_path / "a.json", tmp_path / "b.json"]


@pytest.fixture
def run(capsys):
    """run(*arguments): the exit status, and the lines on stdout and on stderr."""

    def run(*arguments):
        try:
            status = merge.main([*map(str, arguments)])
        except SystemExit as ended:
            status = ended.code
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err.splitlines()

    return run


def test_shards_that_agree_exit_0_with_the_verdict_of_all(run, files, halves, tmp_path):
    status, lines, errors = run(*files, "--verdict-json", tmp_path / "all.json")

    merged = merge.merge(halves)
    assert (status, errors) == (0, [])
    assert lines == render.render(merged)
    assert lines[0] == "reference agrees with jax 1.0 and torch 1.0"
    assert (tmp_path / "all.json").read_text() == json.dumps(merged, indent=1) + "\n"


def test_the_order_of_the_files_changes_no_byte(run, files, tmp_path):
    one, other = tmp_path / "one.json", tmp_path / "other.json"

    assert run(*files, "--verdict-json", one) == run(*files[::-1], "--verdict-json", other)
    assert one.read_bytes() == other.read_bytes()


def test_a_gap_or_a_disagreement_exits_1(run, files, tmp_path):
    wrong = tmp_path / "wrong.json"
    verdict_json.write(parts.of_a_wrong_derivation()[1], wrong)

    status, lines, _ = run(files[0])
    assert (status, lines[0]) == (1, "reference: NO FULL VERDICT, see what was not checked")
    status, lines, _ = run(wrong)
    assert (status, lines[0]) == (1, "mine.py DISAGREES in new_weights and new_biases")


def test_it_runs_as_a_module(files):
    command = [sys.executable, "-m", "harness.merge", *files]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("reference agrees with jax 1.0 and torch 1.0\n")


def test_without_a_file_it_is_refused_in_one_line(run):
    assert run() == (4, [], ["ERROR: the following arguments are required: FILE"])


def test_an_unknown_option_is_refused_in_one_line(run, files):
    assert run(*files, "--seed=3") == (4, [], ["ERROR: unrecognized arguments: --seed=3"])


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (None, "b.json: cannot be read: No such file or directory"),
        (b"", "b.json: expected a verdict, is no JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[" * 100_000, "b.json: expected a verdict, is no JSON: maximum recursion depth "),
        (b"\xff", "b.json: expected a verdict, is no JSON: 'utf-8' codec can't decode "),
        (b'{"seed": NaN}', "b.json: expected a verdict, is no JSON: NaN is no number"),
        (b"[]", "b.json: is a list of 0 verdicts, expected a single one"),
        (b"1", "b.json: is no verdict as --verdict-json writes it: it: expected an object, not 1"),
        (b"{}", "b.json: is no verdict as --verdict-json writes it: it has no key 'derivation'"),
    ],
)
def test_a_file_that_is_no_verdict_is_refused_in_one_line(written, line, run, files):
    files[1].unlink()
    if written is not None:
        files[1].write_bytes(written)

    status, lines, (error,) = run(*files, "--verdict-json", files[0].with_name("all.json"))

    assert (status, lines) == (4, [])
    assert error.startswith(f"ERROR: {files[1].parent}/{line}")
    assert not files[0].with_name("all.json").exists()


def test_a_folder_is_refused_in_one_line(run, tmp_path):
    assert run(tmp_path) == (4, [], [f"ERROR: {tmp_path}: cannot be read: Is a directory"])


def test_a_part_of_another_run_is_refused_by_its_name(run, files, halves):
    verdict_json.write(halves[1] | {"seed": 4}, files[1])

    line = f"ERROR: {files[1]}: seed: expected 3 as in the parts before it, not 4"
    assert run(*files) == (4, [], [line])


def test_a_file_that_is_given_twice_is_refused(run, files):
    again = files[0].parent / "." / ".." / files[0].parent.name / "a.json"

    line = f"ERROR: {again}: expected each part once, and it is given twice"
    assert run(*files, again) == (4, [], [line])


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(run, tmp_path):
    path = tmp_path / "nowhere/all.json"

    line = f"ERROR: --verdict-json {path}: cannot be written: its folder does not exist"
    assert run(tmp_path / "a.json", "--verdict-json", path) == (4, [], [line])


def test_the_merged_verdict_may_replace_one_of_its_parts(run, files, halves):
    assert run(*files, "--verdict-json", files[0])[0] == 0

    assert text(verdict_read.read(files[0])) == text(merge.merge(halves))
