"""The run behind `tox -e mutate`: it sees what survives, and its list is about lines that exist."""

from pathlib import Path

import pytest

from tests.mutation import run
from tests.mutation.run import LIST, ROOT, Mutant, changed, complaints, copy_checkout, mutate

TARGETS = {target["module"]: target for target in LIST["target"]}
A, B = Mutant("a + b", "a - b"), Mutant("a + b", "a * b")


def test_a_survivor_that_is_not_listed_and_a_listed_one_that_is_none_are_told():
    assert complaints([A], [A]) == complaints([], []) == []
    (new,) = complaints([A, B], [A])
    (gone,) = complaints([A], [A, B])

    assert new == f"no test fails, and mutants.toml does not say why: {B}"
    assert gone == f"in mutants.toml, but noticed by a test, or no mutant: {B}"


def test_a_listed_mutant_is_met_exactly_or_up_to_its_dots():
    dots = Mutant("f(…", "f( …")

    assert Mutant("f(3, x)", "f( 4, x)").is_of(dots)
    assert not Mutant("f(3, x)", "f(3, x + 1)").is_of(dots)
    assert not Mutant("f(3)", "f( 4)").is_of(Mutant("f(3)", "f( 4"))


def test_a_mutant_is_read_from_its_diff():
    diff = "--- mutation diff ---\n--- a/m.py\n+++ b/m.py\n@@ -1,2 +1,2 @@\n x\n-    a + b\n"

    assert changed(f"{diff}+    a  - b") == A
    assert changed(diff) == Mutant("a + b", "")


@pytest.fixture
def module_and_test(tmp_path, monkeypatch):
    """A module of two lines in the current folder, and a test of one of them."""
    monkeypatch.chdir(tmp_path)
    Path("module.py").write_text("TESTED = True\nFREE = True\n")
    Path("test_module.py").write_text("from module import TESTED\n\ndef test_it(): assert TESTED\n")


@pytest.mark.usefixtures("module_and_test")
def test_what_no_test_notices_survives(capsys):
    target = {"module": "module.py", "tests": ["test_module.py"], "least_percent": 95}

    wrong = run.report(target)

    survivor = Mutant("FREE = True", "FREE = False")
    assert wrong == [*complaints([survivor], []), "fewer than 95 % of its mutants are noticed"]
    assert "module.py: 1 of 2 mutants noticed" in capsys.readouterr().out
    assert Path("module.py").read_text() == "TESTED = True\nFREE = True\n"


@pytest.mark.usefixtures("module_and_test")
def test_tests_that_fail_without_a_mutant_show_nothing():
    Path("module.py").write_text("TESTED = False\n")

    with pytest.raises(SystemExit, match=r"module\.py: its tests fail without any mutant"):
        mutate("module.py", ["test_module.py"])


def test_a_module_that_is_no_target_is_refused():
    with pytest.raises(SystemExit, match=r"^nonsense: not in mutants\.toml, expected ref"):
        run.main(["nonsense"])


def test_the_copy_has_the_files_of_the_checkout_and_not_what_git_ignores(tmp_path):
    copy_checkout(tmp_path)

    for name in ("pyproject.toml", "harness/ball.py", "tests/mutation/run.py"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
    assert not list(tmp_path.rglob("__pycache__"))


def test_the_whole_reference_is_mutated():
    """But for the names that it exports and its types: cosmic-ray finds nothing to change there."""
    modules = {path.name for path in (ROOT / "reference").glob("*.py")}

    assert {Path(each).name for each in TARGETS if each.startswith("reference/")} == modules - {
        "__init__.py",
        "_types.py",
    }


@pytest.mark.parametrize("module", TARGETS)
def test_what_the_list_names_exists(module):
    lines = {" ".join(line.split()) for line in (ROOT / module).read_text().splitlines()}
    entries = [entry for entry in LIST["survivor"] if entry["module"] == module]

    assert all((ROOT / test).is_file() for test in TARGETS[module]["tests"])
    for entry in entries:
        known = entry["line"].removesuffix("…")
        assert any(line.startswith(known) for line in lines), known
        assert known.endswith("(") or known in lines
        assert entry["reason"]


def test_every_survivor_is_one_of_a_target():
    assert {entry["module"] for entry in LIST["survivor"]} <= set(TARGETS)
