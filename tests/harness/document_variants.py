"""The document's notebook with a mistake in a cell of it, and the verdict of a short run on it."""

import copy
import json
from pathlib import Path

import numpy as np
from planting import TOY

from harness import render, verdict, verdict_json
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

SHAPES = [(1, 1, 1), (2, 2, 2), (3, 2, 3), (1, 2, 3), (2, 3, 3), (2, 2, 3, 2), (2, 2, 2, 2)]

ROOT = Path(__file__).parents[2]
EXAMPLE = json.loads((ROOT / "examples/document.ipynb").read_text())


def notebook(*sources, counts=None):
    """A notebook of these code cells, with the numbers that Jupyter shows."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": count,
            "metadata": {},
            "outputs": [],
            "source": each,
        }
        for each, count in zip(sources, counts or [None] * len(sources), strict=True)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def cell_of(example, count):
    return next(cell for cell in example["cells"] if cell.get("execution_count") == count)


def changed(count, old, new):
    """The document's notebook with another text in the cell of that number."""
    example = copy.deepcopy(EXAMPLE)
    cell = cell_of(example, count)
    source = "".join(cell["source"])
    assert old in source
    cell["source"] = source.replace(old, new)
    return example


def without(*counts):
    """The document's notebook without the cells of these numbers."""
    example = copy.deepcopy(EXAMPLE)
    for count in counts:
        example["cells"].remove(cell_of(example, count))
    return example


def write(path, content):
    path.write_text(json.dumps(content))


def concluded(derivation):
    """The verdict on a short run against a toy, in which not every regime and dtype is checked."""
    verification = Verification(derivation, [TOY])
    rng = np.random.default_rng(3)
    for dtype in (np.dtype(np.float64), np.dtype(np.float32)):
        for shape in SHAPES:
            verification.check(lattice_stack(rng, shape, dtype, LADDER[0], 12), "exact")
            verification.check(float_stack(rng, shape, dtype, 4), "certified")
    return verdict_json.as_json(verdict.conclude(verification, 0, "pytest", (), ()))


def printed(derivation):
    return render.render(concluded(derivation))
