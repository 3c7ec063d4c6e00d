"""The document's fixed example: 3 samples, 4 inputs, 3 neurons, and everything that it prints.

The values below are the document's own, digit for digit. `PRINTED` holds each output in the
order of the document, with the number of its cell and its section, as the text that appears.
"""

from typing import Final, NamedTuple

import numpy as np

from reference._types import Array

# 'Inputs': 3 samples of 4 measurements.
INPUTS: Final[Array] = np.array([
    [1, 2, 3, 2.5],
    [2., 5., -1., 2],
    [-1.5, 2.7, 3.3, -0.8],
])  # fmt: skip

# 'Weights': kept transposed, so that each column is one neuron.
WEIGHTS: Final[Array] = np.array([
    [0.2, 0.8, -0.5, 1],
    [0.5, -0.91, 0.26, -0.5],
    [-0.26, -0.27, 0.17, 0.87],
]).T  # fmt: skip

# 'Biases': one for each neuron.
BIASES: Final[Array] = np.array([
    [2, 3, 0.5],
])  # fmt: skip

# 'Update Weights' and 'Update Biases'.
LEARNING_RATE: Final = np.float64(0.001)

# "We're using the ReLU's output itself as the 'passed-in gradients'" ('`deriv_relu_wrt_z`').
UPSTREAM: Final = "relu_outputs"


class Printed(NamedTuple):
    """One output of the document: its cell's number, its section, what it shows, its text."""

    cell: int
    section: str
    name: str
    text: str


PRINTED: Final = (
    Printed(3, "Inputs", "inputs.shape", "(3, 4)"),
    Printed(5, "Weights", "weights", """\
array([[ 0.2 ,  0.5 , -0.26],
       [ 0.8 , -0.91, -0.27],
       [-0.5 ,  0.26,  0.17],
       [ 1.  , -0.5 ,  0.87]])"""),
    Printed(6, "Weights", "weights.shape", "(4, 3)"),
    Printed(8, "Biases", "biases.shape", "(1, 3)"),
    Printed(11, "Forward Pass", "inputs_dot_weights", """\
array([[ 2.8  , -1.79 ,  1.885],
       [ 6.9  , -4.81 , -0.3  ],
       [-0.59 , -1.949, -0.474]])"""),
    Printed(12, "Forward Pass", "biases", "array([[2. , 3. , 0.5]])"),
    Printed(13, "Forward Pass", "layer_outputs", """\
array([[ 4.8  ,  1.21 ,  2.385],
       [ 8.9  , -1.81 ,  0.2  ],
       [ 1.41 ,  1.051,  0.026]])"""),
    Printed(14, "Forward Pass", "relu_outputs", """\
array([[4.8  , 1.21 , 2.385],
       [8.9  , 0.   , 0.2  ],
       [1.41 , 1.051, 0.026]])"""),
    Printed(15, "deriv_relu_wrt_z", "layer_outputs", """\
array([[ 4.8  ,  1.21 ,  2.385],
       [ 8.9  , -1.81 ,  0.2  ],
       [ 1.41 ,  1.051,  0.026]])"""),
    Printed(16, "deriv_relu_wrt_z", "deriv_relu_wrt_z", """\
array([[4.8  , 1.21 , 2.385],
       [8.9  , 0.   , 0.2  ],
       [1.41 , 1.051, 0.026]])"""),
    Printed(17, "deriv_relu_wrt_inputs", "weights.T", """\
array([[ 0.2 ,  0.8 , -0.5 ,  1.  ],
       [ 0.5 , -0.91,  0.26, -0.5 ],
       [-0.26, -0.27,  0.17,  0.87]])"""),
    Printed(18, "deriv_relu_wrt_inputs", "deriv_relu_wrt_inputs", """\
array([[ 0.9449 ,  2.09495, -1.67995,  6.26995],
       [ 1.728  ,  7.066  , -4.416  ,  9.074  ],
       [ 0.80074,  0.16457, -0.42732,  0.90712]])"""),
    Printed(20, "deriv_relu_wrt_weights", "inputs.T", """\
array([[ 1. ,  2. , -1.5],
       [ 2. ,  5. ,  2.7],
       [ 3. , -1. ,  3.3],
       [ 2.5,  2. , -0.8]])"""),
    Printed(22, "deriv_relu_wrt_weights", "deriv_relu_wrt_weights", """\
array([[20.485 , -0.3665,  2.746 ],
       [57.907 ,  5.2577,  5.8402],
       [10.153 ,  7.0983,  7.0408],
       [28.672 ,  2.1842,  6.3417]])"""),
    Printed(23, "deriv_relu_wrt_biases", "deriv_relu_wrt_z", """\
array([[4.8  , 1.21 , 2.385],
       [8.9  , 0.   , 0.2  ],
       [1.41 , 1.051, 0.026]])"""),
    Printed(24, "deriv_relu_wrt_biases", "deriv_relu_wrt_biases", "array([[15.11 ,  2.261,  2.611]])"),
    Printed(25, "Update Weights", "weights", """\
array([[ 0.2 ,  0.5 , -0.26],
       [ 0.8 , -0.91, -0.27],
       [-0.5 ,  0.26,  0.17],
       [ 1.  , -0.5 ,  0.87]])"""),
    Printed(26, "Update Weights", "deriv_relu_wrt_weights", """\
array([[20.485 , -0.3665,  2.746 ],
       [57.907 ,  5.2577,  5.8402],
       [10.153 ,  7.0983,  7.0408],
       [28.672 ,  2.1842,  6.3417]])"""),
    Printed(27, "Update Weights", "new_weights", """\
[[ 0.179515   0.5003665 -0.262746 ]
 [ 0.742093  -0.9152577 -0.2758402]
 [-0.510153   0.2529017  0.1629592]
 [ 0.971328  -0.5021842  0.8636583]]"""),
    Printed(28, "Update Biases", "biases", "array([[2. , 3. , 0.5]])"),
    Printed(29, "Update Biases", "deriv_relu_wrt_biases", "array([[15.11 ,  2.261,  2.611]])"),
    Printed(30, "Update Biases", "new_biases", "[[1.98489  2.997739 0.497389]]"),
)  # fmt: skip
