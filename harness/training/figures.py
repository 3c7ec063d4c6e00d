"""The figures of a training run. The same results draw the same files, byte for byte."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.formats import precision
from harness.training.svg import svg

COLOURS: Final = ("#0550ae", "#a04100")
THIN: Final = 0.6
WIDER: Final = (("#8ab4e8", 1.8), ("#a04100", THIN))
APART: Final = "distance "


def loss(found: Mapping[str, Any]) -> str:
    """The loss of each step: of its batch, before the step."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        # The lines are one to the eye: the first is wider, so that both are seen.
        for (colour, width), (dtype, of) in zip(WIDER, found["trainings"].items(), strict=False):
            _plot(axes, of["series"]["loss"], colour, dtype, width)
        axes.set_yscale("log")
        axes.set(xlabel="step", title="the reference's loss in each step")
        axes.legend()

    return svg(draw)


def radius(found: Mapping[str, Any]) -> str:
    """The largest error over radius of each step."""

    def draw(figure: Any) -> None:
        trainings = found["trainings"]
        panels = figure.subplots(1, len(trainings), sharey=True, squeeze=False)[0]
        for axes, (dtype, of) in zip(panels, trainings.items(), strict=True):
            for colour, (how, label) in zip(COLOURS, LABELS.items(), strict=True):
                _plot(axes, of["series"][how], colour, label)
            axes.axhline(1, color="black", linewidth=1.5)
            axes.set(xlabel="step", title=f"largest error over radius, {dtype}", ylim=(0, 1.05))
        panels[0].legend(loc="center left", bbox_to_anchor=(0, 0.25))

    return svg(draw)


def distance(found: Mapping[str, Any]) -> str:
    """How far the frameworks' trajectories are from the reference's after each step."""

    def draw(figure: Any) -> None:
        trainings = found["trainings"]
        panels = figure.subplots(1, len(trainings), squeeze=False)[0]
        for axes, (dtype, of) in zip(panels, trainings.items(), strict=True):
            unit = precision(np.dtype(dtype)).unit_roundoff
            apart = {n.removeprefix(APART): s for n, s in of["series"].items() if APART in n}
            for colour, (name, distances) in zip(COLOURS, apart.items(), strict=False):
                _plot(axes, [each / unit for each in distances], colour, name, 1.2)
            title = f"distance over unit roundoff, {dtype}"
            axes.set(xlabel="step", title=title, ylim=(0, None))
            axes.legend(loc="lower right")

    return svg(draw)


def _plot(axes: Any, values: Sequence[float], colour: str, label: str, width: float = THIN) -> None:
    axes.plot(range(1, len(values) + 1), values, color=colour, linewidth=width, label=label)


LABELS: Final = {"alone": "formula by formula", "whole": "the whole step"}
# Each file's description, and what draws it.
FIGURES: Final[dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]]] = {
    "loss.svg": ("The loss of each step falls by two orders of magnitude in both formats", loss),
    "radius.svg": ("The largest error over radius of each step is always below one", radius),
    "distance.svg": ("The distance from the reference grows ever more slowly", distance),
}
