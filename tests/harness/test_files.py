"""A file that is replaced is never half written."""

import os
from pathlib import Path

import pytest

from harness import files


def test_a_reader_finds_the_old_text_until_all_of_the_new_is_there(tmp_path, monkeypatch):
    path = tmp_path / "table.toml"
    path.write_text("old")
    replace, seen = os.replace, []

    def watched(source, target):
        seen.append((path.read_text(), Path(source).read_text(encoding="utf-8")))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    files.replace(path, "new ±\n")

    assert seen == [("old", "new ±\n")]
    assert path.read_bytes() == "new ±\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["table.toml"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "table.toml").write_text("old")

    with pytest.raises(UnicodeEncodeError):
        files.replace(tmp_path / "table.toml", "half \ud800")

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("table.toml", "old")]
