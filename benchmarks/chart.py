"""The chart: speed and mistakes caught. The same results draw the same file, byte for byte."""

import io
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from benchmarks.names import OWN
from benchmarks.report import headline

COLOURS = ("#9ecae1", "#4292c6", "#08306b")
SETTINGS = {"svg.hashsalt": "crossgrad", "svg.fonttype": "none", "font.size": 9}


def svg(results: dict[str, Any]) -> str:
    """Cases a second of every tool, on a logarithmic scale; beside them the mistakes caught."""
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 4.5), layout="constrained")
        speed, caught = figure.subplots(1, 2, width_ratios=[2, 1])
        _speed(speed, results)
        _caught(caught, results["catching"])
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    # Its lines end in blanks, which no file here does.
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _speed(axes: Any, results: dict[str, Any]) -> None:
    tools = [row[0] for row in headline(results)]
    speed = results["speed"]
    for colour, (shape, measured) in zip(COLOURS, speed.items(), strict=True):
        rates = {tool: rate for tool, rate in measured["rates"].items() if tool in tools}
        axes.plot(list(rates.values()), list(rates), "o", label=shape, color=colour)
    axes.set_xscale("log")
    axes.set_title("cases checked a second")
    axes.grid(alpha=0.4)
    axes.set_axisbelow(True)
    axes.invert_yaxis()
    axes.legend()


def _caught(axes: Any, catching: dict[str, Any]) -> None:
    tools = catching["tools"]
    caught = [of["caught with care"] for of in tools.values()]
    colours = [COLOURS[1] if tool == OWN else COLOURS[0] for tool in tools]
    axes.bar_label(axes.barh(list(tools), caught, color=colours), label_type="center")
    axes.axvline(catching["expressible"], color="black", linestyle=":", linewidth=1)
    axes.set_title(f"mistakes caught, of {catching['catalogue']}")
    axes.set_xlabel(f"{catching['expressible']} can be shown to a gradient checker", loc="right")
    axes.invert_yaxis()
