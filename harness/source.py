"""What stands for our own code, where it decides what a stored run goes on with."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("reference", "adapters", "harness")


def digest(others: Iterable[Path] = ()) -> str:
    """Other text of our code, or of the other files, has another digest."""
    ours = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    code = hashlib.sha256()
    for path in [*ours, *others]:
        code.update(path.read_bytes())
    return code.hexdigest()[:12]
