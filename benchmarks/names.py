"""What the results call things."""

from harness.case import Shape

OWN = "crossgrad"
A_FILE = "crossgrad, a file"


def on_own_layer(checker: str) -> str:
    """A checker that is given the layer in its framework's own operations."""
    return f"{checker}, own layer"


def named(shape: Shape) -> str:
    """3x4->3: batch, inputs, and the neurons of each layer."""
    batch, n_inputs, *neurons = map(str, shape)
    return "->".join([f"{batch}x{n_inputs}", *neurons])
