"""Where a training run stands, in a file from which it goes on: written whole, or not at all.

Numbers are written so that they read back to the same bits.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness import files
from harness.case import Layer
from harness.training.certified import Training
from harness.verdict_read import misfit


class CheckpointError(Exception):
    """The file is no such run's; the message says why in one line."""


def _anything(_: Any) -> bool:
    """anything"""
    return True


_MATRIX: Final = [[float]]
_FORM: Final = {
    "run": {str: _anything},
    "trainings": {
        str: {
            "dtype": str,
            "epoch": int,
            "layers": {str: [{"weights": _MATRIX, "biases": _MATRIX}]},
            "series": {str: [float]},
            "accuracy": {str: [float]},
        }
    },
}


def write(path: Path, run: Mapping[str, Any], trainings: Mapping[str, Training]) -> None:
    """Replace the file. `run` is what decides what comes of it; trainings go by dtype. OSError."""
    written = {dtype: as_json(training) for dtype, training in trainings.items()}
    text = json.dumps({"run": run, "trainings": written}, allow_nan=False)
    files.replace(path, text + "\n")


def read(path: Path, run: Mapping[str, Any], begun: Mapping[str, Training]) -> dict[str, Training]:
    """The trainings in the file by dtype; without a file those that have just `begun`.

    Raises CheckpointError if it is not this run's, and OSError.
    """
    if not path.exists():
        return dict(begun)
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"cannot be read: {type(error).__name__}: {error}") from None
    if (wrong := misfit(given, _FORM)) is not None:
        raise CheckpointError(f"is no training's: {wrong}")
    for what in (*run, *given["run"]):
        theirs, ours = (json.dumps(each.get(what)) for each in (given["run"], run))
        if theirs != ours:
            raise CheckpointError(f"its training has {what} {theirs}, and this one {ours}")
    read = {}
    for dtype, fresh in begun.items():
        try:
            read[dtype] = _training(given["trainings"][dtype])
        except (KeyError, ValueError) as error:
            raise CheckpointError(f"is no training's: {type(error).__name__}: {error}") from None
        if _form(read[dtype]) != _form(fresh):
            raise CheckpointError(f"is no training's: its {dtype} is of another network or length")
    return read


def as_json(training: Training) -> dict[str, Any]:
    """A training as JSON has it. A float32 is written as the float64 that it equals."""
    layers = {name: weights(each) for name, each in training.layers.items()}
    return training._asdict() | {"layers": layers}


def weights(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The parameters of a network as JSON has them."""
    return [
        {"weights": layer.weights[0].tolist(), "biases": layer.biases[0].tolist()}
        for layer in layers
    ]


def _form(training: Training) -> Any:
    """What all trainings of a run have in common, and whether each epoch left its numbers."""
    shapes = {
        name: [array.shape for layer in layers for array in layer]
        for name, layers in training.layers.items()
    }
    lengths = {len(each) for each in training.series.values()}
    epochs = {len(each) for each in training.accuracy.values()}
    whole = len(lengths) == 1 and epochs == {training.epoch}
    return training.dtype, shapes, list(training.series), list(training.accuracy), whole


def _training(given: dict[str, Any]) -> Training:
    def layer(written: dict[str, Any]) -> Layer:
        return Layer(*(np.array(written[name], given["dtype"])[None] for name in Layer._fields))

    layers = {name: tuple(map(layer, each)) for name, each in given["layers"].items()}
    return Training(**given | {"layers": layers})
