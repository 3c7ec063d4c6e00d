"""Every framework still gives what adapters/conventions.toml says, and the file is rewritten so."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jax
import pytest
import remeasure

import adapters
from adapters import MissingFrameworkError, _jax_relus
from harness import conventions, conventions_file
from harness.conventions import POINTS, UPSTREAMS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recorded():
    try:
        return conventions_file.read(remeasure.PATH)
    except conventions_file.ConventionsError as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)  # outside, for the line alone to be shown


@pytest.fixture(scope="module")
def measured():
    """measured(framework), asked once."""
    return cache(asked)


def asked(framework, measure=remeasure.measure):
    """What a framework gives now; the test fails in one line if it is not installed."""
    try:
        return measure(framework)
    except MissingFrameworkError as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)  # outside, for the line alone to be shown


@pytest.fixture
def asked_once(measured, monkeypatch):
    """What `remeasure.main` asks for is what was measured already."""
    monkeypatch.setattr(remeasure, "measure", measured)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """toy(source): the one adapter, in place of ours."""
    monkeypatch.setattr(adapters, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "adapters.toy_grad", raising=False)
    yield lambda source: (tmp_path / "toy_grad.py").write_text(
        f"VERSION = '0.1'\ndef trace(case): ...\n{source}\n"
    )
    sys.modules.pop("adapters.toy_grad", None)


@pytest.mark.parametrize("framework", remeasure.frameworks())
def test_a_framework_gives_what_the_file_says(framework, measured, recorded):
    if said := remeasure.surprises(framework, recorded, measured(framework)):
        pytest.fail("\n".join(said), pytrace=False)


def test_a_framework_that_is_not_installed_fails_by_name():
    def measure(framework):
        raise MissingFrameworkError(f"framework {framework} needs the package toy")

    with pytest.raises(pytest.fail.Exception) as failed:
        asked("toy", measure)

    assert (failed.value.msg, failed.value.pytrace) == (
        "framework toy needs the package toy",
        False,
    )


def test_the_file_names_no_framework_without_an_adapter_and_the_pinned_versions(recorded):
    pins = dict(re.findall(r"^(\w+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M))

    assert set(recorded.versions) <= set(remeasure.frameworks())
    for framework, version in recorded.versions.items():
        assert version.partition("+")[0] == pins.get(framework, version)
    assert {"numpy", "jax", "torch"} <= set(recorded.versions) & set(pins)


def test_the_file_is_as_large_as_it_claims_to_be(recorded):
    spelled = {row[:2] for row in recorded.rows if row.dtype in ("float64", "float32")}

    assert len(spelled) >= 12
    assert len(POINTS) >= 6
    assert len(UPSTREAMS) >= 4
    for framework, spelling in spelled:
        dtypes = {row.dtype for row in recorded.rows if row[:2] == (framework, spelling)}
        assert {"float64", "float32"} <= dtypes


@pytest.mark.usefixtures("asked_once")
def test_rewriting_the_file_changes_no_byte_and_says_nothing(tmp_path, capsys):
    path = tmp_path / "conventions.toml"
    path.write_bytes(remeasure.PATH.read_bytes())

    remeasure.main(path)

    assert capsys.readouterr().out == ""
    assert path.read_bytes() == remeasure.PATH.read_bytes()


@pytest.mark.usefixtures("asked_once")
def test_one_entry_changed_by_hand_is_one_line_and_is_rewritten(tmp_path, capsys, recorded):
    path = tmp_path / "conventions.toml"
    right = remeasure.PATH.read_text()
    table = right.index('[relu.torch."torch.relu(z)".float32]')
    old = '"upstream 2"    = [    "0",     "0",     "2"'
    entry = right.index(old, table)
    path.write_text(right[:entry] + old.replace('"2"', '"0"') + right[entry + len(old) :])
    version = recorded.versions["torch"]

    remeasure.main(path)

    assert capsys.readouterr().out == (
        f"torch {version} (the file: {version}), torch.relu(z), float32, z = nan: "
        "gradient of upstream 2 was 0, is 2\n"
    )
    assert path.read_text() == right


@pytest.mark.usefixtures("asked_once")
def test_what_a_framework_that_is_not_installed_gave_is_kept_and_said(
    tmp_path, capsys, monkeypatch, measured
):
    def without_torch(framework):
        if framework == "torch":
            raise MissingFrameworkError("needs the package torch")
        return measured(framework)

    path = tmp_path / "conventions.toml"
    path.write_bytes(remeasure.PATH.read_bytes())
    monkeypatch.setattr(remeasure, "measure", without_torch)

    remeasure.main(path)

    assert capsys.readouterr().out == "torch: kept as it was: needs the package torch\n"
    assert path.read_bytes() == remeasure.PATH.read_bytes()


@pytest.mark.usefixtures("asked_once")
def test_a_file_that_cannot_be_read_is_said_and_written_anew(tmp_path, capsys):
    path = tmp_path / "conventions.toml"
    path.write_text("points = [")

    remeasure.main(path)

    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{path}: does not parse: ")
    assert [line.partition(":")[0] for line in others] == remeasure.frameworks()
    assert path.read_bytes() == remeasure.PATH.read_bytes()


def test_a_new_adapter_brings_its_spellings_without_an_edit_elsewhere(tmp_path, toy, recorded):
    toy("RELUS = {'toy.relu(z)': lambda z, upstream: (z, upstream)}")

    remeasure.main(tmp_path / "conventions.toml")

    found = conventions_file.read(tmp_path / "conventions.toml")
    assert found.versions == {"numpy": recorded.versions["numpy"], "toy": "0.1"}
    assert {row.spelling for row in conventions.of(found, "toy").rows} == {"toy.relu(z)"}


def test_an_adapter_without_spellings_is_not_in_the_file(tmp_path, toy):
    toy("")

    remeasure.main(tmp_path / "conventions.toml")

    found = conventions_file.read(tmp_path / "conventions.toml")
    assert list(found.versions) == ["numpy"]


def test_compiling_changes_an_answer_of_exactly_the_spellings_that_jax_lists(measured):
    eager = measured("jax")
    compiled = {
        name: _jax_relus.relu(spelling, compiled=True)
        for name, spelling in _jax_relus.SPELLINGS.items()
    }
    jitted = conventions.measure("jax", jax.__version__, compiled).rows

    changed = {row.spelling for row, cells in jitted.items() if eager.rows[row] != cells}
    assert changed == set(_jax_relus.CHANGED_BY_JIT)


def test_asking_jax_leaves_the_users_precision_as_it_was(measured):
    measured("jax")

    assert jax.config.jax_enable_x64 is False


def test_the_frameworks_are_named_without_importing_them():
    code = (
        "import sys; from tests.harness import remeasure; "
        "print(*remeasure.frameworks()); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found, modules = run.stdout.splitlines()

    assert found.split() == ["numpy", "jax", "torch"]
    assert not {"jax", "torch", "optax"} & set(modules.split())
