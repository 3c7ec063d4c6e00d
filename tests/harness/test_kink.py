"""Another choice at the kink: who may ask for it, who is compared with it, and what stays exact."""

from types import SimpleNamespace

import numpy as np
import pytest

import adapters
from harness import kink
from harness.ball import Ball
from harness.case import Case, Layer
from harness.derivation import REFERENCE, reference_at
from harness.floats import float_stack
from harness.formats import precision
from harness.lattice import LADDER, is_exact, lattice_stack, needs
from harness.verification import Verification

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]
SHAPES = [(1, 1, 1), (2, 2, 2), (3, 4, 3), (2, 2, 3, 2), (2, 3, 2, 3, 2)]
OTHERS = [0.5, 1.0]


@pytest.fixture(scope="module")
def at():
    """at(kink): the witnesses that make this choice."""
    found = {each: [adapters.load(name, each) for name in ("jax", "torch")] for each in OTHERS}
    found[0] = [adapters.load(name) for name in ("jax", "torch")]
    return found.get


@pytest.fixture
def findings(at):
    """findings(derivation, kink): (quantity, outlier) of each, on both regimes and chained."""

    def findings(derivation, chosen):
        verification = Verification(derivation, at(chosen), kink=chosen)
        rng = np.random.default_rng(5)
        for dtype in DTYPES:
            for shape in SHAPES:
                for rung in LADDER:
                    stack = lattice_stack(rng, shape, dtype, rung, 24)
                    verification.check(stack, "exact", chained=True)
                verification.check(float_stack(rng, shape, dtype, 24), "certified", chained=True)
        assert sum(tally.kinks for tally in verification.tallies.values()) > 100
        return [(each.quantity, each.outlier) for each in verification.findings.values()]

    return findings


AGREES = {
    "wrong/kink_half.py": 0.5,
    "wrong/mask_ge.py": 1.0,
    "right/einsum.py": 0,
    "right/whole_step.py": 0,
}


@pytest.mark.parametrize("chosen", [0, *OTHERS])
@pytest.mark.parametrize("file", AGREES)
def test_a_derivation_agrees_with_the_choice_that_it_makes_and_with_no_other(
    file, chosen, load, findings
):
    blamed = [] if chosen == AGREES[file] else [("deriv_relu_wrt_z", "derivation")]

    assert findings(load(file), chosen) == blamed


@pytest.mark.parametrize("chosen", OTHERS)
def test_the_reference_at_another_kink_agrees_with_its_witnesses(chosen, findings):
    assert findings(reference_at(chosen), chosen) == []


def test_a_witness_that_makes_the_documents_choice_instead_is_the_outlier(load, at):
    torch_at_0 = at(0)[1]
    verification = Verification(load("wrong/kink_half.py"), [torch_at_0], kink=0.5)
    stack = lattice_stack(np.random.default_rng(1), (2, 2, 2), DTYPES[0], LADDER[0], 24)

    (finding,) = verification.check(stack, "exact")

    assert (finding.quantity, finding.outlier) == ("deriv_relu_wrt_z", "torch")


@pytest.mark.parametrize("chosen", OTHERS)
@pytest.mark.parametrize("name", ["jax", "torch"])
def test_a_spelling_has_the_derivative_that_it_is_listed_for(name, chosen):
    zero, one = np.zeros((1, 1, 1)), np.ones((1, 1, 1))
    witness = adapters.load(name, chosen)

    ((layer),) = witness.trace(Case(zero, (Layer(zero, zero),), one, np.float64(1)))

    assert layer.deriv_relu_wrt_z.item() == chosen
    assert witness.relu


def test_a_framework_without_such_a_spelling_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(adapters, "__path__", [str(tmp_path)])
    monkeypatch.setattr(adapters, "__file__", str(tmp_path / "__init__.py"))
    (tmp_path / "plain_grad.py").write_text("VERSION = '1'\n\n\ndef trace(case):\n    ...\n")

    assert adapters.load("plain").relu == ""
    with pytest.raises(adapters.MissingSpellingError) as refused:
        adapters.load("plain", 0.5)
    assert str(refused.value) == (
        "framework plain has no spelling of ReLU whose derivative at 0 is 0.5 "
        "(choose others with --framework)"
    )


