"""The step of stochastic gradient descent, as in the document's 'Update parameters'."""

from reference._types import Array, Scalar


def sgd_step(parameter: Array, gradient: Array, learning_rate: Scalar) -> Array:
    """The parameter after one step against its gradient ('Update Weights', 'Update Biases').

    parameter and gradient have one shape, (n_inputs, n_neurons) or (1, n_neurons);
    learning_rate is a scalar of their dtype (the document's 0.001). Returns the updated
    parameter and leaves the one passed in as it was.
    """
    new_parameter = parameter.copy()

    new_parameter += -learning_rate * gradient

    return new_parameter
