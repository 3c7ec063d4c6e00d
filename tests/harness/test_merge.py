"""Verdicts on parts of one run are one: whatever their order, and as if it had been one run."""

from copy import deepcopy
from itertools import combinations

import parts
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parts import BEFORE, JAX, TORCH, WRONG, text

from harness import entries
from harness.case import QUANTITIES
from harness.merge import COMMON, Merged, MergeError, merge
from harness.render import render
from harness.verdict_read import FORM, misfit

POOLS = {"agrees": parts.of_the_reference, "disagrees": parts.of_a_wrong_derivation}
EVERY = [(pool, place) for pool, made in POOLS.items() for place in range(len(made()))]


@st.composite
def chosen(draw):
    """Some parts of one run, and the same in another order."""
    pool = POOLS[draw(st.sampled_from(sorted(POOLS)))]()
    some = draw(st.lists(st.sampled_from(pool), min_size=2, max_size=6))
    return some, draw(st.permutations(some))


def grouped(some, draw):
    """The verdict of the parts, merged two by two in any grouping."""
    if len(some) == 1:
        return some[0]
    cut = draw(st.integers(1, len(some) - 1))
    return merge([grouped(some[:cut], draw), grouped(some[cut:], draw)])


@given(chosen(), st.data())
def test_in_any_order_and_any_grouping_the_verdict_is_the_same_to_the_byte(orders, data):
    one, other = orders

    assert text(grouped(other, data.draw)) == text(merge(one))


def by_time(one, other, _):
    return one | other


@pytest.mark.parametrize(
    ("rule", "planted"),
    [("_size", len), ("_worst_first", len), ("_together", by_time)],
)
def test_a_rule_that_depends_on_the_order_is_noticed(rule, planted, monkeypatch):
    pairs = [pair for made in POOLS.values() for pair in combinations(made(), 2)]
    monkeypatch.setattr(entries, rule, planted)

    assert any(text(merge([one, other])) != text(merge([other, one])) for one, other in pairs)


@pytest.mark.parametrize(("pool", "place"), EVERY)
def test_one_verdict_merged_with_nothing_is_itself(pool, place):
    part = POOLS[pool]()[place]

    assert text(merge([part])) == text(part)


@given(chosen())
def test_what_is_merged_is_a_verdict_that_can_be_shown(orders):
    merged = merge(orders[0])

    assert misfit(merged, FORM) is None
    assert render(merged)[0] == render(merge(orders[1]))[0]


def test_the_parts_are_left_as_they_are():
    before = deepcopy(parts.of_a_wrong_derivation())

    merge(parts.of_a_wrong_derivation())

    assert parts.of_a_wrong_derivation() == before


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_make_the_verdict_of_the_whole_run(count):
    every = list(parts.stacks())
    whole = parts.part(every, [JAX, TORCH])

    merged = merge([parts.part(every[place::count], [JAX, TORCH]) for place in range(count)])

    assert whole["agrees"]
    assert text(merged) == text(whole)


def test_shards_find_what_the_whole_run_finds_and_count_it_alike():
    every = list(parts.stacks())[:10]
    whole = parts.part(every, [JAX, TORCH], WRONG, BEFORE)

    merged = merge([parts.part(every[place::3], [JAX, TORCH], WRONG, BEFORE) for place in range(3)])

    found = zip(whole.pop("disagreements"), merged.pop("disagreements"), strict=True)
    assert text(merged) == text(whole)
    for one, other in found:
        for key in ("quantity", "kind", "outlier", "parted", "mistake"):
            assert one[key] == other[key]
        # Of several worst elements the whole run shows the first that it met.
        assert one["census"].pop("worst")["ulps"] == other["census"].pop("worst")["ulps"]
        assert one["census"] == other["census"]


