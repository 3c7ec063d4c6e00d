"""The colon is missing, so this is not Python."""


def relu_forward(layer_outputs)
    return layer_outputs * (layer_outputs > 0)
