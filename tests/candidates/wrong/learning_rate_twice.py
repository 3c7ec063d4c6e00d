"""The learning rate is applied twice."""


def sgd_step(parameter, gradient, learning_rate):
    step = learning_rate * gradient
    return parameter - learning_rate * step
