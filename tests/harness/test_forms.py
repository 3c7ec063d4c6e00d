"""Whatever NumPy, PyTorch, JAX and each listed form compute lies in the ball of formula and forms.

And nothing that is wrong by little: the forms have not made the balls so large that all is inside.
"""

from functools import cache, reduce

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional

import reference
from adapters._jax_relus import enable_x64
from harness import forms
from harness.ball import Ball
from harness.compare import error_over_radius
from harness.derivation import REFERENCE, STEPS
from harness.formats import FORMATS, precision
from harness.forms import FORMS, softmax_by_its_logarithm
from harness.stack import Stacked
from harness.together import hull

SHAPES = [(1, 1), (1, 2), (3, 2), (2, 5), (8, 3), (5, 10), (4, 7)]
STACK = 64
HEAD = ("cross_entropy_forward", "cross_entropy_backward", "softmax_cross_entropy_backward")
DTYPES = pytest.mark.parametrize("dtype", FORMATS[:2], ids=str)


def in_any_form(formula, *arguments):
    """The ball of the formula and all its forms."""
    ways = (getattr(reference, formula), *FORMS.get(formula, ()))
    return reduce(hull, (way(*arguments) for way in ways))


@cache
def cases(shape, dtype):
    """Logits of any scale, with and without a large part that all of a sample have; the rest."""
    rng = np.random.default_rng(shape)
    sizes = (STACK, *shape)
    scale = np.exp2(rng.uniform(-20, 8, (STACK, 1, 1)))
    apart = rng.choice([0, 0, 1e3, -1e4], (STACK, 1, 1))
    logits = (rng.normal(size=sizes) * scale + apart).astype(dtype)
    upstream = (rng.normal(size=sizes) * np.exp2(rng.uniform(-8, 8, (STACK, 1, 1)))).astype(dtype)
    return logits, upstream, rng.integers(shape[1], size=sizes[:2])


def ratio(found, ball):
    """The largest error over radius, of elements that have a bound."""
    ratios = error_over_radius(np.asarray(found), ball)
    return np.max(np.where(np.isinf(ball.radius), 0, ratios), initial=0.0)


def one_by_one(formula, *arguments):
    call = getattr(reference, formula)
    with np.errstate(all="ignore"):  # some outputs of softmax are nothing
        return np.stack([call(*case) for case in zip(*arguments, strict=True)])


def in_torch(z, upstream, classes):
    """softmax, exp of log-softmax, softmax's gradient, the loss and its gradient."""
    z = torch.from_numpy(z).requires_grad_()
    softmax = torch.softmax(z, -1)
    (of_softmax,) = torch.autograd.grad(softmax, z, torch.from_numpy(upstream))
    loss = functional.cross_entropy(z.mT, torch.from_numpy(classes), reduction="none").mean(-1)
    (of_loss,) = torch.autograd.grad(loss.sum(), z)
    by_log = torch.exp(torch.log_softmax(z, -1))
    return [each.detach().numpy() for each in (softmax, by_log, of_softmax, loss, of_loss)]


def in_jax(z, upstream, classes):
    """The same, in one program."""

    def loss(z):
        chosen = jnp.take_along_axis(jax.nn.log_softmax(z), classes[..., None], -1)
        return -chosen[..., 0].mean(-1)

    softmax, pull = jax.vjp(jax.nn.softmax, z)
    (of_loss,) = jax.vjp(loss, z)[1](jnp.ones(len(z), z.dtype))
    by_log = jnp.exp(jax.nn.log_softmax(z))
    return softmax, by_log, *pull(upstream), loss(z), of_loss


LIBRARIES = {"torch": in_torch, "jax": in_jax, "jax compiled": jax.jit(in_jax)}


def of_library(library, shape, dtype):
    """The ratio of each of its results."""
    z, upstream, classes = cases(shape, dtype)
    exact = [Ball.exact(each, precision(dtype)) for each in (z, upstream)]
    with enable_x64(True):
        found = [np.asarray(each) for each in LIBRARIES[library](z, upstream, classes)]
    softmax = reference.softmax_forward(exact[0])
    # What follows is computed of outputs that nobody has seen, and perhaps of their logarithm.
    unseen = in_any_form("softmax_forward", exact[0])
    balls = (
        softmax,
        softmax_by_its_logarithm(exact[0]),
        in_any_form("softmax_backward", exact[1], unseen),
        in_any_form("cross_entropy_forward", unseen, classes),
        in_any_form("softmax_cross_entropy_backward", unseen, classes),
    )
    return [ratio(mine, ball) for mine, ball in zip(found, balls, strict=True)]


@DTYPES
@pytest.mark.parametrize("library", LIBRARIES)
def test_what_a_library_computes_is_inside_and_not_far_inside(library, dtype):
    largest = np.max([of_library(library, shape, dtype) for shape in SHAPES], axis=0)

    assert (largest <= 1).all(), largest
    assert (largest[[0, 1, 4]] > 0.4).all(), largest


