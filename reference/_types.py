"""The types in the formulas' signatures."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# One case of one layer is a 2-D array of a floating dtype; its learning rate a scalar of it.
Array: TypeAlias = NDArray[np.floating[Any]]
Scalar: TypeAlias = np.floating[Any]
# Class indices, or one-hot rows.
Targets: TypeAlias = NDArray[Any]
