"""The upstream gradient is masked in place and put back afterwards: not if it is read-only."""


def relu_backward(upstream, layer_outputs):
    off = layer_outputs <= 0
    kept = upstream[off]
    upstream[off] = 0
    deriv_relu_wrt_z = upstream.copy()
    upstream[off] = kept
    return deriv_relu_wrt_z