@pytest.mark.parametrize("name", ["torch:func", "torch:*", "jax:no_such"])
def test_a_variant_makes_no_other_choice_and_says_who_does(name):
    framework = name.partition(":")[0]

    with pytest.raises(adapters.FrameworkError) as refused:
        adapters.choose([name], 0.5)

    assert str(refused.value) == (
        f"--framework {name} always has 0 as ReLU's derivative at 0, "
        f"expected --framework {framework} with --kink 0.5"
    )


def derivation(*own):
    return REFERENCE._replace(name="mine.py", own=own)


@pytest.mark.parametrize(
    ("given", "own", "chosen"),
    [
        (None, ("sgd_step",), 0),
        ("0", ("sgd_step",), 0),
        ("0.5", ("relu_backward",), 0.5),
        ("1", ("relu_forward", "relu_backward"), 1),
        ("1", ("train_step",), 1),
    ],
)
def test_a_choice_is_taken_where_the_derivation_makes_it(given, own, chosen):
    assert kink.choice(given, derivation(*own)) == chosen


@pytest.mark.parametrize("own", [("sgd_step",), ("sgd_step", "train_step")])
def test_a_choice_that_the_reference_would_have_to_make_is_refused(own):
    with pytest.raises(kink.KinkError, match=r"^0\.5: the reference's relu_backward gives 0"):
        kink.choice("0.5", derivation(*own))


def test_the_reference_is_asked_for_no_other_choice():
    with pytest.raises(kink.KinkError, match="expected a --derivation with relu_backward or"):
        kink.choice("1", REFERENCE)


@pytest.mark.parametrize("given", ["2", "", "half", "0.50"])
def test_what_is_no_choice_is_refused(given):
    with pytest.raises(kink.KinkError, match=r"expected one of 0, 0\.5, 1$"):
        kink.choice(given, derivation("relu_backward"))


def test_the_verdict_says_which_choice_was_asked_for_and_who_makes_it():
    witness = SimpleNamespace(name="toy", version="1", relu="toy.max(z, 0)")

    (note,) = Verification(REFERENCE, [witness], kink=0.5).notes
    assert note == "ReLU's derivative at 0 is 0.5 in this run, as in toy.max(z, 0) (toy)"
    assert Verification(REFERENCE, [witness]).notes == {}


def test_half_of_a_gradient_leaves_an_exact_case_exact():
    reference, rng = reference_at(0.5), np.random.default_rng(0)
    places = [(shape, dtype, rung) for shape in SHAPES for dtype in DTYPES for rung in LADDER]
    stacks = [lattice_stack(rng, *place, 20) for place in places for _ in range(4)]

    made = [kink.exact_for(stack, reference) for stack in stacks]

    changed = [same is not stack for stack, same in zip(stacks, made, strict=True)]
    assert changed == [not is_exact(stack, reference) for stack in stacks]
    assert 0 < sum(changed) < len(stacks)
    assert all(is_exact(stack, reference) and stack.upstream.any() for stack in made)


def test_half_of_a_gradient_needs_another_bit_in_each_layer():
    one = np.ones((1, 1, 1))
    for depth in (1, 2, 3):
        case = Case(one, (Layer(one, one),) * depth, one, np.float64(1))

        assert needs(case).lowest == 0
        assert needs(case, reference_at(0.5)).lowest == -depth
        assert needs(case, reference_at(1.0)).lowest == 0


@pytest.mark.parametrize("chosen", OTHERS)
def test_a_ball_near_the_kink_holds_what_each_of_its_points_gives(chosen):
    """And no more than that, but for the rounding of a product."""
    tested = precision(np.dtype(np.float64))
    reference = reference_at(chosen)
    upstream = np.array([[6.0]])
    for low, high in [(-2, -1), (-2, 0), (-1, 1), (0, 0), (0, 2), (1, 2)]:
        middle, radius = (tested.wide.type(each) / 2 for each in (low + high, high - low))
        z = Ball.around(np.array([[middle]]), np.array([[radius]]), tested)

        ball = reference.relu_backward(Ball.exact(upstream, tested), z)

        # The radius is inflated a little, so that an end at 0 reaches over it.
        ends = [[middle - z.radius.item()], [middle], [middle + z.radius.item()]]
        points = np.array(ends + [[0.0]] * (low <= 0 <= high))
        answers = reference.relu_backward(np.broadcast_to(upstream, points.shape), points)
        assert (np.abs(answers - ball.mid) <= ball.radius).all()
        width = np.ptp(answers) + 16 * np.spacing(6.0)
        assert 2 * ball.radius.item() <= width
