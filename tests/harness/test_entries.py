"""The rules by which two entries of verdicts become one, each in both orders."""

import pytest

from harness import entries, regression
from harness.case import QUANTITIES
from harness.regression import DIFFERENT, LEGAL, SAME, SIDES, Change

WORST = {"ulps": "2.0", "layer_and_index": [0, 0, 0], "expected": "1.0", "observed": "2.0"}
CENSUS = {
    "frameworks": ["jax"],
    "compared": 4,
    "differing": 3,
    "worst": WORST,
    "ratios": {"smallest": "2.0", "largest": "2.0"},
    "constant_ratio": 2.0,
}
CASE = {
    "inputs": [[2.0]],
    "layers": [{"weights": [[1.0]], "biases": [[0.0]]}],
    "upstream": [[1.0]],
    "learning_rate": 1.0,
    "dtype": "float64",
}
FINDING = {
    "quantity": "new_biases",
    "kind": "values differ",
    "framework": "jax",
    "case": CASE,
    "smallest": True,
    "census": CENSUS,
    "outlier": "derivation",
    "agreeing": [],
    "parted": ["jax"],
}


def merged(name, one, other):
    """The one entry that two of one key become, which their order does not change."""
    orders = [(one, other), (other, one)]
    found = [entries.together(name, *(entries.keyed(name, [e]) for e in pair)) for pair in orders]
    (first,), (second,) = (list(each.values()) for each in found)
    assert first == second
    return first


def in_census(**changes):
    other = FINDING | {"census": CENSUS | changes}
    return merged("disagreements", FINDING, other)["census"]


WIDE = CASE | {"inputs": [[0.0], [0.0]], "upstream": [[0.0], [0.0]]}
LONGER = CASE | {"inputs": [[2.5]], "upstream": [[1.25]]}
DEEP = CASE | {"layers": CASE["layers"] * 2}


@pytest.mark.parametrize(
    "larger",
    [
        {"smallest": False, "case": CASE | {"inputs": [[]]}},
        {"case": WIDE},
        {"case": DEEP},
        {"case": LONGER},
    ],
    ids=["not shrunk", "more samples", "more layers", "numbers less simple"],
)
def test_the_smaller_example_is_shown(larger):
    assert merged("disagreements", FINDING, FINDING | larger)["case"] == CASE


def test_of_equal_examples_the_one_is_shown_in_which_more_witnesses_agree():
    other = FINDING | {"agreeing": ["torch"], "parted": ["jax", "torch"]}

    found = merged("disagreements", FINDING, other)

    assert (found["agreeing"], found["parted"]) == (["torch"], ["jax", "torch"])


def test_who_parted_in_one_example_did_not_agree_in_another():
    other = FINDING | {"framework": "torch", "parted": ["torch"]}

    found = merged("disagreements", FINDING, other)

    assert (found["agreeing"], found["parted"]) == ([], ["jax", "torch"])


@pytest.mark.parametrize(
    "change",
    [{"kind": "has a wrong shape"}, {"outlier": "jax"}, {"quantity": "new_weights"}],
    ids=["kind", "outlier", "quantity"],
)
def test_what_is_about_something_else_stays_a_disagreement_of_its_own(change):
    name = "disagreements"
    both = entries.together(
        name, entries.keyed(name, [FINDING]), entries.keyed(name, [FINDING | change])
    )

    assert len(both) == 2


def test_a_census_adds_up_over_the_frameworks_that_it_counts():
    census = in_census(frameworks=["torch"], differing=4)

    assert (census["differing"], census["frameworks"]) == (7, ["jax", "torch"])
    assert census["constant_ratio"] == 2.0


@pytest.mark.parametrize(
    ("worst", "shown"),
    [
        ({"ulps": "10.0"}, "10.0"),
        ({"ulps": "inf"}, "inf"),
        ({"ulps": "9.0", "layer_and_index": []}, "2.0"),
        ({"ulps": "1.0"}, "2.0"),
    ],
)
def test_the_worst_element_is_the_worst_of_all(worst, shown):
    assert in_census(worst=WORST | worst)["worst"]["ulps"] == shown


