"""What README.md says is so: its commands, options, names, signatures and printed verdicts."""

import ast
import configparser
import re
from pathlib import Path

import numpy as np
import pytest

import adapters
from harness import candidate, options, render, verdict, verdict_json
from harness.case import Case, Layer
from harness.derivation import (
    PARAMETERS,
    REFERENCE,
    STEPS,
    TRAIN_STEP,
    TRAIN_STEP_PARAMETERS,
)
from harness.mistakes import CATALOGUE
from harness.verification import Verification
from reference import document

ROOT = Path(__file__).parents[2]
OPTIONS_OF_CAMPAIGN = ROOT / "tests/campaign/options.py"
OPTIONS_OF_TRAINING = ROOT / "tests/training/command.py"
DASK = {"--nthreads"}
README = (ROOT / "README.md").read_text()
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2].rstrip()) for match in FENCED.finditer(README)]
WRONG = [block for _, block in BLOCKS if " disagrees with " in block]
RIGHT = [block for _, block in BLOCKS if " agrees with " in block.partition("\n")[0]]
# Words between backticks that look like a path of this repository, but for an invented one.
FILES = set(re.findall(r"`([\w./]*(?:/[\w./]*|\.py))`", README)) - {"toy_something.py"}


def document_case():
    """The first case of every run."""
    weights, biases, inputs = (
        np.array(each)[None] for each in (document.WEIGHTS, document.BIASES, document.INPUTS)
    )
    upstream = np.maximum(0, inputs @ weights + biases)
    layers = (Layer(weights, biases),)
    return Case(inputs, layers, upstream, np.float64(document.LEARNING_RATE))


def printed(verification):
    verification.check(document_case(), "document")
    return render.render(verdict_json.as_json(verdict.conclude(verification, 0, "pytest", (), ())))


def test_the_readme_shows_a_verdict_of_each_kind():
    assert len(WRONG) == len(RIGHT) == 1


def test_the_disagreement_in_the_readme_is_what_a_run_prints(witnesses):
    (block,) = (each.splitlines() for each in WRONG)
    file = re.search(r"observed .*\((\S+), \w+\)", WRONG[0])[1]

    lines = printed(Verification(candidate.load(file, ROOT), witnesses))

    # But for the census, whose numbers only a whole run has.
    gap = block.index("  ...")
    case, diagnosis = block[:gap], block[gap + 1 :]
    for part in (case, diagnosis):
        start = lines.index(part[0])
        assert lines[start : start + len(part)] == part
    assert diagnosis[0].startswith("  mistake ")


def test_the_readme_links_the_table_of_all_mistakes():
    (number,) = re.findall(r"\[(\d+) mistakes\]\(docs/mistakes\.md\)", README)

    assert int(number) == len(CATALOGUE)
    assert (ROOT / "docs/mistakes.md").is_file()


def test_the_agreement_in_the_readme_has_the_lines_that_a_run_prints(verify):
    """All but the numbers in the table, which only a whole run has."""
    (block,) = (each.splitlines() for each in RIGHT)

    lines = printed(verify(REFERENCE))

    # How wide a column is, its numbers decide.
    assert block[:3] == lines[:3]
    assert block[3].split() == lines[3].split()
    rows = [line.split(" ")[0] for line in block[4:]]
    assert rows == [line.split(" ")[0] for line in lines[4 : 4 + len(rows) - 1]] + ["..."]


def test_the_signatures_in_the_readme_are_those_of_the_formulas():
    block, step = (block for language, block in BLOCKS if language == "python")
    calls = [statement.value for statement in ast.parse(block).body]
    results = [line.partition("# -> ")[2].split(", ") for line in block.splitlines()]

    assert {ast.unparse(call.func): tuple(map(ast.unparse, call.args)) for call in calls} == (
        PARAMETERS
    )
    assert [len(names) for names in results] == [
        next(len(step.quantities) for step in STEPS if step.formula == formula)
        for formula in PARAMETERS
    ]
    assert step.startswith(f"{TRAIN_STEP}({', '.join(TRAIN_STEP_PARAMETERS)})  # ")


def test_the_readme_names_every_option_and_no_other(pytestconfig):
    without_pip = re.sub(r"pip install (--\w+ )*", "", README)
    named = set(re.findall(r"--[a-z][a-z-]+", without_pip))
    added = {option.name for option in options.RUN}
    campaign, training = (
        set(re.findall(r'add\(\s*"(--[a-z-]+)"', file.read_text()))
        for file in (OPTIONS_OF_CAMPAIGN, OPTIONS_OF_TRAINING)
    )

    assert campaign
    assert training
    assert added | campaign | training <= named
    for option in named - campaign - training - DASK:
        assert pytestconfig.getoption(option, "unknown") != "unknown", option


def test_the_commands_in_the_readme_name_environments_of_tox():
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    named = re.findall(r"tox -e ([\w-]+)( -- )?", README)
    commands = {}
    for section in tox.sections():  # of py311-jax{04,05} there are two
        stem, _, factors = section.removeprefix("testenv:").partition("{")
        for factor in factors.rstrip("}").split(","):
            commands[stem + factor] = tox[section].get("commands", "")

    assert {"verify", "py311-jax04"} <= set(dict(named))
    for name, passes_on in named:
        assert name in commands
        assert not passes_on or "{posargs" in commands[name]


def test_the_python_that_the_readme_asks_for_is_the_oldest_supported():
    oldest = re.search(r'^requires-python = ">=(.*)"$', (ROOT / "pyproject.toml").read_text(), re.M)

    assert f"Python {oldest[1]}" in README


@pytest.mark.parametrize("file", sorted(FILES))
def test_a_file_that_the_readme_names_exists(file):
    assert (ROOT / file).exists() or (ROOT / "harness" / file).exists()


def test_the_versions_that_the_readme_names_are_those_of_the_witnesses(witnesses):
    versions = {witness.name: witness.version for witness in witnesses}
    named = re.findall(r"(PyTorch|JAX) (\d[\d.]*\d)", README)

    assert {framework for framework, _ in named} == {"PyTorch", "JAX"}
    for framework, version in named:
        assert versions[framework.lower().removeprefix("py")].startswith(f"{version}.")


def test_every_witness_has_what_the_readme_asks_of_one(witnesses):
    assert [witness.name for witness in witnesses] == list(adapters.discover())
    for module in adapters.discover().values():
        source = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())
        names = {ast.unparse(node).partition(":")[0].partition(" =")[0] for node in source.body}
        assert {"VERSION", "def trace(case"} <= names
