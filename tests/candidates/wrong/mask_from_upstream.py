"""The mask looks at the sign of the gradient, where it should look at layer_outputs."""


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[upstream <= 0] = 0
    return deriv_relu_wrt_z
