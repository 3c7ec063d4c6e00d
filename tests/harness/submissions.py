"""The catalogue of mistakes as files that somebody might hand in: one formula or step in each."""

import ast
import inspect
import sys

from harness.mistakes import Mistake


def submission(mistake: Mistake) -> str:
    """A file's text: the mistake's own source under its formula's name, and what that needs."""
    module = sys.modules[mistake.code.__module__]
    tree = ast.parse(inspect.getsource(module))
    defined = {name: node for node in tree.body for name in _names(node)}
    needed: dict[int, ast.stmt] = {}

    def need(name: str) -> None:
        node = defined.get(name)
        if node is None or id(node) in needed:
            return
        needed[id(node)] = node
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                need(each.id)

    need(mistake.code.__name__)
    body = [node for node in tree.body if id(node) in needed]
    source = "\n\n".join(map(ast.unparse, body))
    return f"{source}\n\n\n{mistake.formula} = {mistake.code.__name__}\n"


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(each.asname or each.name).partition(".")[0] for each in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]
