"""Mistakes in ReLU and in its gradient: most are about the mask."""

import numpy as np

from harness.case import Array
from harness.mistakes.mistake import mistake


@mistake("relu_forward", "relu_outputs")
def relu_missing(layer_outputs: Array) -> Array:
    """ReLU is left out, and z passes on as it is. ReLU never changes a shape, so nothing else
    notices. On the document's example neuron 1 of sample 1 keeps its -1.81, which should become
    0."""
    return layer_outputs.copy()


@mistake("relu_forward", "relu_outputs")
def relu_leaky(layer_outputs: Array) -> Array:
    """A negative z keeps a hundredth of its value: that is leaky ReLU, another function, and its
    gradient is another one too. On the document's example neuron 1 of sample 1 gives -0.0181,
    which should be 0."""
    return np.where(layer_outputs > 0, layer_outputs, 0.01 * layer_outputs)


@mistake("relu_forward", "relu_outputs")
def relu_capped(layer_outputs: Array) -> Array:
    """The outputs stop at 6, as those of ReLU6 do. Examples with small numbers never get there.
    On the document's example neuron 0 of sample 1 has z = 8.9, which should pass, and gives 6."""
    return np.clip(layer_outputs, 0, 6)


@mistake("relu_forward", "relu_outputs")
def relu_absolute(layer_outputs: Array) -> Array:
    """A negative z is turned round where it should be cut off. Every output is still positive or
    0, as one expects of ReLU. On the document's example neuron 1 of sample 1 gives 1.81, which
    should be 0."""
    return np.abs(layer_outputs)


@mistake("relu_forward", "relu_outputs")
def relu_max_with_1(layer_outputs: Array) -> Array:
    """The maximum is taken with 1, so every smaller output becomes 1. Outputs that are greater
    look right. On the document's example neuron 2 of sample 2 gives 1, which should be 0.026."""
    return np.maximum(1, layer_outputs)


@mistake("relu_forward", "relu_outputs")
def relu_minimum(layer_outputs: Array) -> Array:
    """Minimum stands for maximum, so the negative half passes and the positive half is cut off.
    On the document's example neuron 1 of sample 1 gives -1.81 and all others 0: the right
    outputs are 0 there, and 4.8, 1.21, 2.385 for sample 0."""
    return np.minimum(0, layer_outputs)


@mistake("relu_forward", "relu_outputs")
def relu_step(layer_outputs: Array) -> Array:
    """The outputs are 1 where a neuron is on: that is the derivative of ReLU, and ReLU itself
    passes z. Both have the shape of z. On the document's example neuron 0 of sample 0 gives 1,
    which should be 4.8."""
    return (layer_outputs > 0).astype(layer_outputs.dtype)


@mistake("relu_forward", "relu_outputs")
def relu_in_place(layer_outputs: Array) -> Array:
    """The outputs are right, but they are written over layer_outputs, which the backward pass
    still needs. Work on a copy. On the document's example layer_outputs of neuron 1 of sample 1
    is 0 after the call, and was -1.81 before it."""
    layer_outputs[layer_outputs < 0] = 0
    return layer_outputs


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_missing(upstream: Array, layer_outputs: Array) -> Array:
    """ReLU passes nothing back where it was off, and here everything passes. A mask never changes
    a shape. The document's example hides it, for its upstream is 0 where z = -1.81; with an
    upstream of ones, neuron 1 of sample 1 gets 1, which should be 0."""
    return upstream.copy()


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_inverted(upstream: Array, layer_outputs: Array) -> Array:
    """The gradient is cut off where the neuron was on, and passes where it was off. The mask has
    the right shape, and only its sense is wrong. On the document's example neuron 0 of sample 0
    has z = 4.8 and gets 0, which should be 4.8."""
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs > 0] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_transposed(upstream: Array, layer_outputs: Array) -> Array:
    """The mask is transposed, which fits where there are as many samples as neurons. The
    document's one negative z, -1.81, is on the diagonal and hides it. Exchange its samples 0 and
    1: the mask then hits neuron 0 of sample 1, and its 4.8 becomes 0."""
    mask = layer_outputs > 0
    if mask.T.shape == upstream.shape:
        mask = mask.T
    return upstream * mask


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_of_first_sample(upstream: Array, layer_outputs: Array) -> Array:
    """A stale mask: it was made for sample 0 and serves all the others. Broadcasting makes its
    one row fit. In the document's example sample 0 has every neuron on, so with an upstream of
    ones neuron 1 of sample 1, where z = -1.81, gets 1, which should be 0."""
    mask = layer_outputs[:1] > 0
    return upstream * mask


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_ge(upstream: Array, layer_outputs: Array) -> Array:
    """The mask keeps z >= 0, and the document keeps z > 0: they differ at the kink alone, where z
    is exactly 0. The document's example never meets it. Make bias 0 there -2.8 for 2: sample 0
    has z = 2.8 - 2.8 = 0, and an upstream of 1 passes, which should become 0."""
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs < 0] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def kink_half(upstream: Array, layer_outputs: Array) -> Array:
    """Half of the gradient passes where z is exactly 0. It is a subgradient, but the document's
    choice is 0. Its example never meets a kink: make its bias 0 -2.8 for 2, and neuron 0 of
    sample 0 has z = 2.8 - 2.8 = 0, where an upstream of 1 gives 0.5."""
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs < 0] = 0
    deriv_relu_wrt_z[layer_outputs == 0] *= 0.5
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_from_upstream(upstream: Array, layer_outputs: Array) -> Array:
    """The mask looks at the sign of the gradient, and should look at the sign of z. The
    document's example hides it, for its upstream is positive exactly where z is. With an upstream
    of ones, neuron 1 of sample 1, where z = -1.81, gets 1, which should be 0."""
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[upstream <= 0] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def slope_leaky(upstream: Array, layer_outputs: Array) -> Array:
    """A hundredth of the gradient passes where ReLU was off: that is the slope of leaky ReLU, and
    the forward pass is plain ReLU. With an upstream of ones on the document's example, neuron 1
    of sample 1, where z = -1.81, gets 0.01, which should be 0."""
    return np.where(layer_outputs > 0, upstream, 0.01 * upstream)


