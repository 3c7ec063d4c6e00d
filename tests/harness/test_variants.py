"""Several ways to one framework's gradients: each is found by name, and is a witness of its own."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import adapters
from adapters import MissingFrameworkError, UnknownFrameworkError, torch_autograd
from harness.case import QUANTITIES
from harness.derivation import REFERENCE
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification
from harness.witness import same, trace_of

DTYPE = np.dtype(np.float64)
SHAPES = [(0, 2, 2), (1, 1, 1), (3, 4, 3), (2, 3, 2, 3)]
TOY = """
VERSION = "1.0"


def trace(case):
    return "plain"


def other(case):
    return "other"


VARIANTS = {"other": other, "never": other}


def unavailable(variant):
    return "no luck" if variant == "never" else None
"""


@pytest.fixture(scope="module", params=["jax", "torch"])
def variants(request):
    """All that this machine can run of one framework, the default first."""
    return adapters.choose([f"{request.param}:*"]).witnesses


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A folder with one adapter, whose second variant cannot run."""
    monkeypatch.setattr(adapters, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path)])
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "adapters.toy_numpy", raising=False)
    (tmp_path / "toy_numpy.py").write_text(TOY)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_all_variants_of_a_framework_are_the_same_bits_on_the_lattice(variants, shape, dtype):
    case = lattice_stack(np.random.default_rng(1), shape, dtype, LADDER[1], 5)
    default, *others = variants
    expected = trace_of(default, case)

    assert len(others) >= 4
    for witness in others:
        assert same(trace_of(witness, case), expected), witness.name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_all_variants_of_a_framework_are_inside_the_radius(variants, shape, dtype):
    verification = Verification(REFERENCE, variants)

    for seed in range(3):
        case = float_stack(np.random.default_rng(seed), shape, dtype, 20)
        assert verification.check(case, "certified") == []


def test_every_variant_is_listed_with_its_framework_once(toy):
    chosen = adapters.choose(["toy", "toy:*", "toy:other"])

    assert [(each.name, each.trace(None)) for each in chosen.witnesses] == [
        ("toy", "plain"),
        ("toy:other", "other"),
    ]
    assert chosen.unavailable == [("toy:never", "no luck")]


def test_a_variant_asked_for_by_its_name_that_cannot_run_is_refused_with_the_reason(toy):
    with pytest.raises(MissingFrameworkError) as refused:
        adapters.choose(["toy:never"])

    assert str(refused.value) == "--framework toy:never cannot run here: no luck"


@pytest.mark.parametrize("name", ["toy:", "toy:unheard", "toy:other:more"])
def test_an_unknown_variant_is_refused_and_the_known_ones_are_named(toy, name):
    with pytest.raises(UnknownFrameworkError) as refused:
        adapters.choose([name])

    expected = "no such variant, expected one of toy:other, toy:never, toy:*"
    assert str(refused.value) == f"--framework {name}: {expected}"


def test_without_a_compiler_torch_compile_cannot_run_and_says_why(monkeypatch):
    def fails(*arguments):
        raise RuntimeError("no C++ compiler\nand more about it")

    monkeypatch.setattr(torch_autograd, "compiled", fails)

    reason = torch_autograd.unavailable.__wrapped__("compile")

    assert reason == "torch.compile fails: no C++ compiler"
    assert torch_autograd.unavailable.__wrapped__("func") is None


def planted(name, *wrong):
    """A witness with every one of the quantities one too large."""
    honest = torch_autograd.trace

    def trace(case):
        return tuple(
            layer._replace(**{each: getattr(layer, each) + 1 for each in wrong})
            for layer in honest(case)
        )

    return SimpleNamespace(name=name, version="0", trace=trace)


def outliers(*witnesses, derivation=REFERENCE):
    verification = Verification(derivation, witnesses)
    case = lattice_stack(np.random.default_rng(1), (2, 2, 2), DTYPE, LADDER[0], 5)
    verification.check(case, "exact")
    return {(found.quantity, found.outlier) for found in verification.findings.values()}


# Nothing is computed from it.
WRONG = "new_biases"


def test_a_variant_that_differs_from_its_framework_is_the_outlier():
    assert outliers(planted("toy"), planted("toy:a", WRONG), planted("toy:b")) == {(WRONG, "toy:a")}


def test_an_error_that_all_variants_of_one_framework_share_is_theirs():
    """Many witnesses of one framework do not outvote another framework."""
    sick = [planted(name, WRONG) for name in ("toy", "toy:a", "toy:b")]

    assert outliers(*sick, planted("other")) == {(WRONG, each.name) for each in sick}


def test_an_error_that_all_frameworks_find_is_the_derivations():
    sick = [planted(name, WRONG) for name in ("toy", "toy:a", "other", "other:a")]

    assert outliers(*sick) == {(WRONG, "derivation")}


def test_a_relu_that_is_wrong_in_forward_mode_alone_is_found_in_that_variant(monkeypatch):
    class Relu(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(z):
            return z.clamp(min=0)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)

        @staticmethod
        def backward(ctx, upstream):
            return upstream * (ctx.saved_tensors[0] > 0)

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * (ctx.saved_tensors[0] >= 0)

    monkeypatch.setattr(torch, "relu", Relu.apply)
    witnesses = [adapters.load(name) for name in ("torch", "torch:func", "torch:jvp")]

    found = outliers(*witnesses)

    assert {outlier for _, outlier in found} == {"torch:jvp"}
    assert ("deriv_relu_wrt_z", "torch:jvp") in found


def test_how_a_witness_lays_its_arrays_out_in_memory_changes_no_verdict():
    """NumPy rounds a product of strided arrays otherwise: two equal calls would differ."""

    def trace(case):
        """The places in the stack lie next to each other."""
        return tuple(
            type(layer)(
                *(
                    np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 0, -1)), -1, 0)
                    for array in layer
                )
            )
            for layer in torch_autograd.trace(case)
        )

    strided = SimpleNamespace(name="toy", version="0", trace=trace)
    case = float_stack(np.random.default_rng(0), (1, 9, 1), DTYPE, 200)

    assert not trace(case)[0].deriv_relu_wrt_weights.flags.c_contiguous
    assert all(getattr(trace_of(strided, case)[0], q).flags.c_contiguous for q in QUANTITIES)
    assert Verification(REFERENCE, [strided]).check(case, "certified") == []
