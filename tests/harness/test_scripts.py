"""Right scripts, however they are written, agree in every quantity, regime and dtype."""

import numpy as np
import pytest
from planting import TOY
from scripts import RIGHT

from harness.candidate import load
from harness.case import QUANTITIES
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

SHAPES = [(1, 1, 1), (2, 1, 1), (2, 2, 2), (1, 2, 3), (0, 2, 1), (2, 3, 3), (3, 4, 3)]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_script_agrees_in_everything(name, tmp_path):
    (tmp_path / "mine.py").write_text(RIGHT[name])
    verification = Verification(load("mine.py", tmp_path), [TOY])
    rng = np.random.default_rng(7)

    for dtype in FORMATS:
        for shape in SHAPES:
            for rung in LADDER:
                verification.check(lattice_stack(rng, shape, dtype, rung, 12), "exact")
            verification.check(float_stack(rng, shape, dtype, 8), "certified")

    assert verification.findings == {}
    assert verification.left_out == set()
    assert {row.quantity for row in verification.tallies} == {*QUANTITIES}
    assert verification.certificate.survivors == set()
