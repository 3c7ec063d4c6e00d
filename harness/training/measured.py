"""Every mistake's cost, measured on several processes; what comes of it, as JSON."""

import json
import multiprocessing
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import fsum, isfinite
from typing import Any, Final

from harness.campaign.crash import unheard
from harness.case import Array
from harness.mistakes import Mistake
from harness.training.costs import Outcome, outcome
from harness.training.data import Plan

# So many digits of a number are kept.
DIGITS: Final = 5
# In a process of the pool: what all trainings have in common.
_given: list[Any] = []


def measure(
    images: Array,
    classes: Array,
    plan: Plan,
    mistakes: Iterable[Mistake],
    starts: int,
    processes: int,
    told: Callable[[int, int], None] = lambda *_: None,
) -> dict[str | None, list[Outcome]]:
    """By each mistake's name, and by None for the right derivation: the outcome from each start.

    The starts are those of the plan's seed and the following. `told` hears how many trainings of
    how many are done.
    """
    names = [None, *(mistake.name for mistake in mistakes)]
    asked = [(name, plan.seed + start) for name in names for start in range(starts)]
    measured: dict[str | None, list[Outcome]] = {name: [] for name in names}
    context = multiprocessing.get_context("spawn")
    with unheard():
        pool = ProcessPoolExecutor(processes, context, _begin, (images, classes, plan))
        futures = [pool.submit(_train, *each) for each in asked]
    try:
        for done, ((name, _), future) in enumerate(zip(asked, futures, strict=True), start=1):
            measured[name].append(future.result())
            told(done, len(asked))
    finally:
        pool.shutdown(cancel_futures=True)
    return measured


def _begin(*given: Any) -> None:
    _given.extend(given)


def _train(name: str | None, seed: int) -> Outcome:
    images, classes, plan = _given
    return outcome(name, images, classes, plan._replace(seed=seed))


def results(
    plan: Plan,
    versions: Mapping[str, str],
    mistakes: Iterable[Mistake],
    measured: Mapping[str | None, Sequence[Outcome]],
) -> dict[str, Any]:
    """All that the page and the figure are made of: the means over the starts."""
    right = measured[None]
    found = {
        "plan": plan._asdict(),
        "starts": len(right),
        "versions": versions,
        "right": _mean(right),
        "mistakes": [
            {
                "name": mistake.name,
                "formula": mistake.formula,
                **_mean(measured[mistake.name]),
                "same": measured[mistake.name] == right,
            }
            for mistake in mistakes
        ],
    }
    as_written: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
    return as_written


def _mean(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """`accuracy` is None if a training ended early; `losses` are of as many epochs as all had."""
    reached = [each.accuracy for each in outcomes if each.accuracy is not None]
    return {
        "accuracy": _average(reached) if len(reached) == len(outcomes) else None,
        "losses": [
            _average(losses) for losses in zip(*(each.losses for each in outcomes), strict=False)
        ],
        "ended": ", ".join(sorted({each.ended for each in outcomes if each.ended})),
    }


def _average(numbers: Sequence[float]) -> float | None:
    """None stands for infinity and for what is no number."""
    mean = fsum(numbers) / len(numbers) if all(map(isfinite, numbers)) else float("nan")
    return float(f"{mean:.{DIGITS}g}") if isfinite(mean) else None
