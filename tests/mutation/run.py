"""Mutation testing: a changed operator or number in what decides a verdict makes a test fail.

cosmic-ray makes one such change at a time, and runs the tests of the changed module. A mutant
that they let pass must be in `mutants.toml` with the reason, and whatever is listed there must
pass. All of it happens in a copy of the checkout: a run that is killed leaves no mutant behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import TestOutcome, run_tests
from cosmic_ray.work_db import use_db

ROOT = Path(__file__).parents[2]
LIST = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text())


class Mutant(NamedTuple):
    """A line and what it becomes, however indented: its number would change with every edit."""

    line: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.line}\n     -> {self.becomes}"

    def is_of(self, pattern: "Mutant") -> bool:
        """Whether it is the mutant listed; after … in both of its lines comes anything."""
        return all(
            each.startswith(known[:-1]) if known.endswith("…") else each == known
            for each, known in zip(self, pattern, strict=True)
        )


def listed(module: str) -> Iterator[Mutant]:
    """The mutants of a module that are known to pass."""
    for entry in LIST["survivor"]:
        if entry["module"] == module:
            yield from (Mutant(entry["line"], becomes) for becomes in entry["becomes"])


def complaints(survivors: Collection[Mutant], known: Collection[Mutant]) -> list[str]:
    """Where the survivors are not those that are known."""
    new = [each for each in survivors if not any(each.is_of(pattern) for pattern in known)]
    gone = [pattern for pattern in known if not any(each.is_of(pattern) for each in survivors)]
    return [
        *(f"no test fails, and mutants.toml does not say why: {mutant}" for mutant in new),
        *(f"in mutants.toml, but noticed by a test, or no mutant: {mutant}" for mutant in gone),
    ]


def copy_checkout(folder: Path) -> None:
    """The files of the working tree, uncommitted changes among them; none that git ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def changed(diff: str) -> Mutant:
    """The mutant that cosmic-ray shows as a unified diff of one change."""
    sides = (
        [line[1:] for line in diff.splitlines() if line[:1] == sign and line[:3] != sign * 3]
        for sign in "-+"
    )
    return Mutant(*(" ".join(" ".join(lines).split()) for lines in sides))


def mutate(module: str, tests: list[str]) -> tuple[int, list[Mutant]]:
    """How many mutants a module of the current folder has, and those that its tests let pass."""
    with use_db(":memory:") as session:
        init([Path(module)], session, {})
        items = session.work_items
    command = f"{sys.executable} -m pytest -x -q {' '.join(tests)}"
    start = time.monotonic()
    outcome, output = run_tests(command, None)
    if outcome is not TestOutcome.SURVIVED:
        sys.exit(f"{output}\n{module}: its tests fail without any mutant")
    # What never ends is ended then, and counts as noticed.
    timeout = 5 * (time.monotonic() - start)
    survivors = []
    for item in items:
        result = mutate_and_test(item.mutations, command, timeout)
        if result.test_outcome is TestOutcome.INCOMPETENT:
            sys.exit(f"{result.output}\n{module}: cosmic-ray failed")
        if result.test_outcome is TestOutcome.SURVIVED:
            survivors.append(changed(result.diff))
    return len(items), survivors


def report(target: dict[str, Any]) -> list[str]:
    """Mutate a module, print what became of it, and return what is wrong with that."""
    module = target["module"]
    start = time.monotonic()
    total, survivors = mutate(module, target["tests"])
    killed = total - len(survivors)
    minutes = (time.monotonic() - start) / 60
    print(f"{module}: {killed} of {total} mutants noticed, in {minutes:.0f} minutes", flush=True)
    wrong = complaints(survivors, list(listed(module)))
    if 100 * killed < target.get("least_percent", 0) * total:
        wrong.append(f"fewer than {target['least_percent']} % of its mutants are noticed")
    for line in wrong:
        print(f"  {line}", flush=True)
    return wrong


def main(chosen: list[str]) -> int:
    """Mutate the modules chosen, or all. The exit status is 0 if there is nothing to complain."""
    targets = {target["module"]: target for target in LIST["target"]}
    if unknown := set(chosen) - set(targets):
        sys.exit(
            f"{', '.join(sorted(unknown))}: not in mutants.toml, expected {', '.join(targets)}"
        )
    with tempfile.TemporaryDirectory() as folder:
        copy_checkout(Path(folder))
        os.chdir(folder)
        wrong = [line for module in chosen or targets for line in report(targets[module])]
        os.chdir(ROOT)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
