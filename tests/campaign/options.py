"""The options of a campaign's command, checked; those of `tox -e verify` mean the same here."""

import argparse
from typing import Any, NoReturn

import adapters
from harness import examples, profile
from harness.options import (
    DERIVATION,
    FRAMEWORK,
    KINK,
    REPORT,
    SEED,
    VERDICT_JSON,
    UsageError,
    offer,
    refusing,
)

REDIS = "redis://HOST:PORT"


class Parser(argparse.ArgumentParser):
    """Raises what it does not understand."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (--help names the options)")


def parse(arguments: list[str], given: argparse.Namespace) -> None:
    """Fill in the options: numbers as numbers, a shard as (i, n). Raises UsageError."""
    parser = Parser(
        prog="tox -e fuzz --",
        description="Check a derivation on cases without end.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--minutes", metavar="N", help="end after so long (default: at Ctrl-C)")
    add("--tasks", metavar="N", help="end after the first N tasks: a fixed amount of work")
    add("--task", metavar="NUMBER", help="this task alone, as a disagreement's `reproduce` says")
    shared = DERIVATION, FRAMEWORK, KINK, VERDICT_JSON, REPORT
    offer(add, shared, f"{', '.join(adapters.discover())}, and their variants by turns")
    add(SEED, metavar="N", default="0", help="other cases (default: 0); or 'random'")
    add("--resume", metavar="FILE", help="go on from FILE, if it is there, and keep it up to date")
    add("--shard", metavar="I/N", default="0/1", help="every N-th task, from the I-th on")
    add("--processes", metavar="N", help="so many at once (default: one a processor)")
    add("--cluster", metavar="ADDRESS", help="run the tasks on this Dask cluster")
    add(
        "--example-database",
        metavar="PLACE",
        default=examples.DEFAULT,
        help="where cases on which something was found are kept, and taken from at the beginning: "
        f"a folder or {REDIS} (default: {examples.DEFAULT})",
    )
    parser.parse_args(arguments, given)
    given.minutes = _number(given, "minutes", float)
    for name in ("tasks", "task", "processes"):
        setattr(given, name, _number(given, name, int))
    given.shard = _shard(given.shard)
    with refusing(f"{SEED}: ", ValueError):
        given.hypothesis_seed = profile.seed(given.hypothesis_seed)
    if given.processes == 0:
        raise UsageError("--processes: expected at least 1, not '0'")
    if given.processes and given.cluster:
        raise UsageError("--processes: expected none with --cluster, whose workers are its own")
    if given.task is not None:
        for other in ("minutes", "tasks", "resume"):
            if getattr(given, other) is not None:
                raise UsageError(f"--task: expected no --{other} with it, for it is one task")
        # Every (task + 1)-th task from it on, below task + 1.
        given.shard, given.tasks = (given.task, given.task + 1), given.task + 1


def _number(given: argparse.Namespace, name: str, kind: type) -> Any:
    text = getattr(given, name)
    digits = "" if text is None else text.replace(".", "", 1) if kind is float else text
    if text is not None and not (digits.isascii() and digits.isdigit()):
        expected = "a number" if kind is float else "a whole number"
        raise UsageError(f"--{name}: expected {expected}, not {text!r}")
    return None if text is None else kind(text)


def _shard(text: str) -> tuple[int, int]:
    place, slash, shards = text.partition("/")
    numbers = [part for part in (place, shards) if part.isascii() and part.isdigit()]
    if not slash or len(numbers) < 2 or int(place) >= int(shards):
        raise UsageError(f"--shard: expected I/N with I below N, as 0/3, not {text!r}")
    return int(place), int(shards)
