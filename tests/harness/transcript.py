"""Runs many commands in one process, as `python -m` would run each, and tells what they print.

A process that starts for each would wait for Python, NumPy and pytest each time. Run as a script in
a copy of the checkout: a JSON list of commands on standard input, of answers on standard output.
"""

import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = (
    "harness",
    "reference",
    "tests/campaign",
    "tests/candidates",
    "tests/derivation",
    "tests/many",
)
FILES = ("conftest.py", "pyproject.toml", "adapters/__init__.py", "adapters/conventions.toml")
# Of the environment, what would change what is printed.
LEFT_OUT = ("TOX_ENV_NAME", "PYTEST_ADDOPTS", "FORCE_COLOR", "PY_COLORS", "NO_COLOR", "COLUMNS")


def copy_to(folder, files):
    """A checkout in `folder` that has no adapters but those of `files`, which are its own."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "adapters").mkdir()
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def start(folder, commands, **environment):
    """A process that answers `answers`."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(folder)} | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps(commands))
    process.stdin.close()
    return process


def answers(process):
    """For each command its exit status, standard output and standard error."""
    with process:
        return json.load(process.stdout)


def main():
    """Any machine has two cores here, and no cluster is waited for long."""
    from harness import determinism
    from harness.campaign import workers

    workers.cluster.__defaults__ = (1,)
    determinism.processors = lambda: 2
    warnings.simplefilter("ignore", RuntimeWarning)  # runpy's, of a module that is imported already
    told = sys.stdout
    json.dump([answer(*command) for command in json.load(sys.stdin)], told)


def stage(verb, *arguments):
    """What changes the stage between two commands."""
    from harness import isolation

    if verb == "limit":  # so that what takes for ever is found soon, or no more
        name, seconds = arguments
        setattr(isolation, name, int(seconds))
    elif verb == "hide":  # a package, as if it were not installed
        sys.modules.update(dict.fromkeys(arguments))
    elif verb == "show":
        for name in arguments:
            del sys.modules[name]
    elif verb == "path":
        os.environ["PATH"] = arguments[0]
    elif verb == "edit":  # a verdict's entry
        file, key, value, other = arguments
        verdict = json.loads(Path(file).read_text())
        Path(other).write_text(json.dumps(verdict | {key: json.loads(value)}))


def answer(module, *arguments):
    if module == "stage":
        stage(*arguments)
        return 0, "", ""
    streams = io.StringIO(), io.StringIO()
    # Here, and not in a process of its own, what pytest would rewrite is imported already.
    unlike = ["-W", "ignore::pytest.PytestAssertRewriteWarning"] if module == "pytest" else []
    sys.argv = [module, *arguments, *unlike]
    status = 0
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=False)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return status, *(stream.getvalue() for stream in streams)


if __name__ == "__main__":
    main()
