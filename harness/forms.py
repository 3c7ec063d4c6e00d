"""Other algorithms for the head's formulas: a correct implementation may compute any of these.

Their exact values are the formula's, and their rounding is not. So the certified radius of a
quantity is the largest that the formula and its forms have. Written, as `reference` is, for every
kind of number.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from harness.ball import Ball
from harness.derivation import REFERENCE, Derivation, Step, with_formula
from harness.together import hull
from harness.walk import Call, reference_on


def _log_softmax(layer_outputs: Any) -> Any:
    """z - max - log(sum(exp(z - max))), in any order.

    PyTorch takes the largest off first, on purpose, and so does `jax.nn.log_softmax`
    (https://github.com/pytorch/pytorch/issues/11752). The loss of optax adds it to the logarithm,
    as logsumexp, so that of the logits [-384, -384] loses nine bits.
    """
    shifted = layer_outputs - np.max(layer_outputs, axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def softmax_by_its_logarithm(layer_outputs: Any) -> Any:
    """exp of log-softmax: what frameworks go on with for the gradient of cross-entropy."""
    return np.exp(_log_softmax(layer_outputs))


def product_with_upstream(upstream: Any, softmax_outputs: Any) -> Any:
    """The Jacobian's product written out, g * s - s * sum(g * s), as JAX has it.

    `jax.nn.softmax` states its derivative so, and JAX transposes that
    (https://github.com/jax-ml/jax/pull/15677).
    """
    products = upstream * softmax_outputs
    return products - softmax_outputs * np.sum(products, axis=1, keepdims=True)


def product_with_difference(upstream: Any, softmax_outputs: Any) -> Any:
    """The same with s factored out, (g - sum(g * s)) * s, as PyTorch has it.

    The backward kernels of https://github.com/pytorch/pytorch/pull/7375.
    """
    products = upstream * softmax_outputs
    return (upstream - np.sum(products, axis=1, keepdims=True)) * softmax_outputs


def quotient_of_shares(softmax_outputs: Any, targets: Any) -> Any:
    """Each sample's share of the mean taken first, -(1 / n) / s at the right class.

    So it is in reverse mode, in which the gradient of the mean comes first.
    """
    one_hot = _one_hot(softmax_outputs, targets)
    correct_outputs = np.sum(softmax_outputs * one_hot, axis=1, keepdims=True)
    return -one_hot * _share(softmax_outputs) / correct_outputs


def difference_of_shares(softmax_outputs: Any, targets: Any) -> Any:
    """The share taken first: s / n - one_hot / n, as reverse mode has it, too."""
    share = _share(softmax_outputs)
    return softmax_outputs * share - _one_hot(softmax_outputs, targets) * share


def _share(softmax_outputs: Any) -> Any:
    """1 / n, for a batch of n."""
    return softmax_outputs.constant(1) / len(softmax_outputs)


def _one_hot(softmax_outputs: Any, targets: Any) -> Any:
    """A row for each sample, as in `reference.cross_entropy`."""
    if targets.ndim == softmax_outputs.ndim:
        return targets
    return np.eye(softmax_outputs.shape[-1], dtype=np.int8)[targets]


FORMS: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "softmax_forward": (softmax_by_its_logarithm,),
    "softmax_backward": (product_with_upstream, product_with_difference),
    "cross_entropy_backward": (quotient_of_shares,),
    "softmax_cross_entropy_backward": (difference_of_shares,),
}


def in_any_form(reference: Derivation, ball: Callable[[Any], Ball]) -> Call:
    """A call that runs the reference's formulas on balls; each result holds all of its forms'."""
    as_written = reference_on(ball, reference)
    others = {
        formula: [reference_on(ball, with_formula(REFERENCE, formula, form)) for form in forms]
        for formula, forms in FORMS.items()
    }

    def call(step: Step, layer: int, arguments: Sequence[Any]) -> Sequence[Any]:
        results = as_written(step, layer, arguments)
        for other in others.get(step.formula, ()):
            results = list(map(hull, results, other(step, layer, arguments)))
        return results

    return call
