"""Messages between two processes: what arrives is what was sent, whatever its arrays are like."""

import os
import socket
from contextlib import ExitStack

import numpy as np
import pytest

from harness import channel
from harness.channel import Channel, shared


@pytest.fixture
def ends():
    with ExitStack() as exits:
        memory = shared()
        exits.callback(os.close, memory)
        both = [Channel(each.detach(), memory) for each in socket.socketpair()]
        for end in both:
            exits.callback(end.close)
        yield both


def arrays():
    whole = np.arange(24.0).reshape(2, 3, 4)
    return {
        "whole": whole,
        "in Fortran order": np.asfortranarray(whole),
        "with gaps": whole[:, ::2],
        "broadcast": np.broadcast_to(np.float64(1), (2, 2)),
        "byte-swapped": whole.astype(">f8"),
        "without elements": np.zeros((0, 3)),
        "read-only": np.frombuffer(b"12345678"),
        "a scalar": np.float32(0.1),
    }


@pytest.mark.parametrize("copied", [True, False])
def test_what_arrives_is_what_was_sent(ends, copied):
    one, other = ends

    one.send(("text", arrays(), None))
    text, received, nothing = other.recv(copied)

    assert (text, nothing) == ("text", None)
    for name, sent in arrays().items():
        assert received[name].dtype == sent.dtype, name
        assert received[name].shape == sent.shape, name
        assert np.array_equal(received[name], sent), name


def test_large_arrays_take_the_socket_where_the_memory_ends(ends, monkeypatch):
    one, other = ends
    monkeypatch.setattr(channel, "SIZE", 1000)
    sent = [np.full(50, number) for number in range(4)]

    one.send(sent)

    assert all(map(np.array_equal, other.recv(), sent))


def test_a_copy_outlives_the_next_message_and_can_be_written_into(ends):
    one, other = ends
    one.send(np.zeros(3))
    first = other.recv()
    one.send(np.ones(3))
    other.recv()

    assert first.tolist() == [0, 0, 0]
    first += 1


def test_each_end_sees_what_the_other_counts(ends):
    one, other = ends
    one.send(np.ones(3))
    one.counter[0] += 7

    assert other.counter[0] == 7
    assert other.recv().tolist() == [1, 1, 1]
