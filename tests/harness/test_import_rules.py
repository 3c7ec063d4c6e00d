"""Who may import whom: a witness that borrows the accused's code is no witness."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"reference", "adapters", "harness", "tests", "conftest", "benchmarks", "docs"}
FRAMEWORKS = {"torch", "jax", "jaxlib", "optax", "tensorflow", "keras", "mlx", "tinygrad"}
# The one module of the harness that knows the reference.
WALK = "harness/derivation.py"
LONGEST = 250


def imported(source: str) -> set[str]:
    """The full names of all modules that a source imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `from .x import y` would hide where x is: as `.`, it breaks every rule.
            found.add("." if node.level else str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module in OWN}
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func):
            found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return found


def violations(path: str, source: str) -> set[str]:
    """The imports that the module at `path` must not have."""
    package = path.partition("/")[0]
    names = {
        name for name in imported(source) if name.partition(".")[0] not in sys.stdlib_module_names
    }
    roots = {name: name.partition(".")[0] for name in names}
    if package == "reference":
        return {name for name in names if roots[name] not in ("numpy", "reference")}
    if package == "adapters":
        allowed = {"harness.case", "harness"}
        # A file that no name finds is part of the witness that it is named after.
        own = f"adapters._{path.partition('/')[2].lstrip('_').partition('_')[0]}_"
        inside = {n for n in names if roots[n] in OWN | {""} and not n.startswith(own)}
        return {name for name in inside if ".".join(name.split(".")[:2]) not in allowed}
    forbidden = FRAMEWORKS | {"adapters", "tests", "conftest", "benchmarks", "docs", "pytest", ""}
    if path != WALK:
        forbidden.add("reference")
    return {name for name in names if roots[name] in forbidden}


def modules(*packages: str) -> list[str]:
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in found]


@pytest.mark.parametrize("path", modules("reference", "adapters", "harness"))
def test_a_module_imports_only_what_its_package_may(path):
    assert violations(path, (ROOT / path).read_text()) == set()


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        ("reference/dense.py", "import torch"),
        ("reference/dense.py", "from harness.ball import Ball"),
        ("reference/dense.py", "import scipy.linalg"),
        ("adapters/jax_grad.py", "from reference import relu_backward"),
        ("adapters/jax_grad.py", "import reference.dense as accused"),
        ("adapters/jax_grad.py", "from harness import derivation"),
        ("adapters/jax_grad.py", "from harness.derivation import REFERENCE"),
        ("adapters/jax_grad.py", "def late():\n    from reference import sgd_step"),
        ("adapters/jax_grad.py", "import importlib\nimportlib.import_module('reference')"),
        ("adapters/jax_grad.py", "from .torch_autograd import trace"),
        ("adapters/jax_grad.py", "from adapters._torch_relus import tensor"),
        ("adapters/_jax_relus.py", "from adapters.torch_autograd import trace"),
        ("adapters/_jax_relus.py", "from reference import relu_backward"),
        ("harness/ball.py", "import jax.numpy as jnp"),
        ("harness/ball.py", "__import__('torch')"),
        ("harness/ball.py", "from adapters import load"),
        ("harness/ball.py", "from reference import dense"),
        ("harness/ball.py", "from benchmarks import speed"),
        ("harness/ball.py", "from docs.figures import svg"),
        (WALK, "import torch"),
    ],
)
def test_a_planted_import_is_a_violation(path, planted):
    assert violations(path, f"{(ROOT / path).read_text()}\n{planted}\n")


def test_the_walk_does_import_the_reference():
    assert "reference" in imported((ROOT / WALK).read_text())


@pytest.mark.parametrize(
    "path",
    ["conftest.py", *modules("reference", "adapters", "harness", "tests", "benchmarks", "docs")],
)
def test_no_module_is_longer_than_a_reader_takes_in(path):
    assert len((ROOT / path).read_text().splitlines()) <= LONGEST
