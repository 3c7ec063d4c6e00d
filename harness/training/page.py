"""What a whole run came to, in words: `docs/training.md`. Only the results decide it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.training.figures import FIGURES
from harness.training.results import HOW

INTRODUCTION: Final = """\
# Certified training

Made by `tox -e train` from one run, as are the figures: edit nothing here. The numbers are in
[training/results.json](training/results.json).

The network {widths}, with ReLU after each layer but the last and softmax with cross-entropy after
that, learns scikit-learn's digits: {epochs} epochs of SGD with rate {rate} and batches of {batch};
{test} images are kept for the test. The seed is {seed}. The formulas of `reference/` train it in
NumPy, PyTorch and JAX with their own gradients and optimizers, from one start, on the same batches.

Every step of the reference is compared with what each framework makes of the same state, and no
number was outside its radius. *Formula by formula*: each on the framework's own values.
*The whole step*: from its state to the new parameters, which are the next state, with all that
rounding may add up to on the way. Ambiguous is what depends on a ReLU whose side rounding decides.
"""
TITLES: Final = {
    "alone": "largest error over radius, formula by formula",
    "whole": "largest error over radius, the whole step",
}


def page(found: Mapping[str, Any]) -> str:
    """The page in Markdown."""
    plan = found["plan"] | {"widths": "-".join(map(str, found["widths"]))}
    lines = [INTRODUCTION.format(**plan), *table(found["trainings"]), "", *_versions(found), ""]
    for name, (described, _) in FIGURES.items():
        lines += [f"![{described}](training/{name})", ""]
    return "\n".join(lines).rstrip() + "\n"


def table(trainings: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the table, in Markdown: a column for each dtype."""
    yield f"| | {' | '.join(trainings)} |"
    yield f"|---|{'--:|' * len(trainings)}"
    rows = [dict(_rows(training)) for training in trainings.values()]
    for title in rows[0]:
        yield f"| {title} | {' | '.join(row[title] for row in rows)} |"


def _rows(of: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "test accuracy", _each(of["accuracy"], "{:.1%}")
    yield "steps, each inside its radius", f"{of['steps']:,}"
    yield "numbers compared", f"{of['compared']:,}"
    for how in HOW:
        yield TITLES[how], _each(of["largest"][how], "{:.3f}")
    ambiguous = (f"{of['ambiguous'][how]:,}" for how in HOW)
    yield "ambiguous: formula by formula, whole steps", ", ".join(ambiguous)
    yield "steps until a trajectory has other bits than the reference's", _each(of["parted"], "{}")
    yield "distance from the reference's at the end, relative", _each(of["distance"], "{:.1e}")


def _each(values: Mapping[str, Any], form: str) -> str:
    return ", ".join(f"{name} {form.format(value)}" for name, value in values.items())


def _versions(found: Mapping[str, Any]) -> Iterator[str]:
    named = (f"{name} {version}" for name, version in found["versions"].items())
    yield f"With {', '.join(named)}; other versions round otherwise."
