"""What softmax and cross-entropy give at extreme logits: measured, written down, compared.

Where logits are so far apart that an output is 0, or so large that their rounding is more than the
loss, the formulas' answers are their spelling's: the two steps take the logarithm of what softmax
gave, and frameworks go from the logits to the loss at once. `adapters/extreme_logits.toml` has the
answers. Nothing here is judged.
"""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from harness import files
from harness.case import HEAD_QUANTITIES, Case, Trace
from harness.head import DTYPES, of_logits

# Two logits, the first of them the right class's.
POINTS: Final = (
    *("1e4 0", "0 1e4", "1e30 0", "0 1e30", "1e4 1e4", "1e30 1e30", "-1e30 -1e30"),
    *("0 -inf", "-inf 0", "inf 0", "-inf -inf"),
)
UPSTREAM: Final = (2, 1)
# Enough of a number: its last digits are not what differs here.
DIGITS: Final = 6
HEADER: Final = """\
# What softmax and cross-entropy give for two extreme logits, the right class's first, as in
# `points`: its outputs, its gradient for an upstream of 2 and 1, the loss, the loss's gradient at
# the outputs and at the logits. `tox -e conventions` rewrites it, and a test measures it anew.
"""

# By framework, by dtype, by quantity: a cell a point, which is a word or two.
Answers: TypeAlias = dict[str, dict[str, dict[str, list[str]]]]


def measure(name: str, trace: Callable[[Case], Trace]) -> Answers:
    """Ask one implementation at every point."""
    return {name: {dtype.name: _cells(trace, dtype) for dtype in DTYPES}}


def _cells(trace: Callable[[Case], Trace], dtype: np.dtype[Any]) -> dict[str, list[str]]:
    logits = np.array([[[float(word) for word in point.split()]] for point in POINTS], dtype)
    upstream = np.broadcast_to(np.array([[UPSTREAM]], dtype), logits.shape)
    case = of_logits(logits, np.zeros((len(POINTS), 1)), upstream)
    with np.errstate(all="ignore"):
        (found,) = trace(case)
    return {
        quantity: [" ".join(map(_word, np.ravel(each))) for each in getattr(found, quantity)]
        for quantity in HEAD_QUANTITIES
    }


def _word(value: Any) -> str:
    """Zero's sign is not told: it differs, and decides nothing."""
    return f"{float(value) + 0.0:.{DIGITS}g}"


def text(versions: Mapping[str, str], answers: Answers) -> str:
    """The file's text."""
    lines = [f"{HEADER}points = {json.dumps(POINTS)}", "", "[versions]"]
    lines += [f"{name} = {json.dumps(version)}" for name, version in versions.items()]
    width = max(map(len, HEAD_QUANTITIES))
    for name, dtypes in answers.items():
        for dtype, quantities in dtypes.items():
            lines += ["", f"[head.{name}.{dtype}]"]
            lines += [f"{each:{width}} = {json.dumps(quantities[each])}" for each in quantities]
    return "\n".join(lines) + "\n"


def write(path: Path, versions: Mapping[str, str], answers: Answers) -> None:
    """Replace the file at once."""
    files.replace(path, text(versions, answers))


def read(path: Path) -> tuple[dict[str, str], Answers]:
    """The versions and the answers in a file."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return found["versions"], found["head"]


def drifts(recorded: Answers, measured: Answers) -> Iterator[str]:
    """A line for each answer measured that is not the recorded one."""
    for name, dtypes in measured.items():
        for dtype, quantities in dtypes.items():
            for quantity, cells in quantities.items():
                before = recorded.get(name, {}).get(dtype, {}).get(quantity, ["?"] * len(cells))
                for point, old, new in zip(POINTS, before, cells, strict=True):
                    if old != new:
                        where = f"{name}, {dtype}, logits {point}: {quantity}"
                        yield f"{where} was {old}, is {new}"
