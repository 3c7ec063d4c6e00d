"""Nothing on a page of `docs/` is taken on trust, and nothing can be changed without a failure."""

import re

import pytest

from tests.docs import mutants
from tests.docs.page import FOLDER, check

PAGES = {name: (FOLDER / name).read_text() for name in ("derivation.md", "how-it-checks.md")}
# Changes to a formula that leave it right, with the reason.
EQUIVALENT = {
    # Where z is positive its ReLU is, and nowhere else: one mask.
    "layer_outputs -> relu_outputs in >>> relu_backward(np.ones((3, 3)), layer_outputs)",
}
pages = pytest.mark.parametrize("name", PAGES)
# A changed page may divide by zero or overflow before it is found wrong.
lenient = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pages
def test_a_page_is_right(name):
    check(PAGES[name])


def passes(page):
    try:
        check(page)
    except Exception:  # a changed line may raise anything
        return False
    return True


@lenient
@pages
def test_no_digit_of_a_page_can_be_changed(name):
    changed = list(mutants.of_digits(PAGES[name]))

    assert len(changed) == len(re.findall(r"\d", PAGES[name])) > 100
    assert [change for page, change in changed if passes(page)] == []


@lenient
@pages
def test_no_formula_of_a_page_can_be_changed(name):
    changed = list(mutants.of_formulas(PAGES[name]))

    assert len(changed) > 40
    assert {change for page, change in changed if passes(page)} <= EQUIVALENT


RIGHT = """\
A word, `3 - 1 = 2`, float32, and [`dense_forward`](../reference/dense.py#L13).

```pycon
>>> x = 0.25
>>> x + x
0.5
```

So `x * x = 0.06`, `(1, 2) = (1, 2)` and `x`.
"""


def test_what_a_page_may_say_is_accepted():
    check(RIGHT)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("A word", "7 words", "line 1: a number that nothing computes"),
        ("`3 - 1 = 2`", "`3 - 2 = 2`", "line 1: `3 - 2` is 1, not 2"),
        ("= 0.06`", "= 0.07`", "line 9: `x * x` is 0.06, not 0.07"),
        ("= (1, 2)`", "= (1, 3)`", "line 9: `(1, 2)` is (1, 2), not (1, 3)"),
        ("`x`", "`x + x`", "line 9: `x + x` is computed by nothing"),
        ("float32", "float23", "line 1: float23 is no format"),
        ("```pycon", "```python", "line 3: code that is not run"),
        ("\n0.5\n", "\n0.6\n", "Expected:\n    0.6\nGot:\n    0.5\n"),
        ("dense.py", "thick.py", "line 1: no file ../reference/thick.py"),
        ("#L13", "#L14", "dense.py: line 14 does not define dense_forward"),
        ("#L13", "#L12", "dense.py: line 12 is empty"),
        ("#L13", "#L999", "dense.py: line 999 is empty"),
        ("dense_forward", "dense_backward", "dense.py: line 13 does not define dense_backward"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_told_with_its_line(right, wrong, message):
    assert right in RIGHT

    with pytest.raises(AssertionError) as told:
        check(RIGHT.replace(right, wrong))

    assert message in str(told.value)


MASK = """\
See [`deriv_relu_wrt_z`](../reference/relu.py#L23-L26).

```pycon
>>> import numpy as np
>>> upstream = layer_outputs = np.zeros(())
>>> deriv_relu_wrt_z = upstream.copy()
>>> deriv_relu_wrt_z[layer_outputs <= 0] = 0
```
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("<= 0", "< 0", "line 23: `deriv_relu_wrt_z[layer_outputs <= 0] = 0` is not on the page"),
        ("L26", "L25", "relu.py: line 25 is no formula"),
        ("L23-L26", "L23-L23", "relu.py: line 23: 1 formulas there"),
        ("L23-L26", "L26", "relu.py: line 26 does not define deriv_relu_wrt_z"),
    ],
)
def test_a_formula_that_is_linked_must_be_shown_as_it_is(right, wrong, message):
    check(MASK)

    with pytest.raises(AssertionError, match=re.escape(message)):
        check(MASK.replace(right, wrong))
