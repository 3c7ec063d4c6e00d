"""The sign of the learning rate is turned in place, which a 0-d array keeps."""


def sgd_step(parameter, gradient, learning_rate):
    learning_rate *= -1
    return parameter + learning_rate * gradient
