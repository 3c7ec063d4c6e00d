"""The witnesses: found without their frameworks, and right about a case worked by hand."""

import subprocess
import sys
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import adapters
from adapters import MissingFrameworkError, discover, jax_grad, torch_autograd
from harness.case import QUANTITIES, Case, Layer, pick
from harness.lattice import LADDER, lattice_stack
from harness.witness import same, trace_of

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
GRADIENTS = [quantity for quantity in QUANTITIES if quantity.startswith("deriv")]

# One layer, batch 2, worked by hand; every array is square, so that only values tell them apart.
BY_HAND = {
    "inputs": [[1, 2], [3, 4]],
    "weights": [[1, 0], [-1, 2]],
    "biases": [[2, -5]],
    "upstream": [[10, 20], [30, 40]],
    "layer_outputs": [[1, -1], [1, 3]],
    "relu_outputs": [[1, 0], [1, 3]],
    "deriv_relu_wrt_z": [[10, 0], [30, 40]],
    "deriv_relu_wrt_inputs": [[10, -10], [30, 50]],
    "deriv_relu_wrt_weights": [[100, 120], [140, 160]],
    "deriv_relu_wrt_biases": [[40, 40]],
    "new_weights": [[-49, -60], [-71, -78]],
    "new_biases": [[-18, -25]],
}


@pytest.fixture(params=["jax", "torch"])
def witness(request):
    return adapters.load(request.param)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of adapters in place of ours."""
    monkeypatch.setattr(adapters, "__file__", str(tmp_path / "__init__.py"))
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


def lattice(shape=(2, 3, 2, 4), dtype=DTYPES[0], count=5):
    return lattice_stack(np.random.default_rng(2), shape, dtype, LADDER[0], count)


def by_hand(dtype):
    def stack(name):
        return np.array([BY_HAND[name]], dtype)

    layers = (Layer(stack("weights"), stack("biases")),)
    return Case(stack("inputs"), layers, stack("upstream"), dtype.type(0.5))


def test_both_frameworks_are_found_by_name_without_importing_them():
    code = "import sys, adapters; print(*adapters.discover()); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found, modules = run.stdout.splitlines()

    assert found.split() == ["jax", "torch"]
    assert {"adapters", "harness.case"} < set(modules.split())
    assert not {"jax", "torch", "optax", "adapters.jax_grad"} & set(modules.split())


def test_a_framework_is_any_file_named_after_it(folder):
    for name in ("_private.py", "__init__.py", "notes.txt", "tiny_grad_too.py", "mlx.py"):
        (folder / name).touch()

    assert discover() == {"mlx": "adapters.mlx", "tiny": "adapters.tiny_grad_too"}


def test_a_missing_framework_is_named_with_how_to_install_it(folder):
    (folder / "absent_grad.py").write_text("import no_such_framework.optimizers")

    with pytest.raises(MissingFrameworkError) as refused:
        adapters.load("absent")

    assert str(refused.value) == (
        "framework absent needs the package no_such_framework, which is not installed: "
        "pip install -r requirements.txt (or choose others with --framework)"
    )


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("from numpy import no_such_name", ImportError),
        ("import adapters.no_such_module", ModuleNotFoundError),
        ("from harness.no_such_module import Case", ModuleNotFoundError),
        ("raise ModuleNotFoundError('of no package')", ModuleNotFoundError),
    ],
)
def test_an_adapters_own_mistake_is_not_taken_for_a_missing_framework(source, error, folder):
    (folder / "mistaken_grad.py").write_text(source)

    with pytest.raises(error):
        adapters.load("mistaken")


def test_a_witness_tells_its_name_and_its_frameworks_version(witness):
    assert witness.version == {"jax": jax, "torch": torch}[witness.name].__version__


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_a_witness_is_right_about_a_case_worked_by_hand(witness, dtype):
    (layer,) = witness.trace(by_hand(dtype))

    found = {quantity: getattr(layer, quantity)[0].tolist() for quantity in QUANTITIES}
    assert BY_HAND | found == BY_HAND


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(3, 4, 3), (0, 3, 2), (2, 3, 2, 4)], ids=str)
def test_a_stack_has_the_traces_of_its_cases_alone_and_the_right_form(witness, shape, dtype):
    case = lattice(shape, dtype, 300)
    together = trace_of(witness, case)

    assert {type(array) for layer in together for array in layer} == {np.ndarray}
    for place in (0, 1, 255, 256, 299):
        at = slice(place, place + 1)
        here = [layer._make(array[at] for array in layer) for layer in together]
        assert same(trace_of(witness, pick(case, place)), here)


@pytest.mark.parametrize("factor", [2.0, -0.5, 0.0])
def test_the_value_of_upstream_reaches_every_gradient(witness, factor):
    case = lattice(count=300)
    scaled = case._replace(upstream=case.upstream * factor)

    for one, other in zip(witness.trace(case), witness.trace(scaled), strict=True):
        for quantity in GRADIENTS:
            gradient = getattr(one, quantity)
            assert gradient.any()
            assert np.array_equal(gradient * factor, getattr(other, quantity))


def test_float64_is_computed_in_float64_and_the_learning_rate_too(witness):
    # 25 bits more than float32 has, and its square still exact.
    fine = 1 + 2.0**-26
    one = np.ones((1, 1, 1))
    case = Case(one, (Layer(fine * one, 0 * one),), fine * one, np.float64(fine))

    (layer,) = witness.trace(case)

    changes = [fine - fine**2, -(fine**2)]
    assert [array.item() for array in layer] == [fine] * 3 + [fine**2, fine, fine, *changes]


def test_arguments_may_be_read_only_and_stay_as_they_are(witness):
    case, untouched = lattice(), lattice()
    for array in (case.inputs, case.upstream, *case.layers[0], *case.layers[1]):
        array.flags.writeable = False

    assert same(witness.trace(case), witness.trace(untouched))
    assert str(case) == str(untouched) == str(lattice())


@pytest.mark.parametrize("enabled", [False, True])
def test_the_users_own_precision_in_jax_stays_and_changes_no_result(enabled):
    usual = jax_grad.trace(lattice())

    with jax.enable_x64(enabled):
        assert same(usual, jax_grad.trace(lattice()))
        assert jax.config.jax_enable_x64 is enabled
        assert jnp.ones(1).dtype == (np.float64 if enabled else np.float32)


@pytest.mark.parametrize("default", [torch.float16, torch.float32, torch.float64])
def test_the_users_default_dtype_in_torch_stays_and_changes_no_result(default, request):
    cases = [lattice(dtype=dtype) for dtype in DTYPES]
    usual = [torch_autograd.trace(case) for case in cases]
    request.addfinalizer(partial(torch.set_default_dtype, torch.get_default_dtype()))
    torch.set_default_dtype(default)

    assert all(same(torch_autograd.trace(case), u) for case, u in zip(cases, usual, strict=True))
    assert torch.get_default_dtype() is default
