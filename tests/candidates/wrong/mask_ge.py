"""At the kink the gradient passes: the mask keeps z >= 0 where the document keeps z > 0."""


def relu_backward(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs < 0] = 0
    return deriv_relu_wrt_z
