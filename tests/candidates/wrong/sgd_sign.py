"""The step climbs: it adds the gradient where it should subtract it."""


def sgd_step(parameter, gradient, learning_rate):
    return parameter + learning_rate * gradient
