"""NumPy's protocols, translated: how the reference formulas run on something not an ndarray.

A formula written for 2-D arrays (`.T`, `np.dot`, `np.sum(..., axis=0)`, `d[z <= 0] = 0`) calls
one method here for each operation. A subclass states what that operation means for its kind of
number, for the matrices in the last two axes of its arrays. What has no rule is refused: a rule
that guesses would certify nothing.
"""

from abc import ABC, abstractmethod
from functools import partial, reduce
from typing import Any, ClassVar, Self

import numpy as np

from harness.case import Array, Shape


class NoRuleError(TypeError):
    """A formula used an operation that this kind of number has no rule for."""


class Number(ABC):
    """A matrix, or a stack of them, of some kind of number."""

    _RULES: ClassVar[dict[Any, str]] = {
        np.add: "plus",
        np.subtract: "minus",
        np.multiply: "times",
        np.negative: "negated",
        np.matmul: "dot",
        np.dot: "dot",
        np.maximum: "maximum",
        np.less_equal: "at_most",
        np.less: "below",
        np.copy: "copy",
        np.transpose: "transposed",
        np.true_divide: "divided",
        np.exp: "exp",
        np.log: "log",
        np.mean: "mean",
        np.diagflat: "diagonal",
    }
    # Those of rows and columns keep their dimension.
    _REDUCTIONS: ClassVar[dict[tuple[Any, int | None], str]] = {
        (np.sum, 0): "column_sum",
        (np.sum, 1): "row_sum",
        (np.max, 1): "row_max",
    }

    @property
    def shape(self) -> Shape:
        """Of the whole stack."""
        raise NoRuleError(f"{type(self).__name__} has no rule for shapes")

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @abstractmethod
    def constant(self, value: Any) -> Self:
        """The exact number `value`, of the kind of self; one that is of it already is returned."""

    @abstractmethod
    def mapped(self, function: Any) -> Self:
        """The number with `function`, which only moves elements, applied to each array it holds."""

    @abstractmethod
    def plus(self, other: Self) -> Self: ...
    @abstractmethod
    def times(self, other: Self) -> Self: ...
    @abstractmethod
    def negated(self) -> Self: ...
    @abstractmethod
    def dot(self, other: Self) -> Self: ...
    @abstractmethod
    def column_sum(self) -> Self:
        """The sum over the rows of each matrix, kept as one row."""

    @abstractmethod
    def maximum(self, other: Self) -> Self: ...
    @abstractmethod
    def at_most(self, other: Self) -> Any:
        """Where self <= other: whatever `__setitem__` takes for a mask."""

    @abstractmethod
    def below(self, other: Self) -> Any:
        """Where self < other, in the same form."""

    @abstractmethod
    def __setitem__(self, mask: Any, value: Any) -> None: ...

    def row_sum(self) -> Self:
        """The sum over the columns of each matrix, kept as one column."""
        return self.transposed().column_sum().transposed()

    def row_max(self) -> Self:
        """The largest of each row, kept as one column."""
        columns = [self.mapped(partial(_column, at=at)) for at in range(self.shape[-1])]
        return reduce(type(self).maximum, columns)

    def divided(self, other: Self) -> Self:
        raise NoRuleError(f"{type(self).__name__} has no rule for division")

    def exp(self) -> Self:
        raise NoRuleError(f"{type(self).__name__} has no rule for np.exp")

    def log(self) -> Self:
        raise NoRuleError(f"{type(self).__name__} has no rule for np.log")

    def mean(self) -> Self:
        """The mean of all elements of each matrix: one number."""
        rows, columns = self.shape[-2:]
        total = self.row_sum().column_sum().mapped(_only)
        return total.divided(self.constant(np.float64(rows * columns)))

    def diagonal(self) -> Self:
        """A row as the diagonal of a matrix that is zero elsewhere."""
        return self.mapped(_diagonal)

    def __len__(self) -> int:
        return int(self.shape[-2])

    def __getitem__(self, rows: slice) -> Self:
        """Some rows of each matrix."""
        if not isinstance(rows, slice):
            raise NoRuleError(f"{type(self).__name__} has no rule for an index but a slice of rows")
        return self.mapped(lambda array: np.broadcast_to(array, self.shape)[..., rows, :])

    def where(self, mask: Any, other: Self) -> Self:
        """Self where the mask holds, and other elsewhere."""
        result = other.copy()
        result[mask] = self
        return result

    def copy(self) -> Self:
        return self.mapped(np.copy)

    def transposed(self) -> Self:
        return self.mapped(_swap_matrix_axes)

    def minus(self, other: Self) -> Self:
        return self.plus(other.negated())

    T = property(transposed)

    def __add__(self, other: Any) -> Self:
        return self.plus(self.constant(other))

    def __radd__(self, other: Any) -> Self:
        return self.constant(other).plus(self)

    def __sub__(self, other: Any) -> Self:
        return self.minus(self.constant(other))

    def __mul__(self, other: Any) -> Self:
        return self.times(self.constant(other))

    def __rmul__(self, other: Any) -> Self:
        return self.constant(other).times(self)

    def __truediv__(self, other: Any) -> Self:
        return self.divided(self.constant(other))

    def __matmul__(self, other: Any) -> Self:
        return self.dot(self.constant(other))

    def __neg__(self) -> Self:
        return self.negated()

    def __le__(self, other: Any) -> Any:
        return self.at_most(self.constant(other))

    def __lt__(self, other: Any) -> Any:
        return self.below(self.constant(other))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        rule = self._RULES.get(ufunc)
        if rule is None or method != "__call__" or kwargs:
            raise NoRuleError(f"{type(self).__name__} has no rule for np.{ufunc.__name__}")
        first, *others = map(self.constant, inputs)
        return getattr(first, rule)(*others)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        axis, kept = kwargs.get("axis"), kwargs.get("keepdims")
        reduction = self._REDUCTIONS.get((func, axis))
        if reduction and len(args) == 1 and kept is True and len(kwargs) == 2:
            return getattr(args[0], reduction)()
        if func is np.where and not isinstance(args[0], Number):
            mask, chosen, other = args
            return self.constant(chosen).where(mask, self.constant(other))
        rule = self._RULES.get(func)
        if rule is None or kwargs:
            raise NoRuleError(f"{type(self).__name__} has no rule for np.{func.__name__} as called")
        first, *others = map(self.constant, args)
        return getattr(first, rule)(*others)


def _swap_matrix_axes(array: Array) -> Array:
    return array.swapaxes(-1, -2)


def _column(array: Array, at: int) -> Array:
    return array[..., at : at + 1]


def _diagonal(row: Array) -> Array:
    return np.where(np.eye(row.shape[-1], dtype=bool), row, row.dtype.type(0))


def _only(matrix: Array) -> Array:
    return matrix[..., 0, 0]
