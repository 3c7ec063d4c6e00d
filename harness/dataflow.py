"""How the names of a script get their values, as far as its text tells: who is assigned what."""

import ast
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from harness.cells import Cell

# Bodies of their own names.
SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Statement(NamedTuple):
    """A statement of a cell that stands in no other."""

    cell: Cell
    node: ast.stmt

    @property
    def place(self) -> str:
        """Where people find it: the cell, or the line in a file that is one cell."""
        return self.cell.place or f"line {self.node.lineno}"


class Binding(NamedTuple):
    """A place where a name gets a value, or another content: its expression, if there is one.

    `how` is the node: an assignment, an update in place, a loop, a definition.
    """

    name: str
    statement: Statement
    how: ast.AST
    value: ast.expr | None


class Script(NamedTuple):
    """The statements of all cells, and the bindings in them, in the order of the text."""

    statements: Sequence[Statement]
    bindings: Sequence[Binding]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Script":
        """The script in these cells."""
        statements = [Statement(cell, node) for cell in cells for node in cell.tree.body]
        return cls(statements, [each for one in statements for each in _bindings(one)])

    def of_name(self, name: str) -> list[Binding]:
        """Where a name is bound."""
        return [each for each in self.bindings if each.name == name]

    def own(self, name: str) -> bool:
        """Whether a name is the script's: bound, and not by an import or a definition."""
        bound = self.of_name(name)
        imported = any(isinstance(each.how, ast.Import | ast.ImportFrom) for each in bound)
        return not imported and any(each.value is not None for each in bound)

    def number(self, node: ast.AST) -> float | None:
        """The number that an expression is: written there, or a name's only value."""
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
            return None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self.number(node.operand)
            return None if number is None else -number
        if isinstance(node, ast.Name):
            bound = self.of_name(node.id)
            if len(bound) == 1 and isinstance(bound[0].value, ast.Constant | ast.UnaryOp):
                return self.number(bound[0].value)
        return None


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are run where the text stands, in its order."""
    yield node
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from walk(child)


def loads(node: ast.AST) -> set[str]:
    """The names that are read anywhere in it."""
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }


def is_plain(binding: Binding) -> bool:
    """Whether it is a statement of its own that gives one name a new value."""
    node = binding.how
    if node is not binding.statement.node:
        return False
    return isinstance(node, ast.AnnAssign) or (
        isinstance(node, ast.Assign) and [type(each) for each in node.targets] == [ast.Name]
    )


def _bindings(statement: Statement) -> Iterator[Binding]:
    for node in walk(statement.node):
        targets: list[Any] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.For):
            targets, value = [node.target], node.iter
        elif isinstance(node, ast.Call):
            targets = [each.value for each in node.keywords if each.arg == "out"]
            value = node
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield Binding(node.name, statement, node, None)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                yield Binding(name, statement, node, None)
        for target in targets:
            for name in _names(target):
                yield Binding(name, statement, node, value)


def _names(target: ast.expr) -> Iterator[str]:
    """The names that a target is, or is an item or an attribute of."""
    while isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _names(each)
