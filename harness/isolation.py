"""A derivation in a process of its own: what it does there ends it, and not the run.

This protects the run from accidents: an endless loop, `os._exit`, a segmentation fault, all memory
taken, NumPy changed. It is no sandbox: a file that means harm can read and write what its user can.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from harness.calling import Elsewhere, Misbehaved
from harness.cells import CandidateError
from harness.channel import Channel, shared
from harness.derivation import REFERENCE, Derivation
from harness.kinds import DIED, SLOW, STUCK

# Seconds: for one call, for all calls of one formula in a run, and for the file's import.
CALL_LIMIT: Final = 10
RUN_LIMIT: Final = 900
IMPORT_LIMIT: Final = 60
_ROOT: Final = str(Path(__file__).parents[1])
_START: Final = (
    "import sys; sys.path.insert(0, {root!r}); from harness.worker import main; main{arguments!r}"
)


class Died(Exception):
    """The process ended, or was ended, before it answered; the message says how."""


def ended(returncode: int) -> str:
    """How a process ended, in words."""
    if returncode < 0:
        return f"it was ended by signal {signal.Signals(-returncode).name}"
    return f"it ended with exit status {returncode}"


class Isolated:
    """A derivation's file, running in a process of its own.

    `notes` holds what is no misbehaviour and yet worth saying, by formula: what it wrote on
    standard output or error, which is held back. Close it at the end of the run.
    """

    def __init__(self, name: str, folder: Path, command: bool = False) -> None:
        """Start the process and load the file, or start the `command`. Raises CandidateError."""
        self.name = name
        self.folder = folder
        self.command = command
        self.notes: dict[str, str] = {}
        self._spent: dict[str, float] = {}
        self._gone: dict[str, tuple[str, str, str]] = {}  # formulas given up: the fault's texts
        self._start()
        try:
            kind, told = self._answer(IMPORT_LIMIT)
        except TimeoutError:
            self.close()
            raise CandidateError(
                f"{name}: its import takes more than {IMPORT_LIMIT} s, expected it to define "
                "functions and no more"
            ) from None
        except Died as error:
            raise CandidateError(
                f"{name}: its import ends the process: {error}, expected it to define functions "
                "and no more"
            ) from None
        if kind == "refused":
            self.close()
            raise CandidateError(told)
        formulas: dict[str, Any] = {formula: _Formula(self, formula) for formula in told["own"]}
        self.derivation: Derivation = REFERENCE._replace(**told, **formulas)

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs, os.fdopen(shared(), "rb") as memory:
            handles = theirs.fileno(), memory.fileno()
            self._channel = Channel(ours.detach(), memory.fileno())
            arguments = *handles, self.name, str(self.folder), self.command
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START.format(root=_ROOT, arguments=arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=handles,
                start_new_session=True,  # Ctrl-C is the run's, and its children end with it
                # The order of sets of strings must not differ from run to run.
                env=os.environ | {"PYTHONHASHSEED": "0"},
            )

    def close(self) -> None:
        """End the process and everything that it started."""
        self._channel.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()

    def _answer(self, limit: float) -> Any:
        """What the process sends. Raises Died, or TimeoutError if one call takes over `limit` s."""
        begun, since = self._channel.counter[0], time.monotonic()
        while not self._channel.poll(limit / 20):
            if self._channel.counter[0] != begun:
                begun, since = self._channel.counter[0], time.monotonic()
            elif time.monotonic() - since > limit:
                raise TimeoutError
        try:
            return self._channel.recv()
        except (EOFError, ConnectionError):
            raise Died(self._end()) from None

    def _end(self) -> str:
        """How the process ended, in words, once its connection is closed."""
        try:
            returncode = self._process.wait(IMPORT_LIMIT)
        except subprocess.TimeoutExpired:
            return "it closed what it answers on"
        finally:
            self.close()
        return ended(returncode)

    def run(
        self, formula: str, function: Callable[..., Any], *arguments: Any, first: int = 0
    ) -> Any:
        """`function(formula, *arguments)` there. Raises Misbehaved.

        A formula that ended the process is given up, for the next call would end it, too; `first`
        calls are made before those of the stack's cases.
        """
        if formula in self._gone:
            raise Misbehaved(0, *self._gone[formula])
        start = time.monotonic()
        try:
            self._channel.send((formula, function, arguments, first))
            kind, told, written = self._answer(CALL_LIMIT)
        except TimeoutError:
            expected, observed = f"a result within {CALL_LIMIT} s", "none: it was ended"
            raise self._given_up(formula, first, STUCK, expected, observed) from None
        except Died as error:
            raise self._given_up(formula, first, DIED, "a result", str(error)) from None
        except ConnectionError:
            raise self._given_up(formula, first, DIED, "a result", self._end()) from None
        spent = self._spent[formula] = self._spent.get(formula, 0.0) + time.monotonic() - start
        if spent > RUN_LIMIT:
            expected = f"all its calls in a run within {RUN_LIMIT} s"
            raise self._given_up(formula, first, SLOW, expected, "more: it was ended")
        if written:
            self.notes.setdefault(formula, written)
        if kind == "misbehaved":
            (place, what, expected, observed), which = told
            raise Misbehaved(place, what, expected, observed, which)
        if kind == "failed":
            raise RuntimeError(f"{formula} of {self.name} could not be checked: {told}")
        return told

    def _given_up(self, formula: str, first: int, *fault: str) -> Misbehaved:
        """The fault for which a formula is not called again; the others get a new process."""
        place = max(int(self._channel.counter[0]) - 1 - first, 0)
        kind, expected, observed = fault
        self._gone[formula] = kind, expected, observed
        self.close()
        self._start()
        try:
            self._answer(IMPORT_LIMIT)
        except (TimeoutError, Died):
            self._gone |= dict.fromkeys(self.derivation.own, self._gone[formula])
        return Misbehaved(place, kind, expected, observed)


class _Formula(Elsewhere):
    """One formula of an isolated derivation."""

    def __init__(self, isolated: Isolated, name: str) -> None:
        self.isolated = isolated
        self.name = name

    def run(self, function: Callable[..., Any], *arguments: Any, first: int = 0) -> Any:
        return self.isolated.run(self.name, function, *arguments, first=first)
