"""The diagnosis of what fails, of whole steps, and of errors between the known ones."""

from types import SimpleNamespace

import numpy as np
import pytest
from planting import ONE, TOY, finding, gradients, names, with_formula
from respelled import SPELLINGS

from harness.calling import one_by_one
from harness.case import Case, Layer
from harness.derivation import REFERENCE, TRAIN_STEP, formula_of
from harness.diagnosis import diagnose
from harness.finding import Diagnosis
from harness.mistakes import CATALOGUE
from harness.walk import walk

# As a learner writes it, a mistake fails, or has another shape, wherever shapes do not happen to
# fit; and a mean may be a sum of parts.
UNGUARDED = {
    "weights_transposed_again": ("layer_outputs", lambda x, w, b: x @ w.T + b),
    "star_for_dot": ("layer_outputs", lambda x, w, b: x * w + b),
    "biases_as_column": ("layer_outputs", lambda x, w, b: x @ w + b.T),
    "mask_transposed": ("deriv_relu_wrt_z", lambda d, z: d * (z > 0).T),
    "weights_not_transposed": (
        "deriv_relu_wrt_inputs",
        gradients(inputs=lambda d, x, w: d @ w),
    ),
    "inputs_not_transposed": (
        "deriv_relu_wrt_weights",
        gradients(weights=lambda d, x, w: x @ d),
    ),
    "weights_divided_by_batch": (
        "deriv_relu_wrt_weights",
        gradients(weights=lambda d, x, w: (x / len(x)).T @ d),
    ),
    "biases_axis_1_reshaped": (
        "deriv_relu_wrt_biases",
        gradients(biases=lambda d, x, w: d.sum(axis=1)[None]),
    ),
    "biases_mean": (
        "deriv_relu_wrt_biases",
        gradients(biases=lambda d, x, w: d.sum(axis=0, keepdims=True) * (1 / len(d))),
    ),
}


@pytest.mark.parametrize("name", UNGUARDED)
def test_a_mistake_that_fails_where_shapes_do_not_fit_is_named(name):
    quantity, code = UNGUARDED[name]
    formula = formula_of(quantity)
    derivation = with_formula(formula, code)

    assert names(diagnose(derivation, finding(quantity), TOY)) == [name]


def test_an_exception_is_explained_by_a_mistake_in_any_quantity_of_its_formula():
    raising = finding("deriv_relu_wrt_inputs", kind="raised an exception")
    derivation = with_formula("dense_backward", UNGUARDED["inputs_not_transposed"][1])

    assert names(diagnose(derivation, raising, TOY)) == ["inputs_not_transposed"]


def test_an_exception_that_is_no_mistake_s_is_not_explained():
    raising = finding("layer_outputs", kind="raised an exception")

    assert diagnose(with_formula("dense_forward", lambda x, w, b: 1 / 0), raising, TOY) is None


def test_where_the_derivation_fails_a_mistake_must_be_right():
    def one_unit_alone(upstream, layer_outputs):
        if len(upstream) > 1 or upstream.shape[1] > 1:
            raise ValueError("too much for me")
        return upstream.copy()

    derivation = with_formula("relu_backward", one_unit_alone)
    diagnosis = diagnose(derivation, finding("deriv_relu_wrt_z"), TOY)

    # mask_missing would pass the gradient of several units, too.
    assert diagnosis == Diagnosis(pattern="right except where z is 0 or below")


def step_of(derivation):
    """A whole step made of the formulas of a derivation."""

    def train_step(inputs, layers, upstream, learning_rate):
        stacked = tuple(Layer(w[None], b[None]) for w, b in layers)
        case = Case(inputs[None], stacked, upstream[None], learning_rate)
        trace = walk(one_by_one(derivation, case.shape, []), case)
        return [{name: array[0] for name, array in layer._asdict().items()} for layer in trace]

    return with_formula(TRAIN_STEP, train_step)