@pytest.mark.parametrize(
    ("ratios", "both", "constant"),
    [
        (("2.0", "2.0"), ("2.0", "2.0"), 2.0),
        (("10.0", "10.0"), ("2.0", "10.0"), None),
        (("inf", "-inf"), ("2.0", "2.0"), 2.0),
        (("-inf", "inf"), ("-inf", "inf"), None),
    ],
    ids=["the same", "another", "nothing expected but 0", "no number"],
)
def test_a_ratio_is_constant_if_it_is_in_all_parts(ratios, both, constant):
    census = in_census(ratios=dict(zip(("smallest", "largest"), ratios, strict=True)))

    assert (*census["ratios"].values(), census["constant_ratio"]) == (*both, constant)


def test_zeros_of_both_signs_are_one_ratio_in_either_order():
    signed = ({"smallest": zero, "largest": zero} for zero in ("0.0", "-0.0"))
    zeros = [CENSUS | {"ratios": each} for each in signed]

    found = merged("disagreements", *(FINDING | {"census": each} for each in zeros))

    assert found["census"]["ratios"] == {"smallest": "-0.0", "largest": "0.0"}
    assert found["census"]["constant_ratio"] == 0


def change(*sides, changed=1, ulps=1.0):
    wrong = {side: side in sides for side in SIDES}
    (entry,) = regression.as_json({"new_biases": Change(9, changed, ulps, **wrong)})
    return entry


@pytest.mark.parametrize(
    ("one", "other", "answer", "sides_with"),
    [
        (change(changed=0, ulps=0.0), change(changed=0, ulps=0.0), SAME, None),
        (change(changed=0, ulps=0.0), change(), LEGAL, None),
        (change(), change("old_wrong"), DIFFERENT, "new"),
        (change("new_wrong"), change("old_wrong"), DIFFERENT, "neither"),
        # Bits are heard before balls, in whatever part they spoke.
        (change("old_outside"), change("new_wrong"), DIFFERENT, "old"),
    ],
)
def test_a_change_has_the_answer_of_all_parts(one, other, answer, sides_with):
    found = merged("regression", one, other)

    assert (found["answer"], found["sides_with"]) == (answer, sides_with)
    assert (found["elements"], found["changed"]) == (18, one["changed"] + other["changed"])
    assert found["largest_ulps"] == max(one["largest_ulps"], other["largest_ulps"])


def test_a_change_to_what_is_no_number_stays_one():
    assert merged("regression", change(), change(ulps=float("inf")))["largest_ulps"] is None


def test_machines_with_other_numbers_of_threads_are_all_told():
    one, other = (
        {"framework": "torch", "cases": 5, "threads": [1, many], "rounded_by_threads": [name]}
        for many, name in ((64, "new_weights"), (2, "layer_outputs"))
    )

    assert merged("determinism", one, other) == {
        "framework": "torch",
        "cases": 10,
        "threads": [1, 2, 64],
        "rounded_by_threads": ["layer_outputs", "new_weights"],
    }


def test_all_spellings_that_answer_the_same_are_named():
    one, other = (
        {"formula": "f", "point": "nan", "answers": {"forward": "0"}, "spellings": [name]}
        for name in ("torch.relu(z)", "jax.nn.relu(z)")
    )

    assert merged("conventions", one, other)["spellings"] == ["jax.nn.relu(z)", "torch.relu(z)"]


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        (["b", "a"], ["b", "a"], ["b", "a"]),
        (["b", "a"], ["b"], ["a", "b"]),
        (["b", "a"], [], ["a", "b"]),
        (["b"], ["a"], ["a", "b"]),
    ],
)
def test_an_order_is_kept_if_it_is_that_of_all_parts(one, other, order):
    keyed = (entries.keyed("notes", notes) for notes in (one, other))

    assert list(entries.together("notes", *keyed)) == order


def test_disagreements_are_sorted_by_the_order_of_the_quantities():
    findings = [FINDING | {"quantity": quantity} for quantity in reversed(QUANTITIES)]
    keyed = (entries.keyed("disagreements", some) for some in (findings[:3], findings[3:]))

    both = entries.together("disagreements", *keyed).values()

    assert [each["quantity"] for each in both] == list(QUANTITIES)
