"""Which derivations were asked for: files one by one, or all that are in a folder."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from harness.candidate import CandidateError

# The files of a folder that are derivations, by how their names end.
ENDINGS: Final = (".ipynb", ".py")


def several(names: Sequence[str], folder: Path) -> list[str] | None:
    """The files, each once, named from `folder` on; None if a single one is asked for as such.

    Raises CandidateError if there is a folder without any.
    """
    if len(names) < 2 and not any((folder / name).is_dir() for name in names):
        return None
    return list(dict.fromkeys(file for name in names for file in _expanded(name, folder)))


def _expanded(name: str, folder: Path) -> Iterator[str]:
    """A folder's files and those of the folders in it, but for `.hidden` and `_helpers.py`."""
    if not (folder / name).is_dir():
        yield name
        return
    found = []
    for place, folders, files in os.walk(folder / name):
        folders[:] = [each for each in folders if each[0] not in "._"]
        own = (each for each in files if each.endswith(ENDINGS) and each[0] not in "._")
        found += [(Path(place) / each).relative_to(folder / name) for each in own]
    if not found:
        endings = " or ".join(f"*{ending}" for ending in ENDINGS)
        raise CandidateError(f"{name}: has no derivation in it, expected at least one {endings}")
    for each in sorted(found):
        yield str(Path(name) / each)
