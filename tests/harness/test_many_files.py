"""Which files are judged when a folder is asked for, or several files."""

import pytest

from harness.candidate import CandidateError
from harness.many.files import several


@pytest.fixture
def folder(tmp_path):
    for name in ("b.py", "a.ipynb", "notes.txt", "_helpers.py", ".hidden.py", "zoe/a.py"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    for name in ("in/__pycache__", "in/.ipynb_checkpoints", "empty"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.txt").touch()
    (tmp_path / "in/.ipynb_checkpoints/a.ipynb").touch()
    return tmp_path


def test_a_folder_is_its_python_files_and_notebooks_and_those_below_it(folder):
    assert several(["in"], folder) == ["in/a.ipynb", "in/b.py", "in/zoe/a.py"]


def test_they_are_named_as_the_folder_is(folder):
    assert several([str(folder / "in/zoe")], folder) == [str(folder / "in/zoe/a.py")]
    assert several(["../in/zoe"], folder / "in") == ["../in/zoe/a.py"]


def test_a_single_file_is_judged_as_always_even_if_it_is_not_there(folder):
    assert several(["in/b.py"], folder) is None
    assert several(["nowhere.py"], folder) is None


def test_several_are_judged_in_their_order_and_each_once(folder):
    assert several(["nowhere.py", "in/b.py", "in"], folder) == [
        "nowhere.py",
        "in/b.py",
        "in/a.ipynb",
        "in/zoe/a.py",
    ]
    assert several(["in/b.py", "in/b.py"], folder) == ["in/b.py"]


def test_a_folder_without_any_is_refused(folder):
    with pytest.raises(CandidateError) as raised:
        several(["in/b.py", "empty"], folder)

    assert str(raised.value) == (
        "empty: has no derivation in it, expected at least one *.ipynb or *.py"
    )
