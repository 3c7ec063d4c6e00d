"""Never returns."""


def relu_forward(layer_outputs):
    while True:
        pass
