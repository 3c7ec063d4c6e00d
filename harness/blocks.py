"""A long stack of cases is gone through in blocks, several at a time.

What is computed of a whole stack in one go is written to memory that the system first has to give,
page by page, and is read from there again for every operation. A block's arrays are used again by
the next block, and stay near the processor. NumPy lets other threads go on while it computes.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final, TypeVar

Found = TypeVar("Found")

# How many numbers a block has, of its cases and their traces. Much smaller ones cost more to set up
# than they save.
NUMBERS: Final = 2**18


def in_blocks(find: Callable[[slice], Found], cases: int, numbers: int) -> list[Found]:
    """What `find` finds in each block of a stack of so many cases, with so many numbers each."""
    blocks = max(1, -(-cases * numbers // NUMBERS))
    ends = [cases * block // blocks for block in range(blocks + 1)]
    places = [slice(*between) for between in pairwise(ends)]
    if blocks == 1:
        return [find(places[0])]
    with ThreadPoolExecutor(min(blocks, threads())) as pool:
        return list(pool.map(find, places))


def threads() -> int:
    """How many at once: one a processor, or as many as numeric code is told to have."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else processors()


def processors() -> int:
    """How many processors there are for this process."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
