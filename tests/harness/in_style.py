"""Scripts in the document's own style, of the lines that a test is about."""

from pathlib import Path

from harness.cells import parse
from harness.dataflow import Script

HEAD = """
import numpy as np
inputs = np.array([[1.0]])
weights = np.array([[1.0]]).T
biases = np.array([[1.0]])
layer_outputs = np.dot(inputs, weights) + biases
relu_outputs = np.maximum(0, layer_outputs)
"""


def script(text, head=HEAD):
    return Script.of([parse("mine.py", "", str(Path("mine.py")), head + text)])
