"""A whole run: epoch after epoch in each dtype, with a checkpoint after each."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.derivation import REFERENCE, Derivation
from harness.training import certified, checkpoint
from harness.training.certified import Training
from harness.training.data import Data, Plan
from harness.witness import Witness

# Is told of each step: how far the training has come that it is of, and the share of the whole.
Told = Callable[[Training, float], None]


def run(
    data: Data,
    plan: Plan,
    witnesses: Sequence[Witness],
    decisive: Mapping[str, Any],
    path: Path,
    told: Told = lambda *_: None,
    derivation: Derivation = REFERENCE,
) -> dict[str, Training]:
    """Train to the end, from where the checkpoint at `path` is, and keep that up to date.

    `decisive` is what else decides what comes of it, say versions. Raises CheckpointError,
    OutsideError, WitnessError, OSError.
    """
    names = [witness.name for witness in witnesses]
    decisive = plan._asdict() | dict(decisive)
    begun = {dtype: certified.begin(data, plan, dtype, names) for dtype in plan.dtypes}
    trainings = checkpoint.read(path, decisive, begun)
    # Before the first epoch, too: a place that cannot be written is told at once.
    checkpoint.write(path, decisive, trainings)
    whole = len(plan.dtypes) * plan.epochs * data.steps(plan)
    for dtype in plan.dtypes:
        while trainings[dtype].epoch < plan.epochs:
            for now in certified.epoch(data, plan, trainings[dtype], witnesses, derivation):
                trainings[dtype] = now
                done = sum(len(each.series["loss"]) for each in trainings.values())
                told(now, done / whole)
            checkpoint.write(path, decisive, trainings)
    return trainings
