"""The return statement is missing."""


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
