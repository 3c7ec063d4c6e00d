"""A verdict that was stored says, read back, all that it said: its text, its cases, its shapes."""

import json
from types import SimpleNamespace

import numpy as np
import parts
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness import case as cases
from harness import verdict, verdict_json
from harness.calling import one_by_one
from harness.case import QUANTITIES, Case, Layer, quantity_shapes
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.render import render
from harness.tally import Row, Tally
from harness.verdict_read import FORM, VerdictError, read
from harness.verification import Verification
from harness.walk import walk

TOY = SimpleNamespace(
    name="toy",
    version="1.0",
    trace=lambda case: walk(one_by_one(REFERENCE, case.shape, []), case),
)


GONE = object()


def stored(written):
    return json.loads(json.dumps(written, allow_nan=False))


@st.composite
def one_case(draw):
    """A case of any numbers, in any format, with any size 0 among its sizes but for the layers."""
    dtype = draw(st.sampled_from(FORMATS))
    batch, *widths = draw(st.lists(st.integers(0, 3), min_size=3, max_size=4))
    bits = {2: np.uint16, 4: np.uint32, 8: np.uint64}[dtype.itemsize]

    def array(*shape):
        drawn = draw(arrays(bits, (1, *shape))).view(dtype)
        return np.where(np.isfinite(drawn), drawn, dtype.type(1))

    shapes = quantity_shapes((batch, *widths))
    layers = tuple(Layer(array(*each.new_weights), array(*each.new_biases)) for each in shapes)
    return Case(array(batch, widths[0]), layers, array(batch, widths[-1]), dtype.type(0.1))


@given(one_case())
def test_a_case_is_read_back_with_its_shape_and_to_the_same_bits(case):
    read = cases.from_json(stored(cases.as_json(case)))

    assert (read.shape, read.dtype) == (case.shape, case.dtype)
    assert read.learning_rate.tobytes() == case.learning_rate.tobytes()
    one, other = (
        [each.inputs, each.upstream, *(array for layer in each.layers for array in layer)]
        for each in (read, case)
    )
    for mine, theirs in zip(one, other, strict=True):
        assert mine.shape == theirs.shape
        assert mine.tobytes() == theirs.tobytes()


def test_a_case_whose_sizes_do_not_fit_is_refused():
    one = np.ones((1, 1, 1))
    written = cases.as_json(Case(one, (Layer(one, one),), one, np.float64(1)))

    with pytest.raises(ValueError, match="reshape"):
        cases.from_json(written | {"upstream": [[1.0, 2.0]]})


@pytest.mark.parametrize(
    "file",
    ["wrong/bias_mean.py", "wrong/two_errors.py", "odd/flat_bias.py", "right/parameters_alone.py"],
)
def test_a_stored_verdict_is_shown_as_a_fresh_one(file, load):
    result, rng = Verification(load(file), [TOY], REFERENCE), np.random.default_rng(2)
    for dtype in FORMATS:
        result.check(lattice_stack(rng, (2, 2, 3), dtype, LADDER[0], 4), "exact")
        result.check(float_stack(rng, (0, 3, 2), dtype, 4), "certified")
    written = verdict_json.as_json(verdict.conclude(result, 0, "pytest", ["jax"], ["x ended"]))

    assert stored(written) == written
    assert render(stored(written)) == render(written)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.1])
@pytest.mark.parametrize("dtype", FORMATS[:2])
def test_the_whole_arrays_of_a_disagreement_read_back(value, dtype):
    one, wrong = np.ones((1, 1, 2), dtype), np.array([[value, -0.5]], dtype)
    mine = REFERENCE._replace(
        name="mine.py", own=("sgd_step",), sgd_step=lambda p, g, r: wrong.copy()
    )
    result = Verification(mine, [TOY])
    column = np.ones((1, 1, 1), dtype)
    result.check(Case(column, (Layer(one, one),), one, dtype.type(1)), "exact")
    written = stored(verdict_json.as_json(verdict.conclude(result, 0, "pytest", (), ())))

    (biases,) = (each for each in written["disagreements"] if each["quantity"] == "new_biases")
    (found,) = (each for each in result.findings.values() if each.quantity == "new_biases")
    for name, array in zip(("expected", "observed"), found.shown.arrays, strict=True):
        rows = [[float(number) for number in row] for row in biases["arrays"][name]]
        assert np.array(rows, dtype).tobytes() == array.tobytes()


def tallied(changes):
    """Two shapes for every quantity but for the changes."""
    both = {(2, 10, 2), (2, 3, 2)}
    return {
        Row(quantity, "toy", "exact", "float64"): Tally(changes.get(quantity, both), cases=3)
        for quantity in reversed(QUANTITIES)
    }


