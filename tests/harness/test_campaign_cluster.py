"""A campaign on a Dask cluster, a scheduler and two workers on the loopback: the same verdict."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from toys import ASKED, HERE, WORK

from harness.campaign import campaign
from harness.campaign.end import End
from harness.campaign.progress import Progress
from harness.campaign.state import State
from harness.campaign.workers import ClusterError, cluster

pytest.importorskip("distributed", reason="not run: the package distributed is not installed")

ROOT = Path(__file__).parents[2]
TASKS = 12
# Workers find the toys beside this file; frameworks' adapters they find in the checkout.
PATHS = [str(ROOT), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(PATHS)}


def dask(what, *options):
    """A scheduler or a worker, which says when it is ready."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


@pytest.fixture
def scheduler(tmp_path):
    process = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    try:
        line = next(line for line in process.stderr if "Scheduler at:" in line)
        yield line.rpartition(" ")[2].strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def workers(scheduler, tmp_path):
    """Two processes of one thread each."""
    options = "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", tmp_path
    processes = [dask("worker", scheduler, *map(str, options)) for _ in range(2)]
    try:
        for process in processes:
            next(line for line in process.stderr if "Registered to" in line)
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def go(workers, progress=None):
    with progress or Progress(io.StringIO()) as progress:
        return campaign.run(WORK, ASKED, workers, End(tasks=TASKS), State({}, 0, None), progress)


def test_one_of_two_workers_is_killed_in_mid_campaign_and_the_verdict_is_the_same(
    scheduler, workers
):
    class Killing(Progress):
        done = 0

        def update(self, *arguments):
            Killing.done += 1
            if Killing.done == 2:
                workers[0].kill()

    ended = go(cluster(scheduler), Killing(io.StringIO()))

    assert workers[0].wait() != 0
    assert workers[1].poll() is None
    assert ended.number == Killing.done == TASKS
    assert json.dumps(ended.verdict) == json.dumps(go(HERE).verdict)


def test_a_cluster_that_is_not_there_is_refused_in_one_line():
    with pytest.raises(ClusterError, match=r"127\.0\.0\.1:9") as refused:
        cluster("tcp://127.0.0.1:9", timeout=0.5)

    assert "\n" not in str(refused.value)


def test_a_cluster_without_workers_is_refused(scheduler):
    with pytest.raises(ClusterError, match=r"^it has no workers, expected some: dask worker"):
        cluster(scheduler)
