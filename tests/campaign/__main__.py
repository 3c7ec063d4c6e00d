"""The command of a campaign: `tox -e fuzz`, or `python -m tests.campaign`.

It joins the harness with the frameworks, which do not know each other. Its exit status is that of
`tox -e verify`.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import adapters
from harness import examples, kink, report, source, verdict_json
from harness.blocks import processors
from harness.campaign import campaign, plan, state, workers
from harness.campaign.campaign import Asked
from harness.campaign.end import End
from harness.campaign.progress import Progress
from harness.campaign.state import State
from harness.campaign.work import Work
from harness.candidate import CandidateError
from harness.derivation import REFERENCE
from harness.isolation import Isolated
from harness.merge import MergeError
from harness.options import DATABASE, DERIVATION, FRAMEWORK, KINK, UsageError, command, place_of
from harness.render import render
from harness.terminal import printable, say
from tests.campaign.options import parse

RUNNER = ("python", "-m", "tests.campaign")
# What writes the verdict in each form, and where to, if anywhere.
Written = dict[Callable[[dict[str, Any], Path], None], Path | None]
# For the workers, which are started later. Each computes with one thread. PyTorch's oneDNN keeps
# a program of 2 MB for each shape in bfloat16, a thousand of them if it is not told to keep fewer.
# Arrays of 1 MiB and more go back to the system when they are done with.
WORKERS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16",
    "LRU_CACHE_CAPACITY": "16",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**20),
}
# What a run raises that was asked for what it cannot do, and the option that it is about.
ERRORS = {
    CandidateError: "--derivation ",
    kink.KinkError: "--kink ",
    adapters.FrameworkError: "",
    state.StateError: "--resume {resume}: ",
    workers.ClusterError: "--cluster {cluster}: ",
    MergeError: "--cluster {cluster}: ",
    examples.DatabaseError: "--example-database {example_database}: ",
    UsageError: "",
}


def main(arguments: list[str]) -> int:
    """The exit status of a campaign: 0 agrees, 1 does not or was not checked in full, 4 refused."""
    given = argparse.Namespace()
    before = signal.getsignal(signal.SIGINT)
    try:
        parse(arguments, given)
        end = End(given.minutes, given.tasks)
        signal.signal(signal.SIGINT, end.tell)
        return _run(given, end)
    except tuple(ERRORS) as error:
        option = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
        line = f"ERROR: {option.format(**vars(given))}{error}"
        say([printable(examples.without_password(line))], sys.stderr)
        return 4
    finally:
        signal.signal(signal.SIGINT, before)


def _run(given: argparse.Namespace, end: End) -> int:
    folder = Path.cwd()
    written = {
        verdict_json.write: place_of("--verdict-json", given.verdict_json, folder),
        report.write: place_of("--report", given.report, folder),
    }
    path = place_of("--resume", given.resume, folder)
    begun = state.read(path) if path else None
    for name in given.framework or ():
        adapters.framework_of(name)
    derivation = REFERENCE
    if given.derivation is not None:
        isolated = Isolated(given.derivation, folder)
        isolated.close()
        derivation = isolated.derivation
    at_kink = kink.choice(given.kink, derivation)
    database = None
    if given.task is None:
        database = examples.database(given.example_database, folder)
    where = (
        workers.cluster(given.cluster)
        if given.cluster
        else workers.processes(given.processes or processors())
    )
    every = [f"{name}:{adapters.ALL}" for name in adapters.discover()]
    witnesses, unavailable = adapters.choose(
        given.framework or (list(adapters.discover()) if at_kink else every), at_kink
    )
    names = [witness.name for witness in witnesses]
    frameworks = tuple(name for name in names if ":" not in name)
    variants = tuple(name for name in names if ":" in name)
    stack = plan.STACK if derivation is REFERENCE else plan.ONE_BY_ONE
    asked = Asked(frameworks or variants, variants if frameworks else (), given.shard, stack)
    frameworks_asked = set(map(adapters.framework_of, names))
    work = Work(
        adapters.load,
        given.hypothesis_seed,
        _command(given),
        given.derivation,
        str(folder),
        at_kink,
        tuple(name for name in adapters.discover() if name not in frameworks_asked),
        tuple(unavailable),
    )
    decisive = {
        "seed": given.hypothesis_seed,
        "derivation": given.derivation,
        "kink": at_kink,
        "frameworks": [f"{witness.name} {witness.version}" for witness in witnesses],
        "NumPy": np.__version__,
        "shard": "{}/{}".format(*given.shard),
        "source code": source.digest([folder / given.derivation] if given.derivation else []),
    }
    if begun:
        state.check(begun, decisive)
    os.environ.update(WORKERS)
    begun = begun or State(decisive, 0, None)
    with Progress(sys.stderr) as progress:
        ended = campaign.run(work, asked, where, end, begun, progress, path, database)
    return _concluded(given, written, ended)


def _concluded(given: argparse.Namespace, written: Written, ended: State) -> int:
    if ended.verdict is None:
        print("No task was done, so nothing is known. More --minutes or --tasks are needed.")
        return 1
    say(render(ended.verdict))
    if given.task is None:
        number = ended.number
        print(f"The tasks before number {number}: the same again with --tasks {number}.")
    for write, path in written.items():
        if path is not None:
            write(ended.verdict, path)
    return 0 if ended.verdict["agrees"] else 1


def _command(given: argparse.Namespace) -> str:
    """What begins a campaign with the same tasks."""
    runner = ["tox", "-e", "fuzz", "--"] if "TOX_ENV_NAME" in os.environ else RUNNER
    own_database = [] if given.example_database == examples.DEFAULT else [DATABASE]
    decisive = [DERIVATION, KINK, FRAMEWORK, *own_database]
    return command(runner, given, decisive, given.hypothesis_seed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
