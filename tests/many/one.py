"""The run of one among many derivations: a plugin of pytest's that tells it what it is about."""

from dataclasses import dataclass
from typing import Any

import pytest

from harness.memory import Memory


@dataclass(eq=False)
class One:
    """Which derivation the run is about, what those before it met, and then the verdict on it."""

    derivation: str
    seed: int
    memory: Memory
    verdict: dict[str, Any] | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """As if the command named this derivation alone; no file is written."""
        config.option.derivation = [self.derivation]
        config.option.hypothesis_seed = str(self.seed)
        config.option.verdict_json = config.option.report = None
        config.stash[ONE] = self


ONE = pytest.StashKey[One]()