def test_the_shapes_are_listed_once_for_the_quantities_that_met_them():
    written = verdict_json.checked_as_json(tallied({}))

    assert written["shapes"] == [
        {
            "framework": "toy",
            "regime": "exact",
            "dtype": "float64",
            "quantities": list(QUANTITIES),
            "shapes": "2x3x2 2x10x2",
        }
    ]
    assert {row["shapes"] for row in written["checked"]} == {2}


def test_a_quantity_that_met_other_shapes_is_listed_by_itself():
    few = {"relu_outputs": {(2, 3, 2)}, "new_biases": set()}

    listed = verdict_json.checked_as_json(tallied(few))["shapes"]

    others = [quantity for quantity in QUANTITIES if quantity not in few]
    assert [(each["quantities"], each["shapes"]) for each in listed] == [
        (others, "2x3x2 2x10x2"),
        (["relu_outputs"], "2x3x2"),
        (["new_biases"], ""),
    ]


def test_tallies_read_back_with_their_shapes():
    tallies = tallied({"relu_outputs": {(2, 3, 2)}, "new_biases": set()})

    assert verdict_json.tallies_of(stored(verdict_json.checked_as_json(tallies))) == tallies


def test_shapes_that_do_not_make_the_count_are_refused():
    written = verdict_json.checked_as_json(tallied({}))
    written["shapes"][0]["shapes"] = "2x3x2"

    with pytest.raises(ValueError, match="layer_outputs toy exact float64: 2 shapes, expected 1"):
        verdict_json.tallies_of(written)


@pytest.fixture(scope="module")
def written():
    """The JSON of a verdict with something in most of its lists."""
    conventions = parts.of_the_reference()[0]["conventions"]
    return stored(parts.of_a_wrong_derivation()[0] | {"conventions": conventions})


def changed(value, where, becomes):
    """The value with what is at a place replaced, or taken away for None."""
    first, *rest = where
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[first] = changed(value[first], rest, becomes)
    elif becomes is GONE:
        del copy[first]
    else:
        copy[first] = becomes
    return copy


@pytest.mark.parametrize(
    ("where", "becomes", "wrong"),
    [
        (["seed"], "3", "it.seed: expected int, not '3'"),
        (["seed"], True, "it.seed: expected int, not True"),
        (["agrees"], None, "it.agrees: expected bool, not None"),
        (["kink"], "0", "it.kink: expected float, not '0'"),
        (["seed"], GONE, "it has no key 'seed'"),
        (["more"], 1, "it has an unknown key 'more'"),
        (["against"], 1, "it.against: expected str, not 1"),
        (["formulas", "sgd_step"], 1, "it.formulas.sgd_step: expected str, not 1"),
        (["notes"], {}, "it.notes: expected a list, not {}"),
        (["frameworks", 1], "jax", "it.frameworks[1]: expected an object, not 'jax'"),
        (["checked", 2, "live"], 1.5, "it.checked[2].live: expected int, not 1.5"),
        (["checked", 0, "binades"], [1], "it.checked[0].binades: expected 17 whole numbers, or "),
        (
            ["checked", 0, "shapes"],
            3,
            "ValueError: layer_outputs jax certified float64: 3 shapes, expected 1",
        ),
        (["shapes", 0, "shapes"], "1xb", "ValueError: invalid literal for int() with base 10: 'b'"),
        (["conventions", 0, "point"], "pi", "it.conventions[0].point: expected one of '-0', "),
        (
            ["disagreements", 0, "arrays", "expected", 0, 0],
            "none",
            "it.disagreements[0].arrays.expected[0][0]: expected a number, or text that is one, ",
        ),
        (["disagreements", 0, "case", "dtype"], "int8", "it.disagreements[0].case.dtype: expect"),
        (["disagreements", 0, "case", "inputs"], [[1.0], []], "ValueError: setting an array elem"),
        (["disagreements", 0, "case", "layers"], [], "ValueError: cannot reshape array of size"),
        (["disagreements", 0, "formula"], "f", "KeyError: 'f'"),
        (["disagreements", 0, "index"], [9, 9], "IndexError: list index out of range"),
    ],
)
def test_what_is_no_verdict_is_refused_in_one_line(where, becomes, wrong, written, tmp_path):
    path = tmp_path / "v.json"
    path.write_text(json.dumps(changed(written, where, becomes)))

    with pytest.raises(VerdictError) as refused:
        read(path)

    assert str(refused.value).startswith(
        f"{path}: is no verdict as --verdict-json writes it: {wrong}"
    )
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("made", [parts.of_the_reference, parts.of_a_wrong_derivation])
def test_a_verdict_that_was_written_is_read_back_as_it_was(made, tmp_path):
    for each in made():
        verdict_json.write(each, tmp_path / "v.json")

        assert read(tmp_path / "v.json") == each


def test_the_form_has_a_verdict_s_keys_in_their_order(written):
    assert list(written) == list(FORM)
