"""What a formula may leave changed behind it: NumPy itself, print options, the random states.

NumPy's error state is not here: `calling.quiet` sets it for the calls, and sees it changed.
"""

import random
from typing import Any, NamedTuple

import numpy as np


class Surroundings(NamedTuple):
    """All of it at one moment."""

    print_options: Any
    random_state: Any
    python_random_state: Any
    numpy: dict[str, Any]


def now() -> Surroundings:
    """The surroundings as they are."""
    return Surroundings(
        np.get_printoptions(),
        _random_state(),
        random.getstate(),
        {name: value for name, value in vars(np).items() if callable(value)},
    )


def _random_state() -> Any:
    kind, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    return kind, keys.tobytes(), *rest  # type: ignore[union-attr]


def changed(before: Surroundings) -> str | None:
    """What is not as it was, in words, or None."""
    current = vars(np)
    for name, value in before.numpy.items():
        if current.get(name) is not value:
            return f"NumPy itself (np.{name})"
    if np.get_printoptions() != before.print_options:
        return "NumPy's print options (np.set_printoptions)"
    if _random_state() != before.random_state:
        return "NumPy's random state (np.random)"
    if random.getstate() != before.python_random_state:
        return "Python's random state (random)"
    return None


def restore(before: Surroundings) -> None:
    """Put everything back as it was."""
    for name, value in before.numpy.items():
        setattr(np, name, value)
    np.set_printoptions(**before.print_options)
    kind, keys, *rest = before.random_state
    np.random.set_state((kind, np.frombuffer(keys, np.uint32), *rest))  # noqa: NPY002
    random.setstate(before.python_random_state)
