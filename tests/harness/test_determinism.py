"""A witness that does not repeat itself is found, named, and shown; rounding by threads is told."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from adapters import jax_grad, torch_autograd
from harness import determinism, example, render, verdict, verdict_json
from harness.calling import one_by_one
from harness.derivation import REFERENCE
from harness.determinism import EQUAL_CALLS, THREADS, Repeats
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, is_exact, lattice_stack
from harness.verification import Verification
from harness.walk import walk

ROOT = Path(__file__).parents[2]
DTYPE = np.dtype(np.float64)
SHAPE = (2, 3, 2)
COUNT = 4


def honest(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


class Toy:
    """A witness that adds `error(calls so far, threads)` to new_weights and can count threads."""

    name, version = "toy", "1.0"

    def __init__(self, error):
        self.error, self.calls, self.count = error, 0, 1

    def trace(self, case):
        self.calls += 1
        layer, *others = honest(case)
        wrong = layer.new_weights + np.spacing(layer.new_weights) * self.error(
            self.calls, self.count
        )
        return layer._replace(new_weights=wrong), *others

    @contextmanager
    def threads(self, count):
        before, self.count = self.count, count
        yield
        self.count = before


def lattice():
    return lattice_stack(np.random.default_rng(0), SHAPE, DTYPE, LADDER[0], COUNT)


def floats():
    return float_stack(np.random.default_rng(0), SHAPE, DTYPE, COUNT)


def repeated(witness, regime):
    verification = Verification(REFERENCE, [witness])
    verification.repeat(lattice() if regime == "exact" else floats(), regime)
    return verification


@pytest.mark.parametrize("regime", ["exact", "certified"])
def test_a_witness_that_differs_between_two_equal_calls_is_a_finding(regime):
    verification = repeated(Toy(lambda calls, threads: calls), regime)

    kinds = {found.kind for found in verification.findings.values()}
    assert EQUAL_CALLS in kinds
    assert {found.outlier for found in verification.findings.values()} == {"toy"}
    assert {found.quantity for found in verification.findings.values()} == {"new_weights"}


@pytest.mark.parametrize(
    ("regime", "ulps"), [("exact", 1), ("certified", 1_000)], ids=["exact", "certified"]
)
def test_threads_that_decide_more_than_rounding_may_are_a_finding(regime, ulps):
    verification = repeated(Toy(lambda calls, threads: ulps * (threads - 1)), regime)

    (found,) = verification.findings.values()
    assert (found.kind, found.quantity, found.outlier) == (THREADS, "new_weights", "toy")


def test_threads_that_decide_the_last_bits_of_floats_are_told_and_no_finding():
    """So a right derivation agrees on any number of processors."""
    verification = repeated(Toy(lambda calls, threads: threads - 1), "certified")

    assert verification.findings == {}
    assert verification.repeats == {
        "toy": Repeats(COUNT, (1, determinism.many()), {"new_weights"}),
    }
    assert list(determinism.lines(determinism.as_json(verification.repeats), ())) == [
        f"The same bits in two equal calls, with 1 thread and with {determinism.many()}: toy.",
        "The number of threads decides the last bits, legally: toy in new_weights.",
    ]


def test_even_the_sign_of_a_zero_must_repeat():
    signs = iter([1.0, -1.0])

    def trace(case):
        sign = next(signs)
        return tuple(
            layer._replace(relu_outputs=np.copysign(layer.relu_outputs, sign))
            for layer in honest(case)
        )

    case = lattice()._replace(inputs=np.zeros((COUNT, *SHAPE[:2])))
    verification = Verification(REFERENCE, [SimpleNamespace(name="t", version="", trace=trace)])

    assert [found.kind for found in verification.repeat(case, "exact")] == [EQUAL_CALLS]


def test_a_witness_that_cannot_be_told_its_threads_is_asked_twice_and_the_verdict_says_so():
    verification = repeated(SimpleNamespace(name="toy", version="", trace=honest), "exact")

    assert verification.repeats == {"toy": Repeats(COUNT)}
    (line,) = determinism.lines(determinism.as_json(verification.repeats), ())
    assert line == "The same bits in two equal calls: toy."


def test_the_verdict_names_who_does_not_repeat_itself_and_shows_both_values():
    verification = repeated(Toy(lambda calls, threads: 2**30 * (calls % 2)), "exact")
    (found,) = verification.findings.values()
    result = verdict.conclude(verification, 0, "pytest", (), ())
    written = verdict_json.as_json(result)
    headline, _, first, *lines = render.render(written)

    assert not result.agrees
    assert headline == "toy DOES NOT REPEAT ITSELF in new_weights"
    at = f"layer 0, index {list(found.shown.at)}"
    assert first == f"toy differs between two equal calls: new_weights, {at}"
    assert lines[0].endswith(" in the first call")
    assert lines[1].endswith(" in the second   (toy)")
    assert not any(line.startswith("The same bits") for line in lines)
    assert [(each["kind"], each["outlier"]) for each in written["disagreements"]] == [
        (EQUAL_CALLS, "toy")
    ]
    assert written["determinism"] == [
        {
            "framework": "toy",
            "cases": COUNT,
            "threads": [1, determinism.many()],
            "rounded_by_threads": [],
        }
    ]


def test_threads_are_more_than_one_on_any_machine(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {3}, raising=False)

    assert determinism.many() == 2


def test_torch_computes_with_as_many_threads_as_it_is_told_and_then_as_before():
    before = torch.get_num_threads()

    with torch_autograd.threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_a_large_case_is_shown_by_its_shape():
    matrix = np.ones((1, 30, 40))

    lines = list(example._matrices([("inputs", matrix[0]), ("biases", matrix[0, :1, :2])]))

    assert [line.split() for line in lines] == [
        ["inputs", "biases"],
        ["shape", "(30,", "40)", "[[1.", "1.]]"],
    ]


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("adapter", [torch_autograd, jax_grad])
def test_a_framework_repeats_itself_on_a_case_that_is_split_over_threads(adapter, dtype):
    witness = SimpleNamespace(
        name="it", version="", trace=adapter.trace, threads=getattr(adapter, "threads", None)
    )
    case = float_stack(np.random.default_rng(0), determinism.SPLIT, dtype, 1)

    assert list(determinism.repeat(witness, case, "certified", {}, {})) == []


# Each dtype may use one thread more than the one before, and a thread that was begun stays.
WATCHED = """
import os
import numpy as np
from adapters import torch_autograd
from harness import determinism
from harness.floats import float_stack
from harness.formats import FORMATS

def begun(shape, dtype):
    torch_autograd.trace(float_stack(np.random.default_rng(0), shape, dtype, 2))
    return len(os.listdir("/proc/self/task"))

for count, dtype in enumerate(FORMATS, start=2):
    with torch_autograd.threads(count):
        before = begun((3, 4, 3), dtype)
        print(dtype, before == begun((2, 3, 2, 4), dtype), begun(determinism.SPLIT, dtype) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux alone lists its threads")
def test_torch_splits_the_large_case_over_threads_in_every_dtype_and_no_small_one():
    run = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert run.stdout.splitlines() == [f"{dtype} True 1" for dtype in FORMATS]


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_the_large_case_is_exact_on_every_rung_and_bounded_elsewhere(dtype):
    rng = np.random.default_rng(0)

    for rung in LADDER:
        assert is_exact(lattice_stack(rng, determinism.SPLIT, dtype, rung, 2))
    repeated = Verification(REFERENCE, [SimpleNamespace(name="toy", version="", trace=honest)])
    case = float_stack(rng, determinism.SPLIT, dtype, 1)
    assert repeated.check(case, "certified") == []
    largest = [tally.largest_error_over_radius for tally in repeated.tallies.values()]
    assert max(largest) > 0
