"""What shows something to people and computes nothing: left out where a notebook is run.

Nobody sees it, the packages for it may not be installed, and the document's style is run once for
each case. Names imported from them stand for `Shown`, which takes any use and does nothing.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import Any, Final

PACKAGES: Final = ("IPython", "matplotlib", "seaborn", "plotly", "ipywidgets")
# IPython has these without an import.
BUILT_IN: Final = ("display", "get_ipython")
SHOWING: Final = ("print", "pprint", "help", *BUILT_IN)
# A name that nobody can write.
SHOWN: Final = "<shown>"


class Shown:
    """A stand-in: every attribute, item and result of it is itself."""

    def __getattr__(self, name: str) -> Any:
        # Python and NumPy ask for special ones, and must not think that it has them.
        if name.startswith("__"):
            raise AttributeError(name)
        return (lambda *_, **__: (self, self)) if name == "subplots" else self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def given() -> dict[str, Any]:
    """The names that a notebook has from the beginning."""
    shown = Shown()
    return {SHOWN: shown, **dict.fromkeys(BUILT_IN, shown)}


class _WithoutImports(ast.NodeTransformer):
    """Makes the names of imports stand-ins, and remembers them."""

    def __init__(self) -> None:
        self.names: set[str] = set(SHOWING)

    def visit_Import(self, node: ast.Import) -> Any:
        kept = [alias for alias in node.names if _root(alias.name) not in PACKAGES]
        names = [a.asname or _root(a.name) for a in node.names if a not in kept]
        left = [ast.copy_location(ast.Import(kept), node)] if kept else []
        return [*left, *self._stand_ins(names, node)]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.level or _root(node.module or "") not in PACKAGES:
            return node
        names = [alias.asname or alias.name for alias in node.names if alias.name != "*"]
        return self._stand_ins(names, node) or ast.copy_location(ast.Pass(), node)

    def _stand_ins(self, names: Iterable[str], node: ast.stmt) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for name in names:
            self.names.add(name)
            value = ast.Name(SHOWN, ast.Load())
            assigned = ast.Assign([ast.Name(name, ast.Store())], value)
            made.append(ast.fix_missing_locations(ast.copy_location(assigned, node)))
        return made


def without_imports(trees: Iterable[ast.Module]) -> set[str]:
    """Change the trees to do without these packages; returns the names that show something."""
    transformer = _WithoutImports()
    for tree in trees:
        transformer.visit(tree)
    return transformer.names


def shows(statement: ast.stmt, names: set[str]) -> bool:
    """Whether a statement does nothing but show something, or compare it with known numbers."""
    if isinstance(statement, ast.Assert):
        return True
    if not isinstance(statement, ast.Expr) or _binds(statement):
        return False
    call = statement.value
    if not isinstance(call, ast.Call):
        return not any(isinstance(node, ast.Call) for node in ast.walk(call))
    asserts = isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assert")
    root: ast.expr = call
    while isinstance(root, ast.Call | ast.Attribute | ast.Subscript):
        root = root.func if isinstance(root, ast.Call) else root.value
    return asserts or (isinstance(root, ast.Name) and root.id in names)


def _binds(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.NamedExpr) for node in ast.walk(statement))


def _root(module: str) -> str:
    return module.partition(".")[0]
