"""The weights' gradient is computed in float16 and handed back in the inputs' dtype."""

import numpy as np


def dense_backward(upstream, inputs, weights):
    deriv_relu_wrt_inputs = np.dot(upstream, weights.T)
    deriv_relu_wrt_weights = np.dot(inputs.T.astype(np.float16), upstream.astype(np.float16))
    deriv_relu_wrt_biases = np.sum(upstream, axis=0, keepdims=True)
    return (
        deriv_relu_wrt_inputs,
        deriv_relu_wrt_weights.astype(weights.dtype),
        deriv_relu_wrt_biases,
    )