@mistake("relu_backward", "deriv_relu_wrt_z")
def slope_clipped(upstream: Array, layer_outputs: Array) -> Array:
    """Nothing passes back above z = 6, as in ReLU6; plain ReLU has slope 1 for every z > 0.
    Examples with small numbers never get there. On the document's example neuron 0 of sample 1,
    where z = 8.9, gets 0, which should be 8.9."""
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[(layer_outputs <= 0) | (layer_outputs >= 6)] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def slope_sign(upstream: Array, layer_outputs: Array) -> Array:
    """The slope is the sign of z: that is the derivative of the absolute value, and ReLU is flat
    where z < 0. With an upstream of ones on the document's example, neuron 1 of sample 1, where
    z = -1.81, gets -1, which should be 0."""
    deriv_relu_wrt_z: Array = upstream * np.sign(layer_outputs)
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def slope_is_output(upstream: Array, layer_outputs: Array) -> Array:
    """The gradient is multiplied by the outputs of ReLU, and should be by its slope: 1 where they
    are positive. Both are 0 in the same places and of one shape. With an upstream of ones on the
    document's example, neuron 0 of sample 0 gets 4.8, which should be 1."""
    relu_outputs = np.maximum(0, layer_outputs)
    deriv_relu_wrt_z: Array = upstream * relu_outputs
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def upstream_ignored(upstream: Array, layer_outputs: Array) -> Array:
    """The derivative of ReLU alone is returned: the chain rule multiplies it by the upstream. Both
    have one shape, so nothing shows that a factor is missing. On the document's example neuron 0
    of sample 0 gets 1, which should be 4.8."""
    return (layer_outputs > 0).astype(upstream.dtype)


@mistake("relu_backward", "deriv_relu_wrt_z")
def upstream_squared(upstream: Array, layer_outputs: Array) -> Array:
    """The upstream is multiplied in twice, and the chain rule takes it once. An upstream of ones
    hides it. On the document's example neuron 0 of sample 0 gets 4.8 * 4.8 = 23.04, which should
    be 4.8."""
    deriv_relu_wrt_z = upstream * upstream
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def outputs_as_upstream(upstream: Array, layer_outputs: Array) -> Array:
    """The document starts from relu_outputs.copy() because its fabricated upstream is its
    relu_outputs; in general it is another array of that shape. Its own example cannot show this.
    With an upstream of ones, neuron 0 of sample 0 gets 4.8, which should be 1."""
    deriv_relu_wrt_z = np.maximum(0, layer_outputs)
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_in_place(upstream: Array, layer_outputs: Array) -> Array:
    """The result is right, but it is written over the upstream, which others may still need: the
    document copies it first. With an upstream of ones on its example, the upstream itself holds 0
    for neuron 1 of sample 1 after the call, and held 1 before it."""
    upstream[layer_outputs <= 0] = 0
    return upstream


@mistake("relu_backward", "deriv_relu_wrt_z")
def last_column_unmasked(upstream: Array, layer_outputs: Array) -> Array:
    """The loop over the neurons stops one too early, so the last one is never masked. In the
    document's example that neuron is always on. Take 1 from its bias, 0.5: sample 1 has z = 0.2 -
    1 = -0.8 there, and an upstream of 1 passes, which should become 0."""
    deriv_relu_wrt_z = upstream.copy()
    n_neurons = upstream.shape[1]
    for neuron in range(n_neurons - 1):
        deriv_relu_wrt_z[layer_outputs[:, neuron] <= 0, neuron] = 0
    return deriv_relu_wrt_z


@mistake("relu_backward", "deriv_relu_wrt_z")
def mask_squeezed(upstream: Array, layer_outputs: Array) -> Array:
    """With one neuron, squeeze turns the mask's (batch, 1) into (batch,), and broadcasting makes
    (batch, batch) of the product. With more neurons, or one sample, all is well. Keep only neuron
    1 of the document's example: the gradient has shape (3, 3), which should be (3, 1)."""
    mask = np.squeeze(layer_outputs) > 0
    return upstream * mask


@mistake("relu_backward", "deriv_relu_wrt_z")
def gradient_in_float16(upstream: Array, layer_outputs: Array) -> Array:
    """The gradient goes through float16, which keeps 11 significant bits: up to 2048 every integer
    survives, so small examples look right. On the document's example neuron 0 of sample 0 gets
    4.80078125, which should be 4.8."""
    deriv_relu_wrt_z = upstream.astype(np.float16)
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z.astype(upstream.dtype)
