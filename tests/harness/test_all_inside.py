"""The cheap answer of the certified comparison: all inside, and how near the edge, in one pass."""

import numpy as np
import pytest

from harness.ball import Ball
from harness.compare import all_inside
from harness.formats import precision

INF, NAN = np.inf, np.nan


def balls(mids, radii, ambiguous=False):
    mid, radius = np.array([mids], np.longdouble), np.array([radii])
    ball = Ball(precision(np.dtype(np.float64)), mid, radius, np.abs(mid).astype(np.float64))
    if ambiguous is not False:  # else there is nothing to look at
        ball.ambiguous = np.array(ambiguous)
    return ball


@pytest.mark.parametrize(
    ("mids", "radii", "ambiguous", "values", "largest"),
    [
        ([1.0, 8.0], [2.0, 4.0], False, [[2.0, 7.0]], 0.5),
        ([1.0, 8.0], [2.0, 4.0], False, [[2.0, 7.0], [1.0, 11.0]], 0.75),
        ([1.0, 8.0], [2.0, 4.0], False, [[3.0, 7.0]], 1.0),
        ([1.0, 8.0], [2.0, 4.0], False, [[2.0, 7.0], [3.5, 8.0]], None),
        ([1.0, 8.0], [2.0, 4.0], False, [[3.5, 8.0], [2.0, 7.0]], None),
        ([1.0, 8.0], [2.0, 4.0], [[False, True]], [[2.0, 12.0]], 0.5),
        ([1.0, 8.0], [2.0, 4.0], [[True, True]], [[2.0, 12.0]], 0.0),
        ([1.0, 8.0], [0.0, 4.0], False, [[1.0, 8.0]], 0.0),
        ([1.0, 8.0], [0.0, 4.0], False, [[1.0, 9.0]], 0.25),
        ([1.0, 8.0], [0.0, 4.0], False, [[2.0, 8.0]], None),
        ([1.0, 8.0], [2.0, INF], False, [[1.0, 8.0]], None),
        ([1.0, 8.0], [NAN, 4.0], False, [[1.0, 8.0]], None),
        ([1.0, INF], [2.0, 0.0], False, [[1.0, INF]], None),
        ([1.0, 8.0], [2.0, 4.0], False, [[NAN, 8.0]], None),
        # What longdouble resolves, and the nearest float64 does not.
        ([1 + np.longdouble(2) ** -60], [2.0**-61], False, [[1.0]], None),
        ([1 + np.longdouble(2) ** -60], [2.0**-59], False, [[1.0]], 0.5),
        ([1 - np.longdouble(2) ** -60], [2.0**-59], False, [[1.0]], 0.5),
    ],
)
def test_where_all_are_inside_one_pass_tells_the_largest_ratio(
    mids, radii, ambiguous, values, largest
):
    found = all_inside(balls(mids, radii, ambiguous), *(np.array([each]) for each in values))

    assert found == largest
