"""The reference as it was at a git revision, taken out of git without touching the work tree."""

import importlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from types import ModuleType

from harness.candidate import CandidateError
from harness.derivation import DOCUMENT_FORMULAS, FORMULAS, REFERENCE, Derivation

PACKAGE = REFERENCE.dense_forward.__module__.partition(".")[0]


def load(revision: str, root: Path) -> Derivation:
    """The reference at any commit-ish of the repository at `root`. Raises CandidateError."""
    commit = _git(
        root, revision, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"
    )
    name = f"{revision} ({commit.decode().strip()[:10]})"
    archive = _git(root, revision, "archive", "--format=tar", commit.decode().strip(), PACKAGE)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        try:
            package = _import_from(folder)
        except Exception as error:
            raise CandidateError(
                f"{name}: import of {PACKAGE} fails: {type(error).__name__}: {error}"
            ) from None
    # Softmax and cross-entropy came later: what is older is compared in what it has.
    missing = [formula for formula in DOCUMENT_FORMULAS if not hasattr(package, formula)]
    if missing:
        raise CandidateError(f"{name}: {PACKAGE} there does not define {', '.join(missing)}")
    own = tuple(formula for formula in FORMULAS if hasattr(package, formula))
    formulas = {formula: getattr(package, formula) for formula in own}
    return REFERENCE._replace(name=name, own=own, **formulas)


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    try:
        run = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise CandidateError(f"{revision}: git is not installed, expected it on the path") from None
    if run.returncode:
        reason = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
        shown = reason[0].removeprefix("fatal: ") if reason else "git failed"
        raise CandidateError(
            f"{revision}: no such file and no such revision, expected a FILE, or a commit, branch "
            f"or tag: git says {shown!r}"
        )
    return run.stdout


def _import_from(folder: str) -> ModuleType:
    """Another version of the package, imported beside today's, which stays where it was."""
    todays = {name: sys.modules.pop(name) for name in [*sys.modules] if _is_of_package(name)}
    sys.path.insert(0, folder)
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        importlib.invalidate_caches()
        return importlib.import_module(PACKAGE)
    finally:
        sys.dont_write_bytecode = written
        sys.path.remove(folder)
        for name in [*sys.modules]:
            if _is_of_package(name):
                del sys.modules[name]
        sys.modules.update(todays)


def _is_of_package(name: str) -> bool:
    return name.partition(".")[0] == PACKAGE
