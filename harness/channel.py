"""Messages between the run and the process of a derivation; arrays go by memory that both have.

Through a socket, stacks of arrays would take as long as the derivation itself. One process waits
while the other works, so what lies in the memory is read before anything else is put there.
"""

import mmap
import os
import pickle
import tempfile
from multiprocessing.connection import Connection
from typing import Any, Final

# What does not fit goes through the socket. Only what is used takes memory.
SIZE: Final = 64 << 20
# A number that one process counts up while the other looks on comes first.
START: Final = 64


def shared() -> int:
    """A new handle of memory that processes can share."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("crossgrad")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.ftruncate(handle, SIZE)
    return handle


class Channel:
    """One end. `counter[0]` is the number; `poll` and the errors are those of a Connection."""

    def __init__(self, connection: int, memory: int) -> None:
        """From the handles of a socket, which is the channel's own from now on, and of memory."""
        self._connection = Connection(connection)
        self._memory = memoryview(mmap.mmap(memory, SIZE))
        self.counter = self._memory[:8].cast("q")
        self.poll = self._connection.poll
        self.close = self._connection.close

    def send(self, message: Any) -> None:
        """Send whatever can be pickled."""
        places: list[tuple[int, int]] = []

        def in_the_message(buffer: pickle.PickleBuffer) -> bool:
            begin = START if not places else -(-places[-1][1] // START) * START
            raw = buffer.raw()
            end = begin + raw.nbytes
            if end > SIZE:
                return True
            self._memory[begin:end] = raw
            places.append((begin, end))
            return False

        pickled = pickle.dumps(message, pickle.HIGHEST_PROTOCOL, buffer_callback=in_the_message)
        self._connection.send((pickled, places))

    def recv(self, copied: bool = True) -> Any:
        """The next message. Its arrays are its own, or else there until the next is sent."""
        pickled, places = self._connection.recv()
        buffers = (self._memory[begin:end] for begin, end in places)
        return pickle.loads(pickled, buffers=map(bytearray, buffers) if copied else buffers)
