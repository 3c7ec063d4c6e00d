"""What the tests of the campaign share: witnesses that start at once, and an executor in turn.

Witnesses are given by name to processes of their own, so they are those of a module.
"""

import ctypes
import os
from concurrent.futures import Executor, Future
from types import SimpleNamespace

import numpy as np

from harness.calling import one_by_one
from harness.campaign.campaign import Asked
from harness.campaign.work import Work
from harness.campaign.workers import Workers
from harness.derivation import REFERENCE
from harness.walk import walk


def right(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


def segfaults(case):
    """Where a float32 input is 3."""
    if case.dtype == np.float32 and (case.inputs == 3).any():
        ctypes.string_at(0)
    return right(case)


def aborts_on_stacks(case):
    if len(case.inputs) > 1:
        os.abort()
    return right(case)


def fails(case):
    assert case.dtype != np.float16, "I feel sick"
    return right(case)


def doubles(case):
    """A framework that is wrong in one quantity."""
    return tuple(
        layer._replace(deriv_relu_wrt_biases=2 * layer.deriv_relu_wrt_biases)
        for layer in right(case)
    )


TRACES = {
    "toy": right,
    "other": right,
    "toy:variant": right,
    "segfaults": segfaults,
    "aborts_on_stacks": aborts_on_stacks,
    "fails": fails,
    "doubles": doubles,
}


def load(name, kink=0):
    return SimpleNamespace(name=name, version="1.0", trace=TRACES[name])


WORK = Work(load, seed=5, reproduce="fuzz")
# Stacks as small as still meet every kink.
FEW = 2**6
ASKED = Asked(("toy", "other"), stack=FEW)


class Late(Executor):
    """Runs here, and each task no earlier than its result is asked for."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_running_or_notify_cancel()
        result = future.result

        def late(timeout=None):
            if not future.done():
                future.set_result(function(*arguments))
            return result(timeout)

        future.result = late
        return future


HERE = Workers(Late, 1)
