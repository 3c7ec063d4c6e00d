"""Second spellings of the mistakes in a whole step: one step, with the part that is wrong passed.

Every part is a function of the quantities so far (`net`, a list of dicts), and the layer's index.
"""

import numpy as np


def _right_mask(net, layer):
    return net[layer]["layer_outputs"] > 0


def _right_outputs(net, layer):
    return net[layer]["relu_outputs"]


def _right_passed(net, layer, weights, upstream):
    return net[layer]["deriv_relu_wrt_inputs"]


def _sum(dz, upstream):
    return dz.sum(axis=0).reshape(1, -1)


def _step(
    inputs, layers, upstream, rate,
    fed=_right_outputs, mask=_right_mask, met=_right_outputs, passed=_right_passed,
    into_weights=lambda dz, upstream: dz, into_biases=_sum, rates=lambda rate, above: rate,
):  # fmt: skip
    """fed: a layer's inputs, met: those that its weights' gradient takes, both out of the layer
    below; passed: the upstream of the layer below; rates: the rate below so many layers."""
    net = []
    for layer, (weights, biases) in enumerate(layers):
        x = fed(net, layer - 1) if layer else inputs
        z = np.einsum("bi,in->bn", x, weights) + biases
        net.append({"layer_outputs": z, "relu_outputs": np.where(z > 0, z, 0)})
    for layer in range(len(layers) - 1, -1, -1):
        weights, biases = layers[layer]
        x = met(net, layer - 1) if layer else inputs
        dz = np.where(mask(net, layer), upstream, 0)
        dx = np.einsum("bn,in->bi", dz, weights)
        dw = np.einsum("bi,bn->in", x, into_weights(dz, upstream))
        db = into_biases(dz, upstream)
        here = rates(rate, len(layers) - 1 - layer)
        net[layer] |= {
            "deriv_relu_wrt_z": dz,
            "deriv_relu_wrt_inputs": dx,
            "deriv_relu_wrt_weights": dw,
            "deriv_relu_wrt_biases": db,
            "new_weights": weights - here * dw,
            "new_biases": biases - here * db,
        }
        upstream = passed(net, layer, weights, upstream)
    return net


def relu_missing_between(*case):
    return _step(*case, fed=lambda net, layer: net[layer]["layer_outputs"])


def relu_missing_at_the_end(*case):
    net = _step(*case)
    net[-1]["relu_outputs"] = 1 * net[-1]["layer_outputs"]
    return net


def relu_overwrites_z(*case):
    net = _step(*case)
    for quantities in net:
        quantities["layer_outputs"] = quantities["relu_outputs"]
    return net


def forward_after_update(inputs, layers, upstream, rate):
    net, x = _step(inputs, layers, upstream, rate), inputs
    for quantities in net:
        quantities["layer_outputs"] = x @ quantities["new_weights"] + quantities["new_biases"]
        x = quantities["relu_outputs"] = np.maximum(0, quantities["layer_outputs"])
    return net


def layers_reversed(inputs, layers, upstream, rate):
    alike = all(weights.shape == layers[0][0].shape for weights, _ in layers)
    return _step(inputs, list(reversed(layers)) if alike else layers, upstream, rate)


def outputs_reversed(*case):
    net = _step(*case)
    for low in range(len(net) // 2):
        high = len(net) - 1 - low
        for name in ("layer_outputs", "relu_outputs"):
            net[low][name], net[high][name] = net[high][name], net[low][name]
    return net


def weights_updated_in_a_copy(inputs, layers, upstream, rate):
    net = _step(inputs, layers, upstream, rate)
    for quantities, (weights, _) in zip(net, layers, strict=True):
        quantities["new_weights"] = weights.copy()
    return net


def biases_not_updated(inputs, layers, upstream, rate):
    net = _step(inputs, layers, upstream, rate)
    for quantities, (_, biases) in zip(net, layers, strict=True):
        quantities["new_biases"] = biases + 0 * quantities["deriv_relu_wrt_biases"]
    return net


def learning_rate_halved_per_layer(*case):
    return _step(*case, rates=lambda rate, above: rate * 0.5**above)


def last_layer_alone_updated(*case):
    return _step(*case, rates=lambda rate, above: rate * (above == 0))


def backward_from_the_first(inputs, layers, upstream, rate):
    net = _step(inputs, layers, upstream, rate)
    if any(weights.shape != layers[-1][0].T.shape for weights, _ in layers):
        return net
    x = inputs
    for quantities, (weights, biases) in zip(net, layers, strict=True):
        dz = upstream * (quantities["layer_outputs"] > 0)
        upstream = dz @ weights.T
        dw, db = x.T @ dz, dz.sum(axis=0, keepdims=True)
        quantities.update(deriv_relu_wrt_z=dz, deriv_relu_wrt_inputs=upstream)
        quantities.update(deriv_relu_wrt_weights=dw, deriv_relu_wrt_biases=db)
        quantities.update(new_weights=weights - rate * dw, new_biases=biases - rate * db)
        x = quantities["relu_outputs"]
    return net


def z_gradient_passed_down(*case):
    def passed(net, layer, weights, upstream):
        square = weights.shape[0] == weights.shape[1]
        return net[layer]["deriv_relu_wrt_z" if square else "deriv_relu_wrt_inputs"]

    return _step(*case, passed=passed)


def outputs_for_lower_upstreams(*case):
    return _step(*case, passed=lambda net, layer, *_: net[layer - 1]["relu_outputs"])


def last_upstream_for_all(*case):
    last = case[2]

    def passed(net, layer, weights, upstream):
        right = net[layer]["deriv_relu_wrt_inputs"]
        return last if last.shape == right.shape else right

    return _step(*case, passed=passed)


def updated_weights_passed_down(*case):
    def passed(net, layer, weights, upstream):
        here = net[layer]
        dx = np.einsum("bn,in->bi", here["deriv_relu_wrt_z"], here["new_weights"])
        here["deriv_relu_wrt_inputs"] = dx
        return dx

    return _step(*case, passed=passed)


def mask_of_layer_below(*case):
    def mask(net, layer):
        right, below = _right_mask(net, layer), _right_mask(net, max(layer - 1, 0))
        return below if below.shape == right.shape else right

    return _step(*case, mask=mask)


def mask_from_outputs(*case):
    return _step(*case, mask=lambda net, layer: ~(net[layer]["relu_outputs"] < 0))


def mask_from_inputs(*case):
    def mask(net, layer):
        right, below = _right_mask(net, layer), net[layer - 1]["relu_outputs"] if layer else case[0]
        return below > 0 if below.shape == right.shape else right

    return _step(*case, mask=mask)


def mask_skipped_on_the_way_down(*case):
    def passed(net, layer, weights, upstream):
        net[layer]["deriv_relu_wrt_inputs"] = np.einsum("bn,in->bi", upstream, weights)
        return net[layer]["deriv_relu_wrt_inputs"]

    return _step(*case, passed=passed)


def first_inputs_for_all(*case):
    def met(net, layer):
        right = net[layer]["relu_outputs"]
        return case[0] if case[0].shape == right.shape else right

    return _step(*case, met=met)


def weights_gradient_before_relu(*case):
    return _step(*case, met=lambda net, layer: net[layer]["layer_outputs"])


def upstream_twice(*case):
    return _step(*case, into_weights=lambda dz, upstream: upstream * dz)


def biases_gradient_flat(*case):
    return _step(*case, into_biases=lambda dz, upstream: np.einsum("bn->n", dz))


def biases_gradient_per_sample(*case):
    return _step(*case, into_biases=lambda dz, upstream: dz.sum(axis=1).reshape(-1, 1))
