"""NumPy's protocols reach the rule of each operation, and what has no rule is refused."""

import numpy as np
import pytest

from harness.algebra import NoRuleError, Number
from harness.extent import Extent
from reference import cross_entropy_forward, softmax_backward, softmax_forward


class Written(Number):
    """A number that writes down which rules made it."""

    def __init__(self, text):
        self.text = text

    def constant(self, value):
        return value if isinstance(value, Written) else Written("constant")

    def mapped(self, function):
        return Written(f"{function.__name__.strip('_')}({self.text})")

    def plus(self, other):
        return Written(f"plus({self.text}, {other.text})")

    def times(self, other):
        return Written(f"times({self.text}, {other.text})")

    def negated(self):
        return Written(f"negated({self.text})")

    def dot(self, other):
        return Written(f"dot({self.text}, {other.text})")

    def column_sum(self):
        return Written(f"column_sum({self.text})")

    def divided(self, other):
        return Written(f"divided({self.text}, {other.text})")

    def exp(self):
        return Written(f"exp({self.text})")

    def log(self):
        return Written(f"log({self.text})")

    def row_sum(self):
        return Written(f"row_sum({self.text})")

    def row_max(self):
        return Written(f"row_max({self.text})")

    def mean(self):
        return Written(f"mean({self.text})")

    def diagonal(self):
        return Written(f"diagonal({self.text})")

    def maximum(self, other):
        return Written(f"maximum({self.text}, {other.text})")

    def at_most(self, other):
        return f"at_most({self.text}, {other.text})"

    def below(self, other):
        return f"below({self.text}, {other.text})"

    def __setitem__(self, mask, value):
        self.text = f"masked({self.text}, {mask}, {getattr(value, 'text', value)})"


A, B = Written("a"), Written("b")
ARRAY = np.ones((2, 2))


def masked():
    result = Written("d")
    result[A <= 0] = 0
    return result


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (lambda: A + B, "plus(a, b)"),
        (lambda: np.add(A, B), "plus(a, b)"),
        (lambda: 1 + A, "plus(constant, a)"),
        (lambda: ARRAY + A, "plus(constant, a)"),
        (lambda: A + ARRAY, "plus(a, constant)"),
        (lambda: A - B, "plus(a, negated(b))"),
        (lambda: ARRAY - A, "plus(constant, negated(a))"),
        (lambda: np.subtract(A, B), "plus(a, negated(b))"),
        (lambda: -A, "negated(a)"),
        (lambda: np.negative(A), "negated(a)"),
        (lambda: A * B, "times(a, b)"),
        (lambda: np.float64(2) * A, "times(constant, a)"),
        (lambda: 2 * A, "times(constant, a)"),
        (lambda: A @ B, "dot(a, b)"),
        (lambda: ARRAY @ A, "dot(constant, a)"),
        (lambda: np.dot(A, B), "dot(a, b)"),
        (lambda: np.dot(A, ARRAY), "dot(a, constant)"),
        (lambda: np.matmul(A, B), "dot(a, b)"),
        (lambda: np.maximum(0, A), "maximum(constant, a)"),
        (lambda: np.sum(A, axis=0, keepdims=True), "column_sum(a)"),
        (lambda: np.sum(A, axis=1, keepdims=True), "row_sum(a)"),
        (lambda: np.max(A, axis=1, keepdims=True), "row_max(a)"),
        (lambda: np.mean(A), "mean(a)"),
        (lambda: np.diagflat(A), "diagonal(a)"),
        (lambda: np.exp(A), "exp(a)"),
        (lambda: np.log(A), "log(a)"),
        (lambda: A / B, "divided(a, b)"),
        (lambda: A / 3, "divided(a, constant)"),
        (lambda: ARRAY / A, "divided(constant, a)"),
        (lambda: np.divide(A, B), "divided(a, b)"),
        (lambda: A.T, "swap_matrix_axes(a)"),
        (lambda: np.transpose(A), "swap_matrix_axes(a)"),
        (lambda: A.copy(), "copy(a)"),
        (lambda: np.copy(A), "copy(a)"),
        (lambda: np.where(A <= 0, B, A), "masked(copy(a), at_most(a, constant), b)"),
        (lambda: np.where(A < 0, 0, A), "masked(copy(a), below(a, constant), constant)"),
        (lambda: np.where(np.less(A, B), A, 1), "masked(copy(constant), below(a, b), a)"),
        (masked, "masked(d, at_most(a, constant), 0)"),
    ],
)
def test_an_operation_reaches_its_rule(operation, rule):
    assert operation().text == rule


@pytest.mark.parametrize(
    "operation",
    [
        lambda: np.sqrt(A),
        lambda: np.floor_divide(A, B),
        lambda: np.greater(A, B),
        lambda: np.add.reduce(A),
        lambda: np.add(A, B, out=ARRAY),
        lambda: np.sum(A),
        lambda: np.sum(A, axis=1),
        lambda: np.sum(A, axis=0),
        lambda: np.sum(A, axis=1, keepdims=True, where=ARRAY),
        lambda: np.max(A),
        lambda: np.max(A, axis=0, keepdims=True),
        lambda: np.mean(A, axis=0),
        lambda: np.diagflat(A, k=1),
        lambda: np.dot(A, B, out=ARRAY),
        lambda: np.where(A, B, 0),
    ],
)
def test_what_has_no_rule_is_refused(operation):
    with pytest.raises(NoRuleError, match="Written has no rule for np"):
        operation()


@pytest.mark.parametrize("index", [0, (0, 1), ..., None, [0, 1]])
def test_an_index_but_a_slice_of_rows_is_refused(index):
    with pytest.raises(NoRuleError, match="Written has no rule for an index but a slice of rows"):
        A[index]


def test_what_a_kind_of_number_has_no_rule_for_is_refused():
    extent = Extent.of(ARRAY)

    for operation in (
        lambda: np.exp(extent),
        lambda: np.log(extent),
        lambda: extent / extent,
        lambda: len(extent),
        lambda: extent[0:1],
        lambda: np.max(extent, axis=1, keepdims=True),
        lambda: extent.__setitem__(slice(0, 1), 0),
        lambda: softmax_forward(extent),
        lambda: softmax_backward(extent, extent),
        lambda: cross_entropy_forward(extent, np.array([0, 1])),
    ):
        with pytest.raises(NoRuleError, match="Extent has no rule for"):
            operation()
