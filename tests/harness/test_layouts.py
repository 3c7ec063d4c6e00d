"""Layouts: each is what its name says, holds the same numbers, and is no view of the original."""

import numpy as np
import pytest

from harness.layouts import LAYOUTS

OF = {layout.name: layout.of for layout in LAYOUTS}
DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]


def matrix(dtype=DTYPES[0], equal=True):
    return np.array([[1, -2, 3]] * 4, dtype) + (0 if equal else np.arange(4, dtype=dtype)[:, None])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_holds_the_same_numbers_in_memory_of_its_own(layout, dtype):
    array = matrix(dtype)
    relaid = layout.of(array)

    assert relaid.shape == array.shape
    assert relaid.tolist() == array.tolist()
    assert not np.shares_memory(relaid, array)
    assert relaid.flags.writeable is layout.writable


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("Fortran order", lambda a: a.flags.f_contiguous and not a.flags.c_contiguous),
        ("negative strides", lambda a: max(a.strides) < 0),
        ("a slice with gaps", lambda a: not a.flags.c_contiguous and not a.flags.f_contiguous),
        ("one row, broadcast", lambda a: a.strides[0] == 0),
        ("byte-swapped", lambda a: not a.dtype.isnative),
        ("unaligned", lambda a: not a.flags.aligned),
        ("read-only", lambda a: not a.flags.writeable),
    ],
)
def test_a_layout_is_what_its_name_says_and_a_copy_is_not(name, holds):
    assert holds(OF[name](matrix()))
    assert not holds(matrix())


def test_every_layout_is_named_once():
    assert len(OF) == len(LAYOUTS) == 7


def test_only_equal_rows_share_one_memory():
    assert OF["one row, broadcast"](matrix(equal=False)) is None
    assert OF["one row, broadcast"](matrix()[:1]) is None


def test_between_the_elements_of_a_slice_lies_nan():
    relaid = OF["a slice with gaps"](matrix())

    assert np.count_nonzero(np.isnan(relaid.base)) == relaid.base.size - relaid.size
