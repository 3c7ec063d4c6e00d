"""Small pictures as SVG text: words, lines, boxes and matrices.

Written by hand, for each figure is a few dozen shapes, and because a style inside an SVG can ask
for the reader's colour scheme. Each has a card of its own behind it, so that it is legible on
whatever page it is shown. Nothing depends on how wide a font runs.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

# Of each kind of mark: its colour on a light card and on a dark one.
COLOURS: Final = {
    "card": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "quiet": ("#59636e", "#9198a1"),
    "there": ("#0550ae", "#79c0ff"),  # the forward pass
    "back": ("#a04100", "#ffa657"),  # the backward pass
    "rule": ("#8c959f", "#656c76"),
    "band": ("#ddf4e4", "#12361f"),
    "mark": ("#ffe2cc", "#40260e"),
}
FONT: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
ROW: Final = 24
# What a digit of the font takes at most, and the space around a column's widest number.
DIGIT, GAP = 8, 12


def _style() -> str:
    def rules(scheme: int) -> str:
        return " ".join(
            f".{kind} {{ fill: {colours[scheme]} }} "
            f".{kind}-line {{ stroke: {colours[scheme]}; fill: none }}"
            for kind, colours in COLOURS.items()
        )

    return (
        f"<style>text {{ font: 13px {FONT} }} {rules(0)} "
        f"@media (prefers-color-scheme: dark) {{ {rules(1)} }}</style>"
    )


def figure(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """A whole file; `title` is what somebody hears who cannot see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img">'
    )
    card = f'<rect class="card" width="{width:g}" height="{height:g}" rx="6"/>'
    lines = [head, f"<title>{escape(title)}</title>", _style(), card, *parts, "</svg>"]
    return "\n".join(lines) + "\n"


def text(x: float, y: float, words: str, kind: str = "ink", anchor: str = "middle") -> str:
    """Words whose middle, start or end is at x, on the line y."""
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(words)}</text>'


def line(x: float, y: float, to_x: float, to_y: float, kind: str = "rule", dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"'
    return f'<line class="{kind}-line" {ends}{dashed}/>'


def arrow(x: float, y: float, to_x: float, kind: str) -> list[str]:
    """A level line with a head at its end."""
    back = to_x - 7 if to_x > x else to_x + 7
    head = f"{to_x:g},{y:g} {back:g},{y - 4:g} {back:g},{y + 4:g}"
    return [line(x, y, back, y, kind), f'<polygon class="{kind}" points="{head}"/>']


def box(x: float, y: float, width: float, height: float, kind: str, radius: float = 0) -> str:
    size = f'width="{width:g}" height="{height:g}" rx="{radius:g}"'
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" {size}/>'


def number(value: float) -> str:
    """With as many digits as NumPy prints."""
    return f"{value:.8g}"


class Matrix(NamedTuple):
    """A drawn matrix, and where it ends."""

    parts: list[str]
    right: float


def matrix(
    x: float,
    y: float,
    name: str,
    values: Sequence[Sequence[float]],
    kind: str,
    marked: Iterable[tuple[int, int]] = (),
) -> Matrix:
    """Numbers in brackets with their name below, their top left corner at (x, y)."""
    rows = [[number(value) for value in row] for row in values]
    widths = [max(map(len, column)) * DIGIT + GAP for column in zip(*rows, strict=True)]
    # A name may be wider than its matrix, which then stands in the middle.
    whole = max(sum(widths), len(name) * DIGIT)
    start = x + (whole - sum(widths)) / 2
    ends = [start + sum(widths[: place + 1]) for place in range(len(widths))]
    bottom = y + ROW * len(rows)
    parts = []
    for place, column in sorted(marked):
        left, wide = ends[column] - widths[column], widths[column]
        parts.append(box(left + 2, y + ROW * place + 2, wide - 4, ROW - 4, "mark", 3))
    for place, row in enumerate(rows):
        level = y + ROW * place + 17
        parts += [
            text(end - GAP / 2, level, shown, kind, "end")
            for end, shown in zip(ends, row, strict=True)
        ]
    for edge, inner in ((start, start + 5), (ends[-1], ends[-1] - 5)):
        corners = f"{inner:g},{y:g} {edge:g},{y:g} {edge:g},{bottom:g} {inner:g},{bottom:g}"
        parts.append(f'<polyline class="rule-line" points="{corners}"/>')
    parts.append(text(x + whole / 2, bottom + 18, name, "quiet"))
    return Matrix(parts, x + whole)
