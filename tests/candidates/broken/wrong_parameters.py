"""relu_backward takes one parameter where it is called with two."""


def relu_backward(upstream):
    return upstream * (upstream > 0)
