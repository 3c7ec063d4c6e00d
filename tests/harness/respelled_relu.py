"""Second spellings of the mistakes in ReLU and in its gradient."""

import numpy as np


def relu_missing(layer_outputs):
    return 1 * layer_outputs


def relu_leaky(layer_outputs):
    relu_outputs = layer_outputs.copy()
    relu_outputs[layer_outputs <= 0] *= 0.01
    return relu_outputs


def relu_capped(layer_outputs):
    return np.minimum(np.maximum(layer_outputs, 0), 6)


def relu_absolute(layer_outputs):
    return np.where(layer_outputs < 0, -layer_outputs, layer_outputs)


def relu_max_with_1(layer_outputs):
    return np.where(layer_outputs > 1, layer_outputs, 1)


def relu_minimum(layer_outputs):
    return layer_outputs * (layer_outputs < 0)


def relu_step(layer_outputs):
    return np.where(layer_outputs > 0, np.ones_like(layer_outputs), 0)


def relu_in_place(layer_outputs):
    return np.maximum(0, layer_outputs, out=layer_outputs)


def mask_missing(upstream, layer_outputs):
    return upstream * np.ones_like(layer_outputs)


def mask_inverted(upstream, layer_outputs):
    return np.where(layer_outputs > 0, 0, upstream)


def mask_transposed(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    off = layer_outputs <= 0
    batch, n_neurons = off.shape
    deriv_relu_wrt_z[off.T if batch == n_neurons else off] = 0
    return deriv_relu_wrt_z


def mask_of_first_sample(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    for sample in deriv_relu_wrt_z:
        sample[layer_outputs[0] <= 0] = 0
    return deriv_relu_wrt_z


def mask_ge(upstream, layer_outputs):
    return upstream * (layer_outputs >= 0)


def kink_half(upstream, layer_outputs):
    slope = (np.sign(layer_outputs) + 1) / 2
    return upstream * slope


def mask_from_upstream(upstream, layer_outputs):
    return np.maximum(upstream, 0)


def slope_leaky(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream.copy()
    deriv_relu_wrt_z[layer_outputs <= 0] *= 0.01
    return deriv_relu_wrt_z


def slope_clipped(upstream, layer_outputs):
    return upstream * ((layer_outputs > 0) & (layer_outputs < 6))


def slope_sign(upstream, layer_outputs):
    deriv_relu_wrt_z = np.where(layer_outputs < 0, -upstream, upstream)
    deriv_relu_wrt_z[layer_outputs == 0] = 0
    return deriv_relu_wrt_z


def slope_is_output(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream * layer_outputs
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


def upstream_ignored(upstream, layer_outputs):
    deriv_relu_wrt_z = np.ones_like(upstream)
    deriv_relu_wrt_z[layer_outputs <= 0] = 0
    return deriv_relu_wrt_z


def upstream_squared(upstream, layer_outputs):
    masked = np.where(layer_outputs > 0, upstream, 0)
    return masked * upstream


def outputs_as_upstream(upstream, layer_outputs):
    return layer_outputs * (layer_outputs > 0)


def mask_in_place(upstream, layer_outputs):
    upstream *= layer_outputs > 0
    return upstream


def last_column_unmasked(upstream, layer_outputs):
    slope = (layer_outputs > 0).astype(upstream.dtype)
    slope[:, -1] = 1
    return upstream * slope


def mask_squeezed(upstream, layer_outputs):
    return np.where(layer_outputs.squeeze() > 0, upstream, 0)


def gradient_in_float16(upstream, layer_outputs):
    deriv_relu_wrt_z = upstream * (layer_outputs > 0)
    return deriv_relu_wrt_z.astype(np.float16).astype(upstream.dtype)
