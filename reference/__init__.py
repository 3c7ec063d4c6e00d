"""The derivation under test: dense + ReLU backpropagation and the SGD step, written by hand.

Five formulas in the form and the names of the source document, on 2-D NumPy arrays of one case:
`dense.py`, `relu.py` and `sgd.py`. What it leaves for later, in the same form: `softmax.py` and
`cross_entropy.py`. Beside them `neuron.py` (the same derivation for a single
neuron, in plain Python numbers) and `document.py` (the document's fixed example, as data).
"""

from reference.cross_entropy import (
    cross_entropy_backward,
    cross_entropy_forward,
    softmax_cross_entropy_backward,
)
from reference.dense import dense_backward, dense_forward
from reference.relu import relu_backward, relu_forward
from reference.sgd import sgd_step
from reference.softmax import softmax_backward, softmax_forward

__all__ = [
    "cross_entropy_backward",
    "cross_entropy_forward",
    "dense_backward",
    "dense_forward",
    "relu_backward",
    "relu_forward",
    "sgd_step",
    "softmax_backward",
    "softmax_cross_entropy_backward",
    "softmax_forward",
]
