"""A finding as text: what is printed is written out here as it should look."""

import re
from dataclasses import replace
from textwrap import dedent
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import render, verdict, verdict_json
from harness.case import Case, Layer
from harness.compare import Census
from harness.derivation import REFERENCE, formula_of
from harness.finding import VALUES, Diagnosis, Finding, Shown
from harness.mistakes import CATALOGUE, Mistake
from harness.tally import Row, Tally
from harness.verification import DERIVATION, Verification

MINE = REFERENCE._replace(name="mine.py", own=("dense_backward", "sgd_step"))
WITNESSES = [SimpleNamespace(name=name, version="1.0") for name in ("jax", "torch")]

CENSUS = Census(1, 2.0, 1.0, 2.0, (0, 0, 0))


def stacked(rows, dtype=np.float64):
    return np.array(rows, dtype, ndmin=2)[None]


def case(inputs=1.0, weights=1.0, biases=0.0, upstream=1.0, rate=1.0, dtype=np.float64):
    arrays = (stacked(rows, dtype) for rows in (inputs, weights, biases, upstream))
    inputs, weights, biases, upstream = arrays
    return Case(inputs, (Layer(weights, biases),), upstream, dtype(rate))


def finding(quantity, shown, kind=VALUES, framework="jax", agreeing=("torch",), **more):
    fields = {"outlier": DERIVATION, "census": CENSUS} | more
    formula = formula_of(quantity)
    outlier, census = fields["outlier"], fields["census"]
    return Finding(quantity, formula, kind, framework, agreeing, outlier, shown, census)


def block(found):
    """The text of one finding, between the headline and the line of versions."""
    verification = Verification(MINE, WITNESSES)
    verification.findings[found.quantity, found.kind, found.outlier] = found
    row = Row(found.quantity, found.framework, "exact", "float64")
    verification.tallies[row] = Tally(elements=8000)
    result = verdict.Verdict(verification, 0, "pytest tests/derivation", (), ())
    lines = render.render(verdict_json.as_json(result))
    return "\n".join(lines[2 : lines.index("", 2)])


def text(written):
    return dedent(written).strip("\n")


IN_A_BATCH = case([[-1], [0]], [[-1, 0]], [[0, 2.5]], [[1, 1e-05], [0, 3]], 0.5, np.float32)
ARRAYS = np.float32([[1, 3]]), np.float32([[1, 1.5]])
BIASES = finding(
    "deriv_relu_wrt_biases",
    Shown(IN_A_BATCH, "exact", 0, (0, 1), "3.0", "1.5", ARRAYS, smallest=True),
    census=Census(1234, 4194304.0, 3.0, 1.5, (1, 0, 2), (0.5, 0.75)),
)
TWO_LAYERS = Case(
    stacked([[1, 2]]),
    (Layer(stacked([[1], [-2]]), stacked(3)), Layer(stacked([[0.1, 1 / 3]]), stacked([[0, 1]]))),
    stacked([[1, -1]]),
    np.float64(0.1),
)
ALONE = finding(
    "layer_outputs",
    Shown(TWO_LAYERS, "certified", 1, (0, 1), "0.2", "nan", (stacked([[0.1, np.nan]])[0],) * 2),
    framework="torch",
    agreeing=(),
    outlier="torch",
)
EMPTY = case(np.zeros((0, 3)), np.ones((3, 2)), [[1, 2]], np.zeros((0, 2)))
FAULT = finding(
    "deriv_relu_wrt_biases",
    Shown(EMPTY, "exact", 0, (), "shape (1, 2)", "shape (2,)"),
    kind="has a wrong shape",
)


def test_a_disagreement_in_values():
    assert block(BIASES) == text("""
    deriv_relu_wrt_biases disagrees with jax: layer 0, index [0, 1]
      expected  3.0   (jax; torch agrees)
      observed  1.5   (mine.py, dense_backward)
      regime    exact: rounding cannot explain any difference
      case      float32, learning rate 0.5, the smallest found:
                inputs   weights      biases       upstream
                [[-1.]   [[-1.  0.]]  [[ 0. 2.5]]  [[    1. 1.e-05]
                 [ 0.]]                             [    0.     3.]]
                deriv_relu_wrt_biases, the element marked:
                expected       observed
                [[  1. >3.<]]  [[   1. >1.5<]]
      census    1,234 of 8,000 elements differ in the whole run
                worst: 4.19e+06 units in the last place, layer 1, index [0, 2]:
                expected 3.0, observed 1.5
      try       Work this case out on paper, beside what the formula computes.
      reproduce pytest tests/derivation
    """)


def test_a_framework_that_stands_alone_in_several_layers():
    assert block(ALONE) == text("""
    torch stands alone in layer_outputs: layer 1, index [0, 1]
      expected  0.2   (reference, dense_forward; jax agrees)
      observed  nan   (torch)
      regime    certified: more than rounding can explain, in any order of summation
      why       The derivation and all others agree, so the framework is suspect.
      try       Ask another version of the framework, or report this case there.
      case      float64, learning rate 0.1, as it was met:
                inputs     weights 0  biases 0
                [[1. 2.]]  [[ 1.]     [[3.]]
                            [-2.]]
                weights 1                                  biases 1   upstream
                [[               0.1 0.3333333333333333]]  [[0. 1.]]  [[ 1. -1.]]
                layer_outputs, the element marked:
                expected         observed
                [[  0.1 >nan<]]  [[  0.1 >nan<]]
      census    1 of 8,000 elements differ in the whole run
                worst: 2 units in the last place, layer 0, index [0, 0]:
                expected 1.0, observed 2.0
      reproduce pytest tests/derivation
    """)


