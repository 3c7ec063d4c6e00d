"""Versions that are not the file's: what they are known to do otherwise is written down."""

import re

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


ROOT = remeasure.PATH.parents[1]
HEAD = "| environment | JAX | NumPy | answers other than with "
TABLE = (ROOT / "README.md").read_text().partition(HEAD)[2].partition("\n\n")[0].splitlines()[2:]
TRIED = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in TABLE]


def test_the_readme_lists_every_environment_of_other_versions_and_what_it_installs():
    pins = dict(re.findall(r"^(\w+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M))
    series, installed = re.search(
        r"\[testenv:py311-jax\{(.*?)\}\].*?commands_pre =\n(.*?)\ncommands",
        (ROOT / "tox.ini").read_text(),
        re.S,
    ).groups()
    environments = {
        f"py311-{factor}": pins | dict(re.findall(r"(\w+)==(\S+)", packages))
        for factor, packages in re.findall(r"(jax\d+): pip install (.*)", installed)
    }

    assert list(environments) == [f"py311-jax{each}" for each in series.split(",")]
    assert [row[:3] for row in TRIED] == [
        [name, packages["jax"], packages["numpy"]] for name, packages in environments.items()
    ]
    assert {packages["jaxlib"] == packages["jax"] for packages in environments.values()} == {True}


@pytest.mark.parametrize("row", TRIED, ids=lambda row: row[0])
def test_the_readme_counts_the_drifts_that_are_written_down(row):
    _, jax, numpy, said = row
    files = [remeasure.DRIFTS / f"jax-{jax}.txt", remeasure.DRIFTS / f"numpy-{numpy}.txt"]
    lines = [line for file in files if file.exists() for line in file.read_text().splitlines()]

    assert said.partition(":")[0] == (f"{len(lines)}" if lines else "none")


def test_drifts_are_written_down_of_versions_that_an_environment_installs():
    tried = {f"{name}-{version}.txt" for _, *versions, _ in TRIED
             for name, version in zip(("jax", "numpy"), versions, strict=True)}  # fmt: skip

    assert {path.name for path in remeasure.DRIFTS.iterdir()} <= tried
