"""The process in which somebody's derivation runs, where it can do the run no harm.

`isolation.py` starts it and asks it to run functions of the harness on the derivation's formulas.
What a formula prints is held back and told as a note; what it leaves changed is put back and told
as a misbehaviour. Memory and written files are limited. It ends when the run does, however that
ends.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, Final

from harness import command, surroundings
from harness.calling import Misbehaved
from harness.candidate import load
from harness.cells import CandidateError
from harness.channel import Channel
from harness.kinds import RAISED

try:
    import resource
except ModuleNotFoundError:  # not on every system: there, memory is not limited
    resource = None  # type: ignore[assignment]

# Beyond what the process needs for itself.
MEMORY: Final = 2 << 30
WRITTEN: Final = 64 << 20
SHOWN: Final = 200


def main(socket: int, memory: int, name: str, folder: str, is_command: bool) -> None:
    """Load the derivation, answer (or say why not), then run what is asked for, to the end."""
    channel = Channel(socket, memory)
    counter = channel.counter
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    output = _held_back()
    before = surroundings.now()
    _limit()
    try:
        derivation = (command.load if is_command else load)(name, Path(folder))
    except CandidateError as error:
        channel.send(("refused", str(error)))
        return
    channel.send(("loaded", derivation.without_formulas()))
    _read_and_clear(output)
    # Settings that the file makes for itself are its own affair; NumPy's functions are not.
    before = surroundings.now()._replace(numpy=before.numpy)
    while True:
        try:
            formula, function, arguments, first = channel.recv(copied=False)
        except EOFError:
            return
        counter[0] = 0
        counted = _Counted(getattr(derivation, formula), counter)
        try:
            answer: tuple[str, Any] = "result", function(counted, *arguments)
        except Misbehaved as error:
            answer = "misbehaved", (error.fault, error.which)
        except (MemoryError, KeyboardInterrupt, GeneratorExit) as error:
            place = max(counter[0] - 1 - first, 0)
            fault = place, RAISED, "no exception", type(error).__name__
            answer = "misbehaved", (fault, 0)
        except Exception as error:
            answer = "failed", f"{type(error).__name__}: {error}"
        if what := surroundings.changed(before):
            surroundings.restore(before)
            answer = "misbehaved", (Misbehaved.changing(what).fault, 0)
        channel.send((*answer, _read_and_clear(output)))


class _Counted:
    """A formula that counts its calls where the run can read it even after this process."""

    def __init__(self, formula: Any, counter: Any) -> None:
        self.formula = formula
        self.counter = counter

    def __call__(self, *arguments: Any) -> Any:
        self.counter[0] += 1
        return self.formula(*arguments)


def _end_with_the_run() -> None:
    """The run holds the other end of standard input, which closes when it ends."""
    while os.read(0, 1):
        pass
    os._exit(0)


def _held_back() -> IO[bytes]:
    """The file that takes everything written on standard output and error from now on."""
    output = tempfile.TemporaryFile()  # noqa: SIM115
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    return output


def _read_and_clear(output: IO[bytes]) -> str:
    """What was written since the last time, cut to its beginning."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            stream.flush()
    size = os.lseek(output.fileno(), 0, os.SEEK_END)
    if not size:
        return ""
    os.lseek(output.fileno(), 0, os.SEEK_SET)
    written = os.read(output.fileno(), SHOWN).decode(errors="replace")
    os.ftruncate(output.fileno(), 0)
    os.lseek(output.fileno(), 0, os.SEEK_SET)
    return written


def _limit() -> None:
    """Bound the memory and the size of written files: a formula gets an exception, not all."""
    if resource is None:
        return
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        own = int(statistics.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (own + MEMORY, own + MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
