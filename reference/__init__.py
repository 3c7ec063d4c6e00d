"""The derivation under test: dense + ReLU backpropagation and the SGD step, written by hand.

Five formulas in the form and the names of the source document, on 2-D NumPy arrays of one case:
`dense.py`, `relu.py` and `sgd.py`. Beside them `neuron.py` (the same derivation for a single
neuron, in plain Python numbers) and `document.py` (the document's fixed example, as data).
"""

from reference.dense import dense_backward, dense_forward
from reference.relu import relu_backward, relu_forward
from reference.sgd import sgd_step

__all__ = ["dense_backward", "dense_forward", "relu_backward", "relu_forward", "sgd_step"]
