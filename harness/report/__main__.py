"""`python -m harness.report VERDICT.json`: the page of a verdict that was stored."""

import sys
from collections.abc import Sequence
from pathlib import Path

from harness import report
from harness.terminal import Parser, printable, say
from harness.verdict_json import check_writable
from harness.verdict_read import VerdictError, read


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, and say where; returns the exit status."""
    parser = Parser(prog="python -m harness.report", description=report.__doc__, allow_abbrev=False)
    parser.add_argument("verdict", type=Path, metavar="VERDICT.json", help="a stored verdict")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE.html",
        help="write the page there (default: beside the verdict)",
    )
    given = parser.parse_args(arguments)
    output = given.output or given.verdict.with_suffix(".html")
    try:
        verdict = read(given.verdict)
        check_writable(output)
        report.write(verdict, output)
    except VerdictError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{output}: cannot be written: {error.strerror}")
    except (ValueError, LookupError) as error:
        parser.error(f"{given.verdict}: is no verdict: {type(error).__name__}: {error}")
    say([printable(f"Wrote {output}.")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
