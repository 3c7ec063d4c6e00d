"""Many derivations, each judged in a run of its own: from pytest's command to the table."""

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any

import pytest

from harness import kink, options, report, terminal, verdict, verdict_json
from harness.bar import Bar
from harness.blocks import processors
from harness.derivation import REFERENCE
from harness.example import reproduce
from harness.many import pool, rows
from harness.verification import Verification
from tests.many.worker import Asked, serve

# Seconds for one derivation. A run of all tests, `-m ""`, takes up to an hour.
LIMIT = 2 * 60 * 60
INTERRUPTED = "the run was interrupted"


def run(
    config: pytest.Config, files: Sequence[str], frameworks: Sequence[str], runner: Sequence[str]
) -> pytest.ExitCode:
    """Judge them; print the table, write what was asked for. Raises UsageError, FrameworkError."""
    folder, given = config.invocation_params.dir, config.option
    options.refuse_both(given)
    # What is not about one derivation; `--against` is for each, and there if it is for none.
    common = Namespace(**vars(given) | {"derivation": None, "kink": None, "report": None})
    with ExitStack() as exits:
        checked = options.asked(common, folder, config.rootpath, exits)
    with options.refusing(f"{options.KINK.name} ", kink.KinkError):
        at_kink = kink.number(options.KINK.value(given))
    pages = options.folder_of(options.REPORT.name, options.REPORT.value(given), folder)

    def command(file: str) -> str:
        about = Namespace(**vars(given) | {"derivation": [file]})
        return options.command(runner, about, options.RUN, checked.seed)

    def without(file: str, reason: str) -> dict[str, Any]:
        """The verdict on a file that was not judged."""
        nothing = Verification(REFERENCE._replace(name=file, own=()), (), kink=at_kink)
        concluded = verdict.conclude(nothing, checked.seed, command(file), (), [reason])
        return verdict_json.as_json(concluded)

    arguments = tuple(map(str, config.invocation_params.args))
    asked = Asked(arguments, folder, checked.seed, tuple(frameworks), at_kink)
    judging = pool.results(partial(serve, asked), files, processors(), LIMIT)
    judged: dict[int, rows.Row] = {}
    verdicts = [without(file, INTERRUPTED) for file in files]
    try:
        with closing(judging), Bar(sys.stderr) as bar:
            for place, result in judging:
                if isinstance(result, pool.Lost):
                    result = f"its run was lost: {result.how}"
                if isinstance(result, str):
                    result = without(files[place], result)
                if pages is not None:
                    report.write(result, pages / report.page_of(place, files[place]))
                verdicts[place], judged[place] = result, rows.row(result)
                so_far = f"{len(judged)} of {len(files)}: {rows.counted([*judged.values()])}"
                bar.show(so_far, len(judged) / len(files))
    except KeyboardInterrupt:
        if not judged:
            raise
    with _in_peace():
        done = sorted(judged)
        terminal.say(rows.lines([judged[place] for place in done]))
        if left := len(files) - len(done):
            terminal.say([f"Interrupted: {left} of {len(files)} were not judged."])
        terminal.say(reproduce(command("FILE")))
        if checked.verdict_json is not None:
            verdict_json.write(verdicts, checked.verdict_json)
        if pages is not None:
            linked = [(judged[place], report.page_of(place, files[place])) for place in done]
            report.write_index(linked, left, pages)
            terminal.say([terminal.printable(f"The pages: {pages / report.INDEX}")])
    if left:
        return pytest.ExitCode.INTERRUPTED
    agree = all(each["agrees"] for each in verdicts)
    return pytest.ExitCode.OK if agree else pytest.ExitCode.TESTS_FAILED


@contextmanager
def _in_peace() -> Iterator[None]:
    """A second Ctrl-C does not keep what was found from being told, which takes no time."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
