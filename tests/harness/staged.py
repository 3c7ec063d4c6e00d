"""The stage on which every message is said: witnesses that fail in their ways, and files that do.

They are the files of a copy of the checkout, beside the candidates that are tested everywhere.
"""

from hypothesis.database import DirectoryBasedExampleDatabase

from harness import examples

TOY = """
from contextlib import nullcontext

from harness.calling import one_by_one
from harness.derivation import (REFERENCE, reference_at)
from harness.walk import (walk)

VERSION = "1.0"
VARIANTS = {}


def right(case):
    return walk(one_by_one(REFERENCE, case.shape, []), case)


def trace(case):
    return right(case)
"""


def adapter(changed, more=""):
    """A toy whose `trace` is changed."""
    return TOY.replace("    return right(case)\n", changed) + more


DOUBLES = """
    return tuple(
        x._replace(deriv_relu_wrt_biases=2 * x.deriv_relu_wrt_biases) for x in right(case)
    )
"""
# A step too large, in the second of two equal calls or with more than one thread.
WOBBLES = """
    global calls
    calls += 1
    return tuple(x._replace(new_biases=x.new_biases + calls % 2) for x in right(case))
"""
THREADS = """
    return tuple(x._replace(new_biases=x.new_biases + count[0]) for x in right(case))
"""
COUNTS = """
from contextlib import contextmanager

count = [1]


@contextmanager
def threads(number):
    count[0] = number
    yield
    count[0] = 1
"""
ADAPTERS = {
    "toy": adapter(
        "    return right(case)\n",
        'VARIANTS = {"again": trace, "compiled": trace}\n'
        "unavailable = {'compiled': 'no C++ compiler was found', 'again': None}.get\n"
        "HALF = reference_at(0.5)\n"
        "spelt = lambda case: walk(one_by_one(HALF, case.shape, []), case)\n"
        'AT_KINK = {0.5: ("(z + abs(z)) / 2", spelt)}\n',
    ),
    "other": TOY,
    "dies": adapter("    import os\n\n    os.abort()\n"),
    "doubles": adapter(DOUBLES),
    "needy": "import a_framework\n",
    "sick": adapter("    assert case.dtype == 'float64', 'I feel sick'\n    return right(case)\n"),
    "short": adapter("    return right(case)[1:]\n"),
    "single": adapter(
        "    return tuple(type(x)(*(y.astype('float32') for y in x)) for x in right(case))\n"
    ),
    "stopped": adapter("    raise KeyboardInterrupt\n"),
    "threaded": adapter(THREADS, COUNTS),
    "wobbles": adapter(WOBBLES, "calls = 0\n"),
}
TESTS = """
import numpy as np
import pytest

from harness.case import Case, Layer
from harness.floats import float_stack
from harness.lattice import LADDER, lattice_stack

DTYPES = [np.dtype(name) for name in ("float64", "float32")]
SHAPES = [(1, 1, 1), (2, 1, 1), (1, 2, 2), (2, 2, 2), (3, 4, 3)]
RNG = np.random.default_rng(0)
OF = [(DTYPES[0], shape) for shape in SHAPES] + [(DTYPES[1], shape) for shape in SHAPES[:2]]
EXACT = [lattice_stack(RNG, shape, dtype, LADDER[0], 8) for dtype, shape in OF]
# Of one term each, so that no sum depends on the machine.
FLOATS = [float_stack(RNG, (1, 1, 1), dtype, 8) for dtype in DTYPES]
ZERO = np.zeros((1, 1, 1))


def test_calls(check):
    check("exact", *EXACT, varied=True)


def test_floats(check):
    check("certified", *FLOATS)


def test_layers(check):
    rng = np.random.default_rng(0)
    check("exact", lattice_stack(rng, (2, 2, 2, 2), DTYPES[0], LADDER[0], 8))


def test_twice(check):
    check("exact", EXACT[4], twice=True)


def test_zeros(check):
    check("exact", Case(ZERO, (Layer(ZERO, ZERO),), ZERO, np.float64(1)))


def test_nothing(check):
    pass
"""
# Dask's client, of clusters that have no scheduler, no worker, or none for long.
CLUSTER = """
from concurrent.futures import Future


class KilledWorker(Exception):
    pass


class Client:
    def __init__(self, address, timeout):
        self.address = address
        if address == "nobody:1":
            raise OSError(f"Timed out trying to connect to tcp://{address} after {timeout} s")

    def nthreads(self):
        return {} if self.address == "empty:1" else {"worker": 1}

    def get_executor(self, **_):
        return self

    def submit(self, *_):
        future = Future()
        future.cancel()
        return future

    def shutdown(self, wait):
        pass

    def close(self):
        pass
"""
SPELT = "def sgd_step(parameter, gradient, learning_rate):\n"
STEP = """
import numpy as np


def train_step(inputs, layers, upstream, learning_rate):
"""
FILES = {
    "cubed.py": SPELT + "    return parameter - learning_rate * gradient**3\n",
    "thrice.py": SPELT + "    return parameter - 3 * learning_rate * gradient\n",
    "slow.py": "import time\n\n\n" + SPELT + "    time.sleep(0.3)\n    return parameter\n",
    "long.py": SPELT + '    raise ValueError("far too long " * 1000)\n',
    "escapes.py": SPELT
    + '    raise ValueError("\\x1b[2J\\x1b]0;title\\x07 \\u202e gr\\u00f6\\u00dfe")\n',
    "\x1b[31mred gr\u00f6\u00dfe\n.py": SPELT + "    return parameter - gradient\n",
    "step_returns_an_array.py": STEP + "    return inputs\n",
    "step_returns_lists.py": STEP + "    return [[] for _ in layers]\n",
    "step_unknown.py": STEP + '    return [{"z": inputs} for _ in layers]\n',
    "step_now_and_then.py": STEP
    + "    if np.all(inputs >= 0):\n        return [{} for _ in layers]\n"
    + '    return [{"new_biases": biases} for _, biases in layers]\n',
    "step_forward.py": STEP
    + "    z = np.dot(inputs, layers[0][0]) + layers[0][1]\n"
    + '    return [{"layer_outputs": z}, {}][: len(layers)]\n',
    "respelled.py": SPELT + "    rate = learning_rate\n"
    "    return parameter if rate == 0 else (parameter / rate - gradient) * rate\n",
    "thirds.py": SPELT + "    return parameter - learning_rate * gradient.round(3)\n",
    "huge.py": "import numpy as np\n\n\n" + SPELT + "    return np.ones(10**9)\n",
    "sleeps.py": "import time\n\ntime.sleep(60)\n",
    "no_verdict.json": "{}",
    "list.json": "[{}, {}]",
    "no_number.json": '{"seed": NaN}',
    "text.json": "agrees",
    "distributed.py": CLUSTER,
}
RUN = ("pytest", "tests/derivation/test_staged.py")
STAGED = (
    {f"adapters/{name}_numpy.py": code for name, code in ADAPTERS.items()} | {RUN[1]: TESTS} | FILES
)


def keep_no_case(folder):
    """An example database with an entry that is none."""
    DirectoryBasedExampleDatabase(folder).save(examples.KEY, b"{}")
