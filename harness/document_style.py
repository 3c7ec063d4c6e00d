"""The document's own style: no functions, but `inputs`, `weights` and `biases` assigned, and each
quantity computed by its name.

Such a script, or notebook, is a `train_step` of one layer. For each case it is run from its first
line to its last with the case's numbers in the place of its own (`injection.py`), and each quantity
is read by its name; the updated weights and biases may have new names, or their old ones.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from harness import display, kinds
from harness.case import QUANTITIES, quantity_shapes
from harness.cells import MODULE, CandidateError, Cell, blamed, compiled, where
from harness.dataflow import Script
from harness.derivation import FORMULAS, REFERENCE, TRAIN_STEP, Derivation
from harness.injection import ARGUMENTS, RATE, UPDATED, UPSTREAM, Injection, inject
from harness.raised import in_words
from harness.table import listed
from harness.whole_step import StoppedAt


def is_in_style(cells: Sequence[Cell]) -> bool:
    """Whether the cells are such a script, as far as the names tell that they bind."""
    bound = {each.name for each in Script.of(cells).bindings}
    return bound.issuperset(ARGUMENTS) and bool(bound & {*QUANTITIES}) and not (
        bound & {*FORMULAS, TRAIN_STEP}
    )  # fmt: skip


def lacks(cells: Sequence[Cell]) -> str | None:
    """What keeps cells that define no formula from being such a script, in words."""
    bound = dict.fromkeys(each.name for each in Script.of(cells).bindings)
    computed = [each for each in bound if each in QUANTITIES]
    missing = [each for each in ARGUMENTS if each not in bound]
    if not computed or not missing:
        return None
    return (
        f"computes {computed[0]} and has no {' and no '.join(missing)}, expected assignments of "
        f"{listed(ARGUMENTS)}, as in the document"
    )


def derivation(
    name: str, path: Path, cells: Sequence[Cell], showing: set[str], ran: Mapping[str, Any]
) -> Derivation:
    """The derivation of a script whose cells `ran` as they stand: its names at the end.

    `showing` are the names that show something. Raises CandidateError.
    """
    script = Script.of(cells)
    _check_shapes(name, script, ran)
    injection = inject(name, script, showing)
    read = {each: each for each in QUANTITIES if each not in UPDATED and script.own(each)}
    read |= injection.updated
    if not read:
        names = ", ".join(QUANTITIES)
        raise CandidateError(f"{name}: computes nothing to check, expected any of {names}")
    places = {each: script.of_name(name)[-1].statement.place for each, name in read.items()}
    wider: set[str] = set()
    codes = list(map(compiled, _changed(cells, injection, showing)))

    def train_step(
        inputs: Any, layers: Sequence[tuple[Any, Any]], upstream: Any, learning_rate: Any
    ) -> list[dict[str, Any]]:
        ((weights, biases),) = layers
        names = display.given() | {"__name__": MODULE, "__file__": str(path)}
        case = (inputs, weights, biases)
        names |= {f"<{each}>": array for each, array in zip(ARGUMENTS, case, strict=True)}
        # What the script does with a gradient of its own is its own affair.
        # Its own rate is a Python number.
        names |= {UPSTREAM: np.copy(upstream), RATE: float(learning_rate), "print": _nothing}
        try:
            for code in codes:
                exec(code, names)
        except Exception as error:
            lines = blamed(cells, error)  # the first is the one that was just run
            (outer, at), (cell, line) = lines[0], lines[-1]
            quantity = _computed_next(script, read, outer, at)
            _check_forms(script, read, quantity, names, (*inputs.shape, weights.shape[1]))
            told = f"no exception in {cell.at(line)}", in_words(error)[1]
            raise StoppedAt(quantity, kinds.RAISED, *told) from error
        found = {each: names[name] for each, name in read.items() if name in names}
        for quantity in wider & found.keys():
            found[quantity] = np.asarray(found[quantity]).astype(np.asarray(inputs).dtype)
        return [found]

    wider.update(_wider(train_step, ran))
    first = [each for each in read if each in wider][:1]
    told = (
        f"run as a {TRAIN_STEP} of one layer; no case of several layers was put to it",
        *injection.told,
        *(f"{each} is float64 in every case, and what is made of it" for each in first),
    )
    return REFERENCE._replace(
        name=name,
        own=(TRAIN_STEP,),
        train_step=train_step,
        places=places,
        one_layer=True,
        told=told,
    )


def _check_shapes(name: str, script: Script, ran: Mapping[str, Any]) -> None:
    """Refuse weights that are not kept as the document keeps them: one column a neuron."""
    inputs, weights = (np.shape(ran.get(each, 0)) for each in ARGUMENTS[:2])
    if len(inputs) == len(weights) == 2 and inputs[1] != weights[0] and inputs[1] == weights[1]:
        place = script.of_name("weights")[0].statement.place
        raise CandidateError(
            f"{where(name, place)}: weights has shape {weights}, expected {weights[::-1]}: "
            "(n_inputs, n_neurons), one column a neuron"
        )


def _check_forms(
    script: Script,
    read: Mapping[str, str],
    failed: str,
    names: Mapping[str, Any],
    shape: Sequence[int],
) -> None:
    """Blame a quantity of a wrong shape, computed before, for what fails with it."""
    (shapes,) = quantity_shapes(tuple(shape))
    ends = {each: script.statements.index(script.of_name(name)[-1].statement)
            for each, name in read.items()}  # fmt: skip
    before = (each for each in read if ends[each] < ends[failed])
    for quantity in sorted(before, key=lambda each: ends[each]):
        value, expected = names.get(read[quantity]), getattr(shapes, quantity)
        if isinstance(value, np.ndarray) and value.shape != expected:
            told = f"shape {expected}", f"shape {value.shape}"
            raise StoppedAt(quantity, kinds.WRONG_SHAPE, *told)


def _changed(cells: Sequence[Cell], injection: Injection, showing: set[str]) -> Iterator[Cell]:
    """The cells as they are run for each case, without what only shows something."""
    for cell in cells:
        body: list[ast.stmt] = []
        for statement in cell.tree.body:
            if id(statement) not in injection.left_out and not display.shows(statement, showing):
                body.append(_Replacing(injection.replaced).visit(statement))
        if body:
            yield cell._replace(tree=ast.fix_missing_locations(ast.Module(body, [])))


class _Replacing(ast.NodeTransformer):
    """Puts expressions in the place of others, which are known by their id."""

    def __init__(self, replaced: Mapping[int, ast.expr]) -> None:
        self.replaced = replaced

    def visit(self, node: ast.AST) -> Any:
        if (other := self.replaced.get(id(node))) is not None:
            return ast.copy_location(other, node)
        return self.generic_visit(node)


def _computed_next(script: Script, read: Mapping[str, str], cell: Cell, line: int) -> str:
    """The quantity that a line computes, or else the first one after it."""
    after = False
    for statement in script.statements:
        here = statement.cell.filename == cell.filename
        after |= here and (statement.node.end_lineno or 0) >= line
        bound = {each.name for each in script.bindings if each.statement is statement}
        if after and (found := [each for each, name in read.items() if name in bound]):
            return found[0]
    return next(iter(read))


def _wider(train_step: Callable[..., Any], ran: Mapping[str, Any]) -> set[str]:
    """The quantities that are float64 whatever the case's dtype, say by a mask of integers.

    A function must keep to the dtype that it is given; a script was written for numbers of its
    own. It is run here for the settings, too, that it makes anew at each run: these are its own
    affair, as a file's are. What else is wrong with it, its cases tell.
    """
    with suppress(Exception):
        inputs, weights, biases = (np.array(ran[each], np.float32) for each in ARGUMENTS)
        upstream = np.ones((len(inputs), weights.shape[1]), np.float32)
        (found,) = train_step(inputs, [(weights, biases)], upstream, np.float32(1))
        return {each for each, array in found.items() if array.dtype == np.float64}
    return set()


def _nothing(*_: Any, **__: Any) -> None:
    """Prints nothing: it would print it for every case."""
