"""What a process does that judges one derivation after the other: a run of pytest for each.

It is the same run as by itself, so its verdict is the same, byte for byte. What takes long is not
done again: the frameworks stay imported, and what they have compiled and said is kept.

Hypothesis also draws numbers that it finds in the imported modules of a project, those of tests
apart. So nothing of the harness is imported here that a run by itself does not import.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import adapters
from harness.memory import Memory
from harness.options import DERIVATION
from harness.terminal import printable
from tests.many.one import One

# What a process imports before its first run, pytest cannot rewrite; no test is among it.
HERE = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
ERROR = "ERROR: "


class Asked(NamedTuple):
    """What all the runs have in common: the command's own arguments, and where it was given."""

    arguments: tuple[str, ...]
    folder: Path
    seed: int
    frameworks: tuple[str, ...]
    kink: float


def serve(asked: Asked, connection: Connection) -> None:
    """Answer each name of a file with its verdict's JSON, or with a text that says why there is
    none; or, once, with the FrameworkError for which none can be judged."""
    os.setsid()  # Ctrl-C is answered by who started this
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    os.chdir(asked.folder)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        adapters.choose(asked.frameworks, asked.kink)
    except adapters.FrameworkError as error:
        connection.send(error)
        return
    memory = Memory()
    for file in _received(connection):
        connection.send(judged(asked, file, memory))


def _end_with_the_run() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _received(connection: Connection) -> Iterator[str]:
    while True:
        try:
            yield connection.recv()
        except EOFError:
            return


def judged(asked: Asked, file: str, memory: Memory) -> dict[str, Any] | str:
    """The verdict on a file, or why there is none."""
    one, told = One(file, asked.seed, memory), StringIO()
    with redirect_stdout(StringIO()), redirect_stderr(told):
        try:
            status = pytest.main([*HERE, *asked.arguments], plugins=[one])
        except Exception as error:
            return f"its run fails: {type(error).__name__}: {error}"
    if one.verdict is not None:
        return one.verdict
    errors = [line for line in told.getvalue().splitlines() if line.startswith(ERROR)]
    if errors:
        # The row says which file it is about.
        reason = errors[0].removeprefix(ERROR).removeprefix(f"{DERIVATION.name} {printable(file)}")
        return reason.lstrip(":, ")
    return f"its run ends without a verdict, with exit status {int(status)}"
