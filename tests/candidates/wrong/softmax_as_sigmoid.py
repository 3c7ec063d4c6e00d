"""Softmax's gradient as if each output depended on its own z alone, as a sigmoid's does."""


def softmax_backward(upstream, softmax_outputs):
    return upstream * softmax_outputs * (1 - softmax_outputs)
