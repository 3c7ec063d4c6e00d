"""A figure as an SVG file of its own. The same numbers draw the same file, byte for byte."""

import io
from collections.abc import Callable
from typing import Any, Final

STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "crossgrad",
    "font.size": 9,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.4,
}
SIZE: Final = (7.5, 3.2)


def svg(draw: Callable[[Any], None]) -> str:
    """One figure as a file of its own, by what `draw` does with matplotlib's Figure."""
    # Not before it is needed: it takes half a second.
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    # Each point of a line has a line of its own, and lines end in blanks.
    text = written.getvalue().replace("\nL ", "L")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
