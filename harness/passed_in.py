"""Which gradient a script passes in from above: what its deriv_relu_wrt_z is made of.

It is told from the text. What stands in a condition, or selects, is no gradient; neither is z, nor
an argument, nor an array that is still to be filled. What is left is a name of the script's own
(before all others, one of the two that say it), or else relu_outputs, or else an array of ones or
of literals.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from harness.case import QUANTITIES
from harness.cells import CandidateError, where
from harness.dataflow import COMPREHENSIONS, Binding, Script, is_plain, loads, walk

# Ours, and the document's: no other name is asked where there is one of these.
SAY_IT: Final = ("upstream", "deriv_from_next_layer")
OUTPUTS: Final = "relu_outputs"
NO_GRADIENT: Final = ("inputs", "weights", "biases", *QUANTITIES)
# Of NumPy: conditions; arrays to be filled; arrays that may be a gradient as they are.
CONDITIONS: Final = {"heaviside", "sign", "greater", "greater_equal", "less", "less_equal"}
EMPTY: Final = {"zeros", "zeros_like", "empty", "empty_like"}
FILLED: Final = {"ones", "ones_like", "full", "full_like"}
LITERAL: Final = {"array", "asarray"}


class Nodes(NamedTuple):
    """Where the gradient is read or made: the expressions to be replaced, and statements that are
    then to be left out. `told` says what it is, and where."""

    nodes: Sequence[ast.expr]
    left_out: Sequence[ast.stmt]
    told: Sequence[str]
    own: bool = False  # it has a name of the script's own

    @property
    def only_arrays(self) -> bool:
        """Whether it may as well be a mask to begin with: ones, say, of which some become 0."""
        return not self.own and all(isinstance(node, ast.Call) for node in self.nodes)


class Read(NamedTuple):
    """A name, or an array of numbers, that is read as a value in the binding of another name."""

    node: ast.expr
    binding: Binding


def passed_in(name: str, script: Script, target: str, seen: frozenset[str] = frozenset()) -> Nodes:
    """Where the gradient is read that a target is made of. Raises CandidateError if it may be
    one of several."""
    bindings = script.of_name(target)
    reads = [Read(node, each) for each in bindings if each.value for node in _values(each.value)]
    names = {each.node.id: each for each in reads if isinstance(each.node, ast.Name)}
    own = {
        each: nodes
        for each, read in names.items()
        if each not in {*NO_GRADIENT, *seen, target} and script.own(each)
        if (nodes := _of_own(name, script, read, seen | {target})).told
    }
    if said := [each for each in SAY_IT if each in own]:
        return own[said[0]]
    strong = {tuple(map(id, own[each].nodes)): each for each in own if not own[each].only_arrays}
    if len(strong) > 1:
        place = next(iter(names.values())).binding.statement.place
        raise CandidateError(
            f"{where(name, place)}: {' or '.join(strong.values())} may be the gradient passed in, "
            f"expected one of them to be called {SAY_IT[0]}"
        )
    if strong:
        return own[next(iter(strong.values()))]
    outputs = [each for each in reads if getattr(each.node, "id", "") == OUTPUTS]
    if own and not outputs:
        return next(iter(own.values()))
    found = outputs or [each for each in reads if isinstance(each.node, ast.Call)]
    told = [f"{ast.unparse(each.node)[:40]} in {each.binding.statement.place}" for each in found]
    return Nodes([each.node for each in found], (), tuple(dict.fromkeys(told)))


def _of_own(name: str, script: Script, read: Read, seen: frozenset[str]) -> Nodes:
    """A name of the script's own: the gradient itself, or something that it was made into."""
    assert isinstance(read.node, ast.Name)
    own = read.node.id
    made_of = passed_in(name, script, own, seen)
    bindings = script.of_name(own)
    here = script.statements.index(read.binding.statement)
    before = [each for each in bindings if script.statements.index(each.statement) < here]
    masked = any(_is_condition(node) for each in bindings for node in walk(each.how))
    nested = any(each.how is not each.statement.node for each in bindings)
    loop = any(isinstance(each.how, ast.For) for each in bindings)
    if own not in SAY_IT and (not made_of.told or masked):
        return made_of
    if nested or loop or not before:
        return made_of
    plain = [each.value for each in before if is_plain(each) and each.value]
    others = [each.statement.node for each in before if not is_plain(each)]
    if not plain:
        return made_of
    return Nodes(plain, others, (f"{own} in {before[-1].statement.place}",), own=True)


def _values(node: ast.AST) -> Iterator[ast.expr]:
    """What is read as a value: names, and arrays of numbers."""
    if isinstance(node, ast.Name):
        yield node
    elif isinstance(node, ast.Subscript | ast.Attribute):
        yield from _values(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body)
        yield from _values(node.orelse)
    elif isinstance(node, COMPREHENSIONS):
        for each in node.generators:
            yield from _values(each.iter)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif not _is_condition(node) and not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from _values(child)


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    called = _called(node)
    if called in EMPTY or _is_condition(node):
        return
    if called in FILLED or (called in LITERAL and not any(map(loads, node.args))):
        yield node
        return
    if isinstance(node.func, ast.Attribute):
        yield from _values(node.func.value)
    for argument in node.args[1:] if called == "where" else node.args:
        yield from _values(argument)
    for keyword in node.keywords:
        yield from _values(keyword.value)


def _is_condition(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.Call) and _called(node) in CONDITIONS
    )


def _called(node: ast.Call) -> str:
    """The name of what is called, without what it is an attribute of."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
