"""The mask of ReLU is missing: every unit passes its gradient back."""


def relu_backward(upstream, layer_outputs):
    return upstream.copy()
