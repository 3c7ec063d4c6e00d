"""At the kink half of the gradient passes, the middle of the subdifferential [0, 1]."""


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs < 0] = 0
    deriv_relu_wrt_z[layer_outputs == 0] *= 0.5
    return deriv_relu_wrt_z