def test_shapes_unite_and_counts_add():
    every = list(parts.stacks())
    same, more = parts.part(every[:1]), parts.part(every[2:3])

    merged = merge([same, same, more])

    assert [(each["framework"], each["shapes"]) for each in merged["shapes"]] == [
        ("jax", "1x2x1 2x2x3"),
        ("torch", "1x2x1 2x2x3"),
    ]
    assert {row["shapes"] for row in merged["checked"]} == {2}
    assert {row["cases"] for row in merged["checked"]} == {36}


def ratios(verdict):
    return [row["largest_error_over_radius"] for row in verdict["checked"]]


def test_the_largest_ratio_is_the_largest_of_all():
    some = [parts.part([each]) for each in list(parts.stacks())[1:4:2]]

    assert ratios(merge(some)) == [max(pair) for pair in zip(*map(ratios, some), strict=True)]
    assert ratios(some[0]) != ratios(some[1])


def test_what_one_part_left_unchecked_and_another_checked_is_no_gap():
    every = list(parts.stacks())
    half = [parts.part(every[:8]), parts.part(every[8:])]

    assert all(part["not_checked"] and not part["agrees"] for part in half)
    assert merge(half)["not_checked"] == []
    assert merge(half)["agrees"]


def test_what_no_part_checked_and_a_test_that_crashed_remain_gaps():
    every = list(parts.stacks())
    crashed = parts.part(every[2:], crashed=["a test ended in OSError"])

    few = merge([parts.part([]), parts.part(every[:4])])
    assert "no case of it was checked" in {gap["reason"] for gap in few["not_checked"]}
    assert not few["agrees"]
    (gap,) = merge([parts.part(every[:2]), crashed])["not_checked"]
    assert gap["reason"] == "a test ended in OSError"
    assert not merge([parts.part(every[:2]), crashed])["agrees"]


def test_what_was_not_asked_or_cannot_run_in_one_part_may_have_been_checked_in_another():
    every = list(parts.stacks())
    lame = parts.part(every[:1], [JAX], unavailable=[("torch", "no C++ compiler")])
    assert lame["not_asked"] == ["torch"]

    merged = merge([lame, parts.part(every[:1], [TORCH])])
    assert merged["not_asked"] == []
    assert "no C++ compiler" not in {gap["reason"] for gap in merged["not_checked"]}
    still = merge([lame, parts.part(every[2:3], [JAX])])
    assert still["not_asked"] == ["torch"]
    assert still["not_checked"][-1]["reason"] == "no C++ compiler"


def test_a_quantity_that_a_step_leaves_out_is_told_once(load):
    step = load("right/parameters_alone.py")
    every = list(parts.stacks())
    cut = [parts.part(every[place::2], derivation=step) for place in range(2)]

    merged = merge(cut)

    assert [gap["quantity"] for gap in merged["not_checked"]] == list(QUANTITIES[:-2])
    assert merged["agrees"]
    assert sum("Not returned by train_step" in line for line in render(merged)) == 1


OTHER = {
    "derivation": "other.py",
    "formulas": {"sgd_step": "other.py"},
    "kink": 0.5,
    "against": "HEAD",
    "seed": 4,
    "numpy": "1.0",
}


@pytest.mark.parametrize("key", COMMON)
def test_a_part_of_another_run_is_refused_and_adds_nothing(key):
    part = parts.part(list(parts.stacks())[:1])
    merged = Merged(part)

    with pytest.raises(MergeError) as refused:
        merged.add(part | {key: OTHER[key]})

    expected = f"{key}: expected {part[key]} as in the parts before it, not {OTHER[key]}"
    assert str(refused.value) == expected
    assert merged.verdict() == part


def test_a_framework_of_another_version_is_refused_in_any_part():
    every = list(parts.stacks())[:1]
    merged = Merged(parts.part(every, [TORCH]))
    merged.add(parts.part(every, [JAX]))

    with pytest.raises(MergeError, match=r"^version of jax: expected 1\.0 as .*, not 1\.1$"):
        merged.add(parts.part(every, [parts.witness("jax", version="1.1")]))


def test_nothing_makes_no_verdict():
    with pytest.raises(ValueError, match="not enough values"):
        merge([])
