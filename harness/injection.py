"""Where a case's numbers go in a script in the document's own style.

Its inputs, weights and biases are the literals that it assigns. The gradient passed in from above
is what deriv_relu_wrt_z is made of: the document takes relu_outputs, "for this fabricated example",
and a script may call it upstream. As relu_outputs is 0 wherever the mask is, the mask could not be
seen to be missing; so the case's own upstream goes there. The learning rate is the one literal
that is a factor of an update.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from harness.case import QUANTITIES
from harness.cells import CandidateError, where
from harness.dataflow import Binding, Script, is_plain, loads, walk
from harness.display import shows
from harness.passed_in import SAY_IT, Nodes, passed_in

ARGUMENTS: Final = ("inputs", "weights", "biases")
UPDATED: Final = {"new_weights": "weights", "new_biases": "biases"}
GRADIENTS: Final = tuple(each for each in QUANTITIES if each.startswith("deriv_"))
UPSTREAM: Final = "<upstream>"
RATE: Final = "<learning_rate>"


class Injection(NamedTuple):
    """What is changed in a script: expressions that are others, and statements left out.

    Nodes are known by their `id`. `told` says it to people; `updated` are the new parameters, and
    the names that they have in the end, but for those whose learning rate is not known.
    """

    replaced: dict[int, ast.expr]
    left_out: set[int]
    told: Sequence[str]
    updated: dict[str, str]


def inject(name: str, script: Script, showing: set[str]) -> Injection:
    """What is to be changed. Raises CandidateError where that cannot be told."""
    replaced: dict[int, ast.expr] = {}
    left_out: set[int] = set()
    initial: dict[str, list[Binding]] = {}
    for argument in ARGUMENTS:
        initial[argument] = *earlier, last = _initial(name, script, argument, showing)
        left_out |= {id(each.statement.node) for each in earlier}
        assert last.value is not None
        replaced[id(last.value)] = _read(f"<{argument}>")
    upstream = _upstream(name, script)
    replaced |= {id(node): _read(UPSTREAM) for node in upstream.nodes}
    left_out |= set(map(id, upstream.left_out))
    told = [f"the case's upstream stands for {text}" for text in upstream.told]
    updated = {}
    for quantity, parameter in UPDATED.items():
        first = {id(each.how) for each in initial[parameter]}
        updates = [each for each in script.of_name(parameter) if id(each.how) not in first]
        updates += script.of_name(quantity)
        if not updates:
            continue
        place = updates[-1].statement.place
        if rates := _rates(script, updates):
            number = script.number(rates[0])
            replaced |= {id(node): _rate(script, node) for node in rates}
            updated[quantity] = quantity if script.own(quantity) else parameter
            told.append(f"the case's learning rate stands for {number} in {place}")
        else:
            told.append(
                f"the learning rate of {parameter} is no literal factor of the update in {place}, "
                f"so it stays, and {quantity} is not checked"
            )
    return Injection(replaced, left_out, told, updated)


def _initial(name: str, script: Script, argument: str, showing: set[str]) -> list[Binding]:
    """The assignments that make a literal, of the argument or of what it was before: `x = x.T`.

    Up to the first other statement in which it is used.
    """
    found: list[Binding] = []
    bindings = script.of_name(argument)
    for binding in bindings:
        value = binding.value
        if value is None or not is_plain(binding) or not _is_literal(script, value, argument):
            break
        if found and _is_used(script, argument, found[-1], binding, showing):
            break
        found.append(binding)
    if not found:
        first = bindings[0]
        text = ast.unparse(first.value or first.how).partition("\n")[0][:60]
        raise CandidateError(
            f"{where(name, first.statement.place)}: {argument} is {text}, expected an assignment "
            f"of literal numbers, such as {argument} = np.array([[1.0, 2.0]])"
        )
    return found


def _is_literal(script: Script, value: ast.expr, argument: str) -> bool:
    """Whether it is made of numbers, of what is imported or built in, and of itself before."""
    others = loads(value) - {argument}
    return all(
        not script.own(each) or script.number(ast.Name(each, ast.Load())) is not None
        for each in others
    )


def _is_used(
    script: Script, argument: str, after: Binding, before: Binding, showing: set[str]
) -> bool:
    start, end = (script.statements.index(each.statement) for each in (after, before))
    between = (each.node for each in script.statements[start + 1 : end])
    return any(argument in loads(node) and not shows(node, showing) for node in between)


def _upstream(name: str, script: Script) -> Nodes:
    """Where the gradient passed in is read, of whichever gradient is computed first."""
    own = [each for each in GRADIENTS if script.own(each)]
    if not own:
        return Nodes([], (), ())
    roots = own[:1] if own[0] == GRADIENTS[0] else own
    found = [passed_in(name, script, root) for root in roots]
    # Ones, or nothing at all, where there is an upstream: it was forgotten, which is to be seen.
    said = [each for each in SAY_IT if script.own(each)]
    if said and all(each.only_arrays for each in found):
        bindings = [each for each in script.of_name(said[0]) if is_plain(each)]
        values = [each.value for each in bindings if each.value]
        told = f"{said[0]} in {bindings[-1].statement.place}" if bindings else ""
        found = [Nodes(values, (), (told,))] if values else found
    if not any(each.told for each in found):
        place = script.of_name(own[0])[0].statement.place
        raise CandidateError(
            f"{where(name, place)}: {own[0]} is made of no gradient passed in that could be told, "
            "expected it to be relu_outputs, or a name of its own such as upstream"
        )
    return Nodes(
        [node for each in found for node in each.nodes],
        [statement for each in found for statement in each.left_out],
        tuple(dict.fromkeys(text for each in found for text in each.told)),
    )


def _rates(script: Script, updates: Sequence[Binding]) -> list[ast.expr]:
    """The literal factors of the updates, if they are one number: 1 only if there is no other."""
    factors = {id(node): node for node in _factors(script, updates, set())}.values()
    numbers = {id(node): script.number(node) or 0.0 for node in factors}
    real = [node for node in factors if abs(numbers[id(node)]) != 1] or list(factors)
    return real if len({abs(numbers[id(node)]) for node in real}) == 1 else []


def _factors(script: Script, bindings: Sequence[Binding], seen: set[str]) -> Iterator[ast.expr]:
    """The numbers that something is multiplied by, also in names of the script's own."""
    for binding in bindings:
        how = binding.how
        if isinstance(how, ast.AugAssign) and isinstance(how.op, ast.Mult):
            yield from _number(script, how.value)
        for node in walk(binding.value) if binding.value else ():
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                yield from _number(script, node.left)
                yield from _number(script, node.right)
            known = (*QUANTITIES, *ARGUMENTS)
            if isinstance(node, ast.Name) and node.id not in seen | {*known}:
                seen.add(node.id)
                bound = script.of_name(node.id)
                for each in bound if len(bound) > 1 else ():  # a number, and then another
                    yield from _number(script, each.value) if each.value else ()
                yield from _factors(script, bound, seen)


def _number(script: Script, node: ast.expr) -> Iterator[ast.expr]:
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    if script.number(node) is not None:
        yield node


def _rate(script: Script, node: ast.expr) -> ast.expr:
    """The case's learning rate, with the sign of the number that it is read for."""
    negative = (script.number(node) or 0) < 0
    return ast.UnaryOp(ast.USub(), _read(RATE)) if negative else _read(RATE)


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())
