"""Versions that are not the file's: what they are known to do otherwise is written down."""

import numpy as np
import pytest
import remeasure

from harness import conventions, conventions_file
from harness.conventions import Conventions


@pytest.fixture(scope="module")
def recorded():
    return conventions_file.read(remeasure.PATH)


def test_what_another_version_is_known_to_do_is_no_surprise_and_anything_else_is(tmp_path):
    def measured(version, relu):
        return conventions.measure("toy", version, {"toy.relu(z)": relu})

    def otherwise(z, upstream):
        return np.where(np.isinf(z), z.dtype.type(0), z), upstream

    recorded = measured("2", lambda z, upstream: (z, upstream))
    known = tmp_path / "toy-1.txt"
    known.write_text("\n".join(remeasure.drifts("toy", recorded, measured("1", otherwise))))
    lines = known.read_text().splitlines()

    assert lines[0] == "toy 1 (the file: 2), toy.relu(z), float64, z = inf: forward was inf, is 0"
    assert remeasure.surprises("toy", recorded, measured("1", otherwise), tmp_path) == []
    assert remeasure.surprises("toy", recorded, recorded, tmp_path) == []
    assert remeasure.surprises("toy", recorded, measured("3", otherwise), tmp_path) == [
        line.replace("toy 1 ", "toy 3 ") for line in lines
    ]
    assert remeasure.surprises(
        "toy", recorded, recorded._replace(versions={"toy": "1"}), tmp_path
    ) == [f"not so, but in toy-1.txt: {line}" for line in lines]


def test_drifts_are_written_down_for_what_is_installed_and_for_nothing_that_gives_the_same(
    tmp_path, monkeypatch, recorded
):
    """A file of before is replaced, or goes."""

    def measure(framework):
        now = conventions.of(recorded, framework)
        if framework != "jax":
            return now
        row, cells = next(iter(now.rows.items()))
        return Conventions({"jax": "0.1"}, now.rows | {row: ("7", *cells[1:])})

    monkeypatch.setattr(remeasure, "measure", measure)
    (tmp_path / f"torch-{recorded.versions['torch']}.txt").write_text("of before")
    (tmp_path / "jax-0.1.txt").write_text("of before")

    remeasure.record_drifts(folder=tmp_path)

    (known,) = tmp_path.iterdir()
    assert known.name == "jax-0.1.txt"
    (line,) = known.read_text().splitlines()
    assert line.startswith(f"jax 0.1 (the file: {recorded.versions['jax']}), ")
    assert line.endswith(", is 7")


def test_no_drifts_are_known_of_the_files_own_versions(recorded):
    names = {path.name for path in remeasure.DRIFTS.iterdir()}

    assert names
    assert not names & {f"{name}-{version}.txt" for name, version in recorded.versions.items()}
    for name in names:
        framework, _, version = name.removesuffix(".txt").partition("-")
        for line in (remeasure.DRIFTS / name).read_text().splitlines():
            assert line.startswith(
                f"{framework} {version} (the file: {recorded.versions[framework]}), "
            )
