"""A stack in blocks: every case once, in order, and the same comparison as in one piece."""

import threading

import numpy as np
import pytest

from harness import blocks
from harness.blocks import in_blocks
from harness.calling import BLOCK, Misbehaved, call_stack, one_by_one
from harness.checking import compare
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.walk import walk
from tests.harness.planting import with_formula


@pytest.mark.parametrize(("cases", "numbers"), [(1, 1), (5, 2), (7, 10**7), (1000, 3000), (0, 5)])
def test_every_case_is_in_one_block_in_order(cases, numbers):
    found = in_blocks(lambda block: range(cases)[block], cases, numbers)

    assert [place for places in found for place in places] == list(range(cases))


def test_a_block_is_no_larger_than_it_should_be_unless_a_case_is():
    sizes = in_blocks(lambda block: block.stop - block.start, 1000, 3000)

    assert max(sizes) * 3000 <= blocks.NUMBERS * 1.1
    assert len(sizes) == 12


def test_a_short_stack_is_one_block_in_the_thread_that_asks():
    (thread,) = in_blocks(lambda block: threading.current_thread(), 10, 10)

    assert thread is threading.current_thread()


def with_a_wrong_last_case(trace):
    (layer,) = trace
    outputs = layer.layer_outputs.copy()
    outputs[-1] += 1
    return (layer._replace(layer_outputs=outputs),)


DOUBLED = with_formula("relu_backward", lambda upstream, layer_outputs: 2 * upstream)


@pytest.mark.parametrize("derivation", [REFERENCE, DOUBLED], ids=["right", "wrong"])
@pytest.mark.parametrize("witness", [lambda trace: trace, with_a_wrong_last_case])
@pytest.mark.parametrize("chained", [False, True])
def test_a_comparison_is_the_same_in_blocks(monkeypatch, derivation, witness, chained):
    case = float_stack(np.random.default_rng(2), (3, 4, 3), FORMATS[0], 30)
    trace = witness(walk(one_by_one(REFERENCE, case.shape, []), case))

    whole, _ = compare(derivation, case, trace, False, chained)
    monkeypatch.setattr(blocks, "NUMBERS", 1000)
    found, _ = compare(derivation, case, trace, False, chained)

    assert len(found) == len(whole) == 8
    for one, other in zip(found, whole, strict=True):
        assert one[:3] == other[:3]
        for mine, theirs in zip(one[3:7], other[3:7], strict=True):
            assert np.array_equal(mine, theirs)
            assert mine.dtype == theirs.dtype
        assert (one.largest, one.ambiguous) == (other.largest, other.ambiguous)


def test_a_change_in_a_later_block_of_a_long_stack_is_told_for_its_case():
    stack = np.ones((3 * BLOCK, 2, 2))
    stack[BLOCK + 5] = 7

    def changing(upstream, layer_outputs):
        if upstream[0, 0] == 7:
            layer_outputs[1, 0] = 3
        return upstream.copy()

    with pytest.raises(Misbehaved) as raised:
        call_stack(changing, ("upstream", "layer_outputs"), (stack, stack), [(2, 2)])

    place, kind, expected, observed = raised.value.fault
    assert (place, kind) == (BLOCK + 5, "changed its argument layer_outputs")
    assert (expected, observed) == ("layer_outputs[1, 0] to stay 7.0", "3.0 after the call")


@pytest.mark.parametrize(("said", "threads"), [("1", 1), ("nonsense", None), (None, None)])
def test_who_limits_numeric_code_s_threads_limits_these(monkeypatch, said, threads):
    if said is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", said)

    assert blocks.threads() == (threads or blocks.processors())
