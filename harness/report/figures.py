"""The figures of a report: which shapes were checked, and how near the radius errors come.

matplotlib draws them, and is imported here alone. It escapes text, and must not take a `$` in a
name for mathematics.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any, Final, NamedTuple

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from harness.binades import COUNTS, POWERS, together
from harness.case import ALL_QUANTITIES
from harness.compare import is_bit_for_bit
from harness.report.inline import BALLS, BAR, BITS, BOTH, INK, NONE, QUIET, RULE, inline

STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "crossgrad",
    "text.parse_math": False,
    "font.size": 9.5,
    "text.color": QUIET,
    "axes.labelcolor": QUIET,
    "axes.labelpad": 2.0,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
}
# An inch of matplotlib's is so many pixels of the page.
INCH: Final = 72
# Sizes up to this one have a place each; larger ones share one up to each power of two.
SINGLE: Final = 8
# How a shape was compared: bit for bit or not.
KINDS: Final = {
    frozenset(): NONE,
    frozenset([True]): BITS,
    frozenset([False]): BALLS,
    frozenset([True, False]): BOTH,
}
SQUARE: Final = 0.86
# Of a panel of the map.
SIDE, LEFT, BOTTOM, TOP = 148, 29, 27, 2
# Of a histogram.
WIDTH, ROW, LABELS, AXIS = 300, 46, 16, 32
# A framework's name has no more letters.
NAME: Final = 26


class Panel(NamedTuple):
    """A picture, and what it is of."""

    caption: str
    svg: str


def shapes(verdict: Mapping[str, Any]) -> Iterator[Panel]:
    """For each batch size a map of n_inputs and n_neurons of one layer: how each was compared."""
    met: dict[tuple[int, int, int], set[bool]] = {}
    for each in verdict["shapes"]:
        for shape in each["shapes"].split():
            batch, *widths = map(int, shape.split("x"))
            if len(widths) == 2:
                place = place_of(batch), place_of(widths[0]), place_of(widths[1])
                met.setdefault(place, set()).add(is_bit_for_bit(each["regime"]))
    across, up = (sorted({place[axis] for place in met}) for axis in (1, 2))
    for batch in sorted({place[0] for place in met}):
        kinds: dict[str, list[Path]] = {}
        for (x, n_inputs), (y, n_neurons) in product(enumerate(across), enumerate(up)):
            kind = KINDS[frozenset(met.get((batch, n_inputs, n_neurons), ()))]
            kinds.setdefault(kind, []).append(_bar(x, y, SQUARE, SQUARE))
        sizes = _range(batch)
        yield Panel(f"batch {sizes}", _map(kinds, across, up, f"Shapes checked with batch {sizes}"))


def deeper(verdict: Mapping[str, Any]) -> list[str]:
    """The shapes of several layers."""
    found = {shape for each in verdict["shapes"] for shape in each["shapes"].split()}
    several = (tuple(map(int, shape.split("x"))) for shape in found if shape.count("x") > 2)
    return [f"{b}x{i}->{'->'.join(map(str, n))}" for b, i, *n in sorted(several)]


def histograms(verdict: Mapping[str, Any]) -> Iterator[Panel]:
    """For each quantity and framework, the errors of a sample over their radii, by powers of two.

    Only where there are any: ReLU does not round.
    """
    for quantity in ALL_QUANTITIES:
        rows = [row for row in verdict["checked"] if row["quantity"] == quantity]
        spread = {}
        for name in dict.fromkeys(row["framework"] for row in rows):
            counts: list[int] = []
            for row in rows:
                counts = together(counts, row["binades"] if row["framework"] == name else [])
            spread[name] = counts or [0] * COUNTS
        if any(sum(counts[1:]) for counts in spread.values()):
            yield Panel(quantity, _histogram(spread, f"Errors of {quantity} over their radii"))


def without_error(verdict: Mapping[str, Any]) -> list[str]:
    """The quantities in which no sampled element has any error."""
    counts: dict[str, list[int]] = {}
    for row in verdict["checked"]:
        counts[row["quantity"]] = together(counts.get(row["quantity"], []), row["binades"])
    return [name for name, each in counts.items() if sum(each) and not sum(each[1:])]


def place_of(size: int) -> int:
    """The smallest of the sizes that share a place."""
    return size if size <= SINGLE else 2 ** (size - 1).bit_length() // 2 + 1


def _range(first: int) -> str:
    return str(first) if first <= SINGLE else f"{first} to {2 * (first - 1)}"


def _bar(x: float, y: float, width: float, height: float) -> Path:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return Path(corners, closed=True)


@contextmanager
def _styled() -> Iterator[None]:
    """Our style alone, whatever the user's own is."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def _axes(width: float, height: float, box: tuple[float, float, float, float]) -> Any:
    """Axes without a frame in a box (left, bottom, width, height), all in pixels of the page."""
    figure = Figure(figsize=(width / INCH, height / INCH))
    FigureCanvasSVG(figure)
    left, bottom, across, up = box
    axes = figure.add_axes((left / width, bottom / height, across / width, up / height))
    axes.spines[:].set_visible(False)
    for patch in (figure.patch, axes.patch):
        patch.set_visible(False)
    return axes


