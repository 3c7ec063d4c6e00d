"""How half formats are added up: planted witnesses that add in each way are told apart."""

from types import SimpleNamespace

import ml_dtypes
import numpy as np
import pytest

from harness import accumulation, render, verdict, verdict_json
from harness.accumulation import COLUMNS, DOTS, EACH, ONCE, OTHER, PRODUCTS, SOME, Seen
from harness.calling import one_by_one
from harness.derivation import REFERENCE
from harness.formats import HALF
from harness.verification import Verification
from harness.walk import walk

WIDE = np.float32


def at_once(products, dtype):
    """Added in float32, by NumPy's own order."""
    return products.astype(WIDE).sum(axis=-1).astype(dtype)


def by_product(products, dtype):
    return at_once(products.astype(dtype), dtype)


def each_time(products, dtype):
    """In the format's own arithmetic, from the first term to the last."""
    terms = products.astype(dtype)
    total = terms[..., 0]
    for place in range(1, terms.shape[-1]):
        total = total + terms[..., place]
    assert total.dtype == dtype
    return total


def from_the_last(products, dtype):
    return each_time(products[..., ::-1], dtype)


def either(products, dtype):
    """The first half of the stack so, the second half so."""
    half = len(products) // 2
    return np.concatenate([at_once(products[:half], dtype), each_time(products[half:], dtype)])


def planted(dots=at_once, columns=at_once, name="toy"):
    """A witness that adds its products and its columns so."""

    def trace(case):
        (layer,) = walk(one_by_one(REFERENCE, case.shape, []), case)
        x, w, d = (
            array.astype(np.float64)
            for array in (case.inputs, case.layers[0].weights, layer.deriv_relu_wrt_z)
        )
        wrt_inputs = np.einsum("sbn,sin->sbin", d, w)
        wrt_weights = np.einsum("sbi,sbn->sinb", x, d)
        return (
            layer._replace(
                deriv_relu_wrt_inputs=dots(wrt_inputs, case.dtype),
                deriv_relu_wrt_weights=dots(wrt_weights, case.dtype),
                deriv_relu_wrt_biases=columns(d.swapaxes(1, 2), case.dtype)[:, None],
            ),
        )

    return SimpleNamespace(name=name, version="1", trace=trace)


def seen(*witnesses):
    """{(dtype, sums): way} of the last witness."""
    found = accumulation.seen(witnesses)
    return {(each.dtype, each.sums): each.way for each in found}


@pytest.mark.parametrize(
    ("add", "way"),
    [(at_once, ONCE), (by_product, PRODUCTS), (each_time, EACH), (from_the_last, OTHER),
     (either, SOME)],
    ids=lambda each: getattr(each, "__name__", ""),
)  # fmt: skip
def test_each_way_to_add_up_dot_products_is_told_from_every_other(add, way):
    assert seen(planted(dots=add)) == {
        (dtype.name, sums): way if sums == DOTS else ONCE
        for dtype in HALF
        for sums in (DOTS, COLUMNS)
    }


@pytest.mark.parametrize(
    ("add", "way"),
    [(at_once, ONCE), (each_time, EACH), (from_the_last, OTHER), (either, SOME)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_each_way_to_add_up_columns_is_told_from_every_other(add, way):
    found = seen(planted(columns=add))

    assert {found[dtype.name, COLUMNS] for dtype in HALF} == {way}
    assert {found[dtype.name, DOTS] for dtype in HALF} == {ONCE}


def test_each_kind_of_sums_has_elements_that_tell():
    for each in accumulation.seen([planted()]):
        assert each.elements >= 20
        assert each.equal[ONCE] == each.elements
        assert each.equal[EACH] < each.elements
        assert each.other == 0


@pytest.mark.parametrize("dtype", HALF, ids=str)
def test_no_order_of_float32_additions_changes_what_is_seen(dtype):
    """Elements that float32's own rounding decides are left out; there are some."""
    products = np.random.default_rng(0).uniform(-4, 4, (100_000, 7)).astype(dtype)
    products = products.astype(np.float64) * products[::-1].astype(np.float64)
    answers, sure = accumulation.ways(products, dtype)
    totals = []
    for order in (slice(None), slice(None, None, -1)):
        total = np.zeros(len(products), WIDE)
        for place in range(7)[order]:
            total = total + products[:, place].astype(WIDE)
        totals.append(total.astype(dtype).astype(np.float64))

    for total in totals:
        assert (total == answers[ONCE])[sure].all()
    assert (~sure).any()
    assert sure.mean() > 0.9


def test_no_product_or_sum_of_the_numbers_asked_is_rounded_by_float64():
    """At most 64 terms of two numbers of 11 bits each, all from 1 to 4."""
    for shape, count in accumulation.SHAPES.items():
        for dtype in HALF:
            case = accumulation.case(shape, dtype, count)
            arrays = (case.inputs, case.upstream, *case.layers[0])
            for array in arrays:
                magnitude = np.abs(array.astype(np.float64))
                assert (magnitude >= 1).all()
                assert (magnitude <= 2).all()
        bits = 2 * (ml_dtypes.finfo(np.float16).nmant + 1) + np.log2(max(shape))
        assert bits <= 53


def test_the_witnesses_of_one_way_have_a_sentence_together():
    found = accumulation.seen(
        [planted(name="a"), planted(name="b"), planted(columns=each_time, name="c")]
    )

    assert list(accumulation.lines(accumulation.as_json(found))) == [
        "Not judged: in float16 and bfloat16 every sum is rounded once, by a, b.",
        "Not judged: in float16 and bfloat16 dot products are rounded once, column sums",
        "  rounded each time, by c.",
    ]


def test_two_formats_that_are_added_up_in_two_ways_are_told_apart():
    def add(products, dtype):
        return (at_once if dtype == np.float16 else each_time)(products, dtype)

    found = accumulation.as_json(accumulation.seen([planted(add, add)]))
    line, more = accumulation.lines(found)

    assert f"{line} {more.strip()}" == (
        "Not judged: in float16 every sum is rounded once; "
        "in bfloat16 every sum is rounded each time, by toy."
    )


def test_the_verdict_tells_it_and_is_the_same_without():
    verification = Verification(REFERENCE, [planted()])
    without = verdict.conclude(verification, 0, "pytest", (), ())
    assert verdict_json.as_json(without)["accumulation"] == []
    verification.accumulation = accumulation.seen([planted(either, from_the_last)])
    told = verdict.conclude(verification, 0, "pytest", (), ())

    assert (told.agrees, told.gaps) == (without.agrees, without.gaps)
    written = verdict_json.as_json(told)
    dots, columns, *_ = written["accumulation"]
    assert set(accumulation.lines(written["accumulation"])) <= set(render.render(written))
    assert (dots["framework"], dots["dtype"], dots["sums"], dots["way"]) == (
        "toy", "float16", DOTS, SOME,
    )  # fmt: skip
    assert (columns["sums"], columns["way"]) == (COLUMNS, OTHER)
    assert 0 < columns["other"] <= columns["elements"]


def test_a_way_that_holds_nearly_everywhere_is_not_the_way():
    nearly = Seen("toy", "float16", DOTS, 100, {ONCE: 99, PRODUCTS: 1, EACH: 0}, 0)

    assert nearly.way == SOME
    assert nearly._replace(other=1, equal={ONCE: 99, PRODUCTS: 0, EACH: 0}).way == OTHER
