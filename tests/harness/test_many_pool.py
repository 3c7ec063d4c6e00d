"""Jobs on processes: what ends one, or never ends, is lost alone."""

import multiprocessing
import time
from functools import partial

import pytest
import served

from harness.many.pool import Lost, results


@pytest.fixture
def pool(tmp_path):
    """pool(job, ...): what came of each job, in their order."""

    def pool(*jobs, size=2, limit=60, serve=None):
        serve = serve or partial(served.serve, str(tmp_path))
        found = dict(results(serve, jobs, size, limit))
        assert multiprocessing.active_children() == []
        return [found[place] for place in range(len(jobs))]

    return pool


def test_a_process_does_one_job_after_the_other(pool):
    (pid, first), (same, *both) = pool("one", "two", size=1)

    assert pid == same
    assert (first, both) == ("one", ["one", "two"])


def test_there_are_no_more_processes_than_jobs_or_than_were_asked_for(pool):
    assert len({pid for pid, *_ in pool("one", "two", "three", size=2)}) <= 2
    assert pool(size=3) == []


@pytest.mark.parametrize(
    ("word", "how"),
    [
        ("exits", "it ended with exit status 3"),
        ("segfaults", "it was ended by signal SIGSEGV"),
    ],
)
def test_a_job_that_ends_its_process_twice_is_lost_alone(pool, tmp_path, word, how):
    before, lost, after = pool("before", word, "after", size=1)

    assert lost == Lost(how)
    assert (tmp_path / word).read_text() == "xx"
    assert (before[1:], after[1:]) == (["before"], ["after"])


def test_what_ends_its_process_once_is_done_again_and_what_was_done_before_is_not(pool, tmp_path):
    before, again, after = pool("before", "exits_once", "after", size=1)

    assert before[1:] == ["before"]
    assert again[1:] == ["exits_once"]
    assert after[1:] == ["exits_once", "after"]
    assert (tmp_path / "before").read_text() == "x"


def test_a_job_that_does_not_end_is_lost_alone_and_not_tried_again(pool, tmp_path):
    lost, *others = pool("hangs", "one", "two", "three", limit=2)

    assert lost == Lost("it took more than 2 s")
    assert (tmp_path / "hangs").read_text() == "x"
    assert [other[-1] for other in others] == ["one", "two", "three"]


def test_processes_that_cannot_start_lose_every_job(pool):
    lost = pool("one", "two", serve=served.ends_at_once)

    assert lost == [Lost("it ended with exit status 4")] * 2


def test_an_exception_among_the_results_is_raised_and_ends_all(pool):
    with pytest.raises(LookupError, match="no such thing"):
        pool("hangs", "raises")

    assert multiprocessing.active_children() == []


def test_who_goes_away_leaves_no_process_behind(tmp_path):
    going = results(partial(served.serve, str(tmp_path)), ["one", "hangs"], 2, 600)
    began = time.monotonic()
    next(going)
    going.close()

    assert multiprocessing.active_children() == []
    assert time.monotonic() - began < 60
