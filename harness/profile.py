"""Hypothesis's settings for every test of a run."""

from secrets import randbits

from hypothesis import HealthCheck, Phase, settings


def load() -> None:
    """Make them the settings of this process."""
    settings.register_profile(
        "crossgrad",
        database=None,  # a stored example would make a second run differ from the first
        deadline=None,
        derandomize=False,  # on what it takes for CI Hypothesis would heed no seed
        # `harness/shrink.py` shrinks what is found, once; Hypothesis would in each failed test.
        phases=[Phase.explicit, Phase.generate],
        # Whether it strikes depends on the machine.
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=False,
    )
    settings.load_profile("crossgrad")


def seed(given: str | None) -> int:
    """The seed of a run: 0 if none is given, drawn if `random` is. Raises ValueError, saying what
    was expected."""
    if given is None:
        return 0
    if given == "random":
        return randbits(32)
    if not (given.isascii() and given.isdigit()):
        raise ValueError(f"expected a whole number or 'random', not {given!r}")
    return int(given)
