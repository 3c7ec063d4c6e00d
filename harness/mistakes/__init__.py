"""The catalogue of mistakes: wrong formulas that people really write, each with its lesson.

They serve twice. Planted in a derivation, each must be refused for the quantities it spoils, which
proves that the harness sees it; and a wrong derivation that computes the same is told its lesson.
A mistake is added by defining it in a module of this package: there is no other list.

Lessons speak of the document's example, whose upstream is its own relu_outputs, and of variations
on it: an upstream of ones, another learning rate, the example without its last measurement (so
that the weights are square), and a second layer on top (weights 2 on the diagonal, biases 1).
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from harness.mistakes.mistake import Mistake, mistake, planted

__all__ = ["CATALOGUE", "Mistake", "mistake", "planted"]

_MODULES = tuple(import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))

CATALOGUE: Final[tuple[Mistake, ...]] = tuple(
    each for module in _MODULES for each in vars(module).values() if isinstance(each, Mistake)
)