@DTYPES
def test_what_numpy_computes_is_inside_and_not_far_inside(dtype):
    tested, largest = precision(dtype), []
    for shape in SHAPES:
        z, upstream, classes = cases(shape, dtype)
        softmax = one_by_one("softmax_forward", z)
        s, g = (Ball.exact(each, tested) for each in (softmax, upstream))
        gradient = one_by_one("softmax_backward", upstream, softmax)
        rest = [
            ratio(one_by_one(formula, softmax, classes), in_any_form(formula, s, classes))
            for formula in HEAD
        ]
        largest.append([
            ratio(softmax, reference.softmax_forward(Ball.exact(z, tested))),
            ratio(gradient, in_any_form("softmax_backward", g, s)),
            *rest,
        ])  # fmt: skip
    largest = np.max(largest, axis=0)

    assert (largest <= 1).all(), largest
    assert (largest > 0.2).all(), largest


class Typed(Stacked):
    """All of one dtype, constants as well."""

    def constant(self, value):
        return super().constant(np.asarray(getattr(value, "array", value), self.array.dtype))


def arguments_of(formula, shape, dtype, rng):
    """Of one formula, with the classes in another order: so sums are in another, too."""
    z, upstream, classes = cases(shape, dtype)
    order = rng.permutation(shape[1])
    z, upstream, classes = z[..., order], upstream[..., order], np.argsort(order)[classes]
    softmax = reference.softmax_forward(Stacked(z)).array
    return {
        "softmax_forward": (z,),
        "softmax_backward": (upstream, softmax),
    }.get(formula, (softmax, classes))


def of_form(formula, form, way, dtype):
    """The largest ratio of a form computed in the dtype to the ball that `way` makes."""
    rng, largest = np.random.default_rng(5), 0.0
    for shape in SHAPES[1:]:
        arguments = arguments_of(formula, shape, dtype, rng)
        number = [each.dtype.kind == "f" for each in arguments]
        with np.errstate(all="ignore"):
            result = form(*(Typed(a) if n else a for a, n in zip(arguments, number, strict=True)))
        balls = [
            Ball.exact(a, precision(dtype)) if n else a
            for a, n in zip(arguments, number, strict=True)
        ]
        assert result.array.dtype == dtype
        largest = max(largest, ratio(result.array, way(*balls)))
    return largest


ALL = [(formula, form) for formula, several in FORMS.items() for form in several]


@DTYPES
@pytest.mark.parametrize(("formula", "form"), ALL, ids=lambda each: getattr(each, "__name__", each))
def test_every_form_is_inside_its_own_ball_and_in_that_of_all(formula, form, dtype):
    assert of_form(formula, form, form, dtype) <= 1
    assert of_form(formula, form, lambda *balls: in_any_form(formula, *balls), dtype) <= 1
    assert of_form(formula, getattr(reference, formula), getattr(reference, formula), dtype) <= 1


@DTYPES
@pytest.mark.parametrize("form", ["softmax_by_its_logarithm", "difference_of_shares"])
def test_a_form_is_listed_because_the_formula_alone_does_not_hold_it(form, dtype):
    ((formula, listed),) = [each for each in ALL if each[1].__name__ == form]

    assert of_form(formula, listed, getattr(reference, formula), dtype) > 1


WRONG = {
    "softmax_forward": lambda z: reference.softmax_forward(z * 1.0) * 1.00001,
    "softmax_backward": lambda g, s: g * s - s * np.mean(g * s, axis=-1, keepdims=True),
    "cross_entropy_forward": lambda s, t: reference.cross_entropy_forward(s + 1e-5, t),
    "cross_entropy_backward": lambda s, t: reference.cross_entropy_backward(s + 1e-5, t),
    "softmax_cross_entropy_backward": lambda s, t: s - np.eye(s.shape[-1])[t],
}


@DTYPES
@pytest.mark.parametrize("formula", WRONG)
def test_what_is_wrong_by_little_is_outside_in_any_form(formula, dtype):
    arguments = arguments_of(formula, (4, 7), dtype, np.random.default_rng(6))
    balls = [Ball.exact(a, precision(dtype)) if a.dtype.kind == "f" else a for a in arguments]
    wrong = np.stack([WRONG[formula](*case) for case in zip(*arguments, strict=True)])

    assert ratio(wrong.astype(dtype), in_any_form(formula, *balls)) > 1


def test_a_call_in_any_form_gives_the_hull_of_the_formula_and_its_forms():
    tested = precision(FORMATS[1])
    upstream, softmax = (Ball.exact(np.full((3, 2, 2), x), tested) for x in (3.0, 0.5))
    (step,) = [step for step in STEPS if step.formula == "softmax_backward"]

    (found,) = forms.in_any_form(REFERENCE, lambda value: value)(step, 0, [upstream, softmax])

    expected = in_any_form("softmax_backward", upstream, softmax)
    assert found.mid.tolist() == expected.mid.tolist()
    assert found.radius.tolist() == expected.radius.tolist()