@pytest.mark.parametrize(
    "name", ["biases_subtracted", "mask_ge", "biases_mean", "weights_of_last_sample", "sign_plus"]
)
def test_a_wrong_formula_within_a_whole_step_is_named(name):
    mistake = next(each for each in CATALOGUE if each.name == name)
    step = step_of(with_formula(mistake.formula, SPELLINGS[name]))

    diagnosis = diagnose(step, finding(mistake.quantities[0], TRAIN_STEP), TOY)

    assert names(diagnosis) == [name]


def test_a_mistake_of_another_formula_or_quantity_is_not_named():
    """The bias gradient is a mean; the weights' gradient is wrong otherwise."""
    code = gradients(weights=lambda d, x, w: 5 * x.T @ d, biases=mean)
    derivation = with_formula("dense_backward", code)

    weights, biases = (
        diagnose(derivation, finding(quantity), TOY)
        for quantity in ("deriv_relu_wrt_weights", "deriv_relu_wrt_biases")
    )

    assert weights == Diagnosis(pattern="5 times the truth")
    assert names(biases) == ["biases_mean"]


def mean(d, x, w):
    return d.mean(axis=0, keepdims=True)


def test_the_bits_of_the_reported_case_count_where_rounding_cannot_explain_them():
    """A mean, but not on the reported shape."""

    def biases(d, x, w):
        return d.mean(axis=0, keepdims=True) * (1 + (len(d) == 3))

    derivation = with_formula("dense_backward", gradients(biases=biases))
    three = np.ones((1, 3, 1))
    case = Case(three, (Layer(ONE, ONE),), three, np.float64(1))

    def diagnosed(regime):
        reported = finding("deriv_relu_wrt_biases", case=case, regime=regime)
        return diagnose(derivation, reported, TOY)

    assert diagnosed("exact") == Diagnosis(pattern="the truth divided by batch")
    assert names(diagnosed("certified")) == ["biases_mean"]


def test_an_error_in_precision_has_that_pattern():
    def to_20_bits(z):
        mantissa, exponent = np.frexp(np.maximum(0, z))
        return np.ldexp(np.rint(mantissa * 2**20), exponent - 20)

    diagnosis = diagnose(with_formula("relu_forward", to_20_bits), finding("relu_outputs"), TOY)

    assert diagnosis == Diagnosis(pattern="right where all numbers are small integers")


def test_an_error_between_layers_has_that_pattern(load):
    right = load("right/whole_step.py").train_step

    def wrong(inputs, layers, upstream, learning_rate):
        steps = right(inputs, layers, upstream, learning_rate)
        for step in steps[1:]:
            step["new_biases"] = -step["new_biases"]
        return steps

    diagnosis = diagnose(with_formula(TRAIN_STEP, wrong), finding("new_biases", TRAIN_STEP), TOY)

    assert diagnosis == Diagnosis(pattern="right where there is one layer")


def test_what_answers_at_random_is_not_asked_again_and_again():
    calls = []

    def counts(layer_outputs):
        calls.append(1)
        return np.full_like(layer_outputs, len(calls))

    derivation = with_formula("relu_forward", counts)

    assert diagnose(derivation, finding("relu_outputs"), TOY) is None
    assert len(calls) <= 3


def test_a_kind_that_no_mistake_explains_is_not_diagnosed():
    derivation = with_formula("relu_forward", None)
    hung = finding("relu_outputs", kind="has a wrong dtype")

    assert diagnose(derivation, hung, TOY) is None


def test_a_witness_that_fails_ends_the_diagnosis_and_not_the_run():
    def trace(case):
        raise RuntimeError("I feel sick")

    sick = SimpleNamespace(name="sick", version="1.0", trace=trace)

    assert diagnose(REFERENCE, finding("relu_outputs"), sick) is None


def test_a_second_diagnosis_is_the_same():
    derivation = with_formula("dense_backward", gradients(biases=mean))
    reported = finding("deriv_relu_wrt_biases")

    first, second = (diagnose(derivation, reported, TOY) for _ in range(2))
    assert first == second
