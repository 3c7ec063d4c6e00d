"""The form of a known wrong formula, and the decorator that makes one of a function."""

from collections.abc import Callable
from typing import Any, NamedTuple

from harness.derivation import REFERENCE, Derivation, Formula


class Mistake(NamedTuple):
    """A wrong formula that people really write, and what a learner should know about it.

    `formula` is the name of the formula it stands in for, or "train_step" for a whole step.
    `quantities` are those that disagree when every formula is fed the right arguments; of a whole
    step it is the first that is wrong in the order of computation. It gets 2-D arrays of one case,
    as the right formula does, and raises nothing where that raises nothing.
    """

    name: str
    formula: str
    quantities: tuple[str, ...]
    code: Formula
    lesson: str


def mistake(formula: str, *quantities: str) -> Callable[[Formula], Mistake]:
    """A decorator: the function's name is the mistake's, and its docstring is the lesson."""

    def make(code: Formula) -> Mistake:
        lesson = " ".join((code.__doc__ or "").split())
        return Mistake(code.__name__, formula, quantities, code, lesson)

    return make


def planted(mistake: Mistake) -> Derivation:
    """The reference with the mistake in it: as a formula's code, or as a whole step beside it."""
    own: dict[str, Any] = {mistake.formula: mistake.code}
    return REFERENCE._replace(name=mistake.name, own=(mistake.formula,), **own)