def _fill(axes: Any, bars: Sequence[Path], colour: str) -> None:
    shape = PathPatch(Path.make_compound_path(*bars), facecolor=colour, linewidth=0)
    axes.add_patch(shape).set_clip_on(False)


def _map(
    kinds: Mapping[str, Sequence[Path]], across: Sequence[int], up: Sequence[int], title: str
) -> str:
    with _styled():
        box = LEFT, BOTTOM, SIDE - LEFT - TOP, SIDE - BOTTOM - TOP
        axes = _axes(SIDE, SIDE, box)
        for kind, squares in sorted(kinds.items()):
            _fill(axes, squares, kind)
        # Every other place has its label: all of them would touch.
        axes.set_xticks([2 * at + SQUARE / 2 for at in range(len(across[::2]))], across[::2])
        axes.set_yticks([2 * at + SQUARE / 2 for at in range(len(up[::2]))], up[::2])
        axes.set_xlabel("inputs")
        axes.set_ylabel("neurons")
        axes.set_xlim(0, len(across))
        axes.set_ylim(0, len(up))
        return inline(axes.figure, title)


def _histogram(spread: Mapping[str, Sequence[int]], title: str) -> str:
    """A row of bars for each framework, from the smallest errors to the radius."""
    height = ROW * len(spread) + AXIS
    with _styled():
        axes = _axes(WIDTH, height, (2, AXIS, WIDTH - 22, ROW * len(spread)))
        for place, (name, counts) in enumerate(spread.items()):
            floor, total, tallest = -ROW * (place + 1), sum(counts), max(1, *counts[1:])
            bars = [
                _bar(at + 0.08, floor, 0.84, max(0.8, (ROW - LABELS - 4) * count / tallest))
                for at, count in enumerate(counts[1:])
                if count
            ]
            if bars:
                _fill(axes, bars, BAR)
            axes.plot([0, POWERS], [floor, floor], color=RULE, linewidth=0.6, clip_on=False)
            level = floor + ROW - LABELS + 3
            axes.text(0, level, _cut(name), color=INK)
            none = f"{_share(counts[0], total)} without error" if total else "not sampled"
            axes.text(POWERS - 0.3, level, none, ha="right")
        ends = [0, -ROW * len(spread)]
        axes.plot([POWERS, POWERS], ends, color=INK, linewidth=0.9, clip_on=False)
        powers = range(POWERS % 4, POWERS, 4)
        labels = [f"1/{2 ** (POWERS - power):,}" if power else "less" for power in powers]
        axes.set_xticks([*powers, POWERS], [*labels, "radius"])
        for label in axes.get_xticklabels()[:1]:
            label.set_ha("left")
        axes.set_yticks([])
        axes.set_xlabel("error over radius")
        axes.set_xlim(0, POWERS)
        axes.set_ylim(*reversed(ends))
        return inline(axes.figure, title)


def _share(some: int, of: int) -> str:
    """In whole percent; neither none nor all unless it is so."""
    percent = round(100 * some / of)
    return f"{percent if some in (0, of) else min(99, max(1, percent))}%"


def _cut(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"
