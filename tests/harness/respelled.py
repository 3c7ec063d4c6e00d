"""Each mistake of the catalogue in a second spelling, as somebody else would write the same error.

Loops or einsum stand for dot, where or a product for a masked assignment, and operations come in
another order where that cannot change a bit of a result that needs no rounding.
"""

import inspect

import respelled_cross_entropy
import respelled_dense
import respelled_parameters
import respelled_relu
import respelled_sgd
import respelled_softmax
import respelled_steps

SPELLINGS = {
    name: function
    for module in (
        respelled_cross_entropy,
        respelled_dense,
        respelled_parameters,
        respelled_relu,
        respelled_sgd,
        respelled_softmax,
        respelled_steps,
    )
    for name, function in vars(module).items()
    if inspect.isfunction(function)
    and function.__module__ == module.__name__
    and not name.startswith("_")
}