def test_a_formula_that_misbehaves_on_an_empty_batch():
    assert block(FAULT) == text("""
    dense_backward has a wrong shape: deriv_relu_wrt_biases, layer 0
      expected  shape (1, 2)
      observed  shape (2,)   (mine.py)
      why       NumPy broadcasts in silence, so the update goes wrong elsewhere.
      try       Print the shape after each line. keepdims=True keeps a summed axis.
      case      float64, learning rate 1.0, as it was met:
                inputs               weights    biases     upstream
                empty, shape (0, 3)  [[1. 1.]   [[1. 2.]]  empty, shape (0, 2)
                                      [1. 1.]
                                      [1. 1.]]
      reproduce pytest tests/derivation
    """)


def test_a_single_element_needs_no_mark():
    one = np.float64([[1]])
    single = finding("new_biases", Shown(case(), "exact", 0, (0, 0), "1.0", "2.0", (one, one * 2)))

    assert "            new_biases:\n            expected  observed\n" in block(single)
    assert "            [[1.]]    [[2.]]\n" in block(single)


@pytest.mark.parametrize(
    ("ratios", "says"),
    [
        ((-1.0, -1.0), "observed / expected is always -1"),
        ((0.5, 2.0), "worst: "),
        ((0, -0.0), "observed / expected is always 0"),
    ],
)
def test_a_constant_ratio_is_named(ratios, says):
    census = Census(1, 1.0, 1.0, 2.0, (0, 0, 0), ratios)

    lines = block(replace(BIASES, census=census)).splitlines()
    place = next(place for place, line in enumerate(lines) if "census" in line)

    assert lines[place] == "  census    1 of 8,000 elements differ in the whole run"
    assert lines[place + 1].strip().startswith(says)


MEAN = Mistake(
    *("biases_mean", "dense_backward", ("deriv_relu_wrt_biases",), None),
    "The mean over the batch is taken, and the document sums along axis 0. Bias 0 gets -5.036667.",
)
OTHER = MEAN._replace(name="other_one", lesson="Another lesson.")


def after_the_census(diagnosis, found=BIASES):
    lines = block(replace(found, diagnosis=diagnosis)).splitlines()
    place = next(place for place, line in enumerate(lines) if "expected 3.0, obs" in line)
    return "\n".join(lines[place + 1 :])


def test_a_mistake_is_named_in_words_with_its_lesson():
    assert after_the_census(Diagnosis((MEAN,))).splitlines() == [
        "  mistake   biases mean: The mean over the batch is taken, and the document sums",
        "            along axis 0. Bias 0 gets -5.036667.",
        "  reproduce pytest tests/derivation",
    ]


def test_mistakes_that_nothing_tells_apart_are_all_named():
    assert [line[:20] for line in after_the_census(Diagnosis((MEAN, OTHER))).splitlines()] == [
        "  mistake   biases m",
        "            along ax",
        "  or        other on",
        "  reproduce pytest t",
    ]


def test_an_unknown_error_is_said_to_be_that_and_its_pattern_is_told():
    unknown, attempt, reproduce = after_the_census(Diagnosis()).splitlines()

    assert unknown == "  mistake   no known mistake does this"
    assert attempt.startswith("  try       Work this case out on paper")
    assert after_the_census(Diagnosis(pattern="3 times the truth")).splitlines() == [
        unknown,
        "  pattern   3 times the truth, in every case that was tried",
        attempt,
        reproduce,
    ]


def test_a_mistake_explains_a_formula_that_misbehaves_too():
    lines = block(replace(FAULT, diagnosis=Diagnosis((MEAN,)))).splitlines()

    assert lines[-3].startswith("  mistake   biases mean: The mean")


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_lesson_is_at_most_80_columns_wide(mistake):
    assert max(map(len, after_the_census(Diagnosis((mistake,))).splitlines())) <= 80


@pytest.mark.parametrize("shape", [(4, 4, 4), (4, 2, 4), (2, 4, 3), (1, 3, 1)])
def test_lines_are_at_most_80_columns_wide(shape):
    rng = np.random.default_rng(3)
    batch, n_inputs, n_neurons = shape
    sizes = (batch, n_inputs), (n_inputs, n_neurons), (1, n_neurons), (batch, n_neurons)
    drawn = case(*(rng.normal(size=size) for size in sizes), rng.random(), np.float32)
    arrays = drawn.layers[0].weights[0], drawn.layers[0].weights[0]
    wide = finding("new_weights", Shown(drawn, "certified", 0, (0, 0), "1.5", "2.5", arrays))

    assert max(map(len, block(wide).splitlines())) <= 80


@given(st.floats() | st.floats(-1000, 1000), st.sampled_from([np.float32, np.float64]))
def test_a_printed_number_reads_back_to_the_same_number(value, dtype):
    with np.errstate(over="ignore", under="ignore"):
        number = dtype(value)

    lines = block(replace(FAULT, shown=FAULT.shown._replace(case=case(number, dtype=dtype))))

    printed = re.search(r"^ *\[\[(\S+)\]\]", lines, re.MULTILINE)[1]
    assert np.array_equal(dtype(printed), number, equal_nan=True)
    assert np.signbit(dtype(printed)) == np.signbit(number) or np.isnan(number)
