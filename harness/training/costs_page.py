"""What each mistake costs, in words and as a figure. Only the results decide it."""

from collections.abc import Mapping
from typing import Any, Final

from harness.training.svg import svg

POINT: Final = 0.01
PAGE: Final = """\
# What your bug costs

Made by `tox -e costs` from one run, as is the figure: edit nothing here. The numbers are in
[training/costs.json](training/costs.json).

Each of the {count} [mistakes that crossgrad knows](mistakes.md) in its turn trains the network of
[certified training](training.md): {epochs} epochs of SGD with rate {rate} and batches of {batch},
from {starts} starts, the same for all. The accuracy on {test} images kept for the test is the mean
of these; without a mistake it is {right:.1%}. The loss is the mean of the last epoch; without a
mistake it is {loss:.3f}.

**{close} of the {count} come within one percentage point of the right accuracy.** {same} leave the
right weights, to the last bit: what they spoil is not met here, or nothing is learnt from it.
{better} end with a loss no higher than the right one. {worse} train worse, and {ended} not to the
end. A loss that falls is no test of a gradient; nor is a good accuracy.

A formula's mistake has the formula's place in all layers. One of a whole step, which consists of
ReLU layers, has the hidden layers; the last layer and its softmax are right there.

![Loss curves of all mistakes, and the accuracies that they reach](training/costs.svg)
"""


def page(found: Mapping[str, Any]) -> str:
    """The page in Markdown."""
    mistakes, right = found["mistakes"], found["right"]
    groups = grouped(found)
    counts = {name: len(group) for name, group in groups.items()}
    lower = [each for each in mistakes if each["losses"] and last(each) <= last(right)]
    numbers = {
        "count": len(mistakes),
        "starts": found["starts"],
        "right": right["accuracy"],
        "loss": last(right),
        "same": sum(each["same"] for each in mistakes),
        "better": len(lower),
    }
    lines = [PAGE.format(**found["plan"] | numbers | counts)]
    for name, title in TITLES.items():
        lines += [f"## {title}", "", "| mistake | formula | accuracy | loss | |"]
        lines += ["|---|---|--:|--:|---|", *map(_row, groups[name]), ""]
    return "\n".join(lines).rstrip() + "\n"


TITLES: Final = {
    "close": "Within one percentage point of the right accuracy",
    "worse": "Worse",
    "ended": "Not trained to the end",
}


def grouped(found: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The mistakes that come close to the right accuracy, those that do not, and the others."""
    groups: dict[str, list[Mapping[str, Any]]] = {name: [] for name in TITLES}
    for each in sorted(found["mistakes"], key=_order):
        reached = each["accuracy"]
        if reached is None:
            groups["ended"].append(each)
        else:
            close = reached >= found["right"]["accuracy"] - POINT
            groups["close" if close else "worse"].append(each)
    return groups


def _order(each: Mapping[str, Any]) -> tuple[float, str]:
    return -(each["accuracy"] or 0), each["name"]


def last(each: Mapping[str, Any]) -> float:
    """The loss of the last epoch, infinite where it is no number."""
    loss = each["losses"][-1]
    return float("inf") if loss is None else float(loss)


def _row(each: Mapping[str, Any]) -> str:
    accuracy = "" if each["accuracy"] is None else f"{each['accuracy']:.1%}"
    loss = f"{last(each):.3f}" if each["losses"] else ""
    note = "the right weights" if each["same"] else each["ended"]
    return f"| {each['name']} | {each['formula']} | {accuracy} | {loss} | {note} |"


def figure(found: Mapping[str, Any]) -> str:
    """The loss of each epoch, and the accuracies that they end with, in order."""
    groups = grouped(found)

    def draw(figure: Any) -> None:
        curves, reached = figure.subplots(1, 2, width_ratios=[3, 2])
        for name, group in reversed(groups.items()):
            for each in group:
                losses = [loss or float("nan") for loss in each["losses"]]
                epochs = range(1, len(losses) + 1)
                curves.plot(epochs, losses, color=COLOURS[name], linewidth=0.6)
        losses = found["right"]["losses"]
        curves.plot(range(1, len(losses) + 1), losses, color="black", linewidth=2)
        curves.set_yscale("log")
        curves.set(xlabel="epoch", title="training loss", xticks=range(1, len(losses) + 1))
        place = 0
        for name, group in groups.items():
            if name != "ended":
                across = range(place, place + len(group))
                heights = [each["accuracy"] for each in group]
                label = f"{LABELS[name]}: {len(group)}"
                reached.plot(across, heights, ".", color=COLOURS[name], label=label)
                place += len(group)
        reached.plot([], [], " ", label=f"{LABELS['ended']}: {len(groups['ended'])}")
        reached.axhline(found["right"]["accuracy"], color="black", linewidth=1, label="no mistake")
        reached.set(title="test accuracy", xlabel="mistakes, the best first", ylim=(0, 1))
        reached.legend(loc="lower left")

    return svg(draw)


COLOURS: Final = {"close": "#0550ae", "worse": "#d08040", "ended": "#a0a0a0"}
LABELS: Final = {"close": "within a point", "worse": "worse", "ended": "not to the end"}
