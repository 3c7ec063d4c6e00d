"""The certificate at another choice of ReLU's derivative at 0 than the document's."""

import numpy as np
import pytest
from checked import survivors, zeros
from planting import witness

from harness import certificate
from harness.derivation import reference_at
from harness.mistakes import CATALOGUE
from harness.verification import Verification

KINKS = (0.5, 1.0)


@pytest.mark.parametrize(("name", "slope"), certificate.AT_KINK.items())
def test_a_mistake_about_the_kink_is_the_right_formula_of_another_choice(name, slope):
    code = next(each.code for each in CATALOGUE if each.name == name)
    z = np.array([[-1.0, 0.0, 2.0]])

    assert code(z + 5, z).tolist() == reference_at(slope).relu_backward(z + 5, z).tolist()


@pytest.mark.parametrize("kink", KINKS)
def test_the_mistakes_of_another_choice_at_the_kink_are_the_other_choices(kink):
    names = {each.name for each in certificate.catalogue(kink)}
    right = {name for name, slope in certificate.AT_KINK.items() if slope == kink}

    assert len(right) == 1
    assert names == {each.name for each in CATALOGUE} - right | {"kink_zero"}


@pytest.mark.parametrize("kink", KINKS)
def test_at_another_choice_no_mistake_is_caught_for_the_document_s_choice(kink):
    """At kinks alone, only the choices there are told apart."""
    reference = reference_at(kink)
    verification = Verification(reference, [witness(reference)], kink=kink)
    case = zeros()._replace(upstream=np.ones((1, 2, 2)))
    assert verification.check(case, "exact") == []

    others = {name for name, slope in certificate.AT_KINK.items() if slope != kink}
    assert verification.certificate.caught == others | {"kink_zero"}
    assert {"mask_inverted", "mask_transposed", "upstream_squared"} <= survivors(verification)
