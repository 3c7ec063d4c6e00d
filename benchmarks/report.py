"""The results in words: what `python -m benchmarks` prints and writes, as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill
from typing import Any

from benchmarks.names import OWN

INTRODUCTION = """\
Made by `tox -e bench` from one run: edit nothing here. `results.json` has the numbers in full,
`results.svg` a chart of them."""

SPEED = """\
Cases a second, float64: the median of {rounds} rounds in which all took turns. All check one
derivation, `reference/`. `crossgrad` puts it before PyTorch and JAX, on stacks of cases; `a file`
is the same formulas in a user's file, in a process of its own, called one case at a time. Exact is
bit for bit on integers; certified is within the proved radius on any floats. The others check it as
a gradient written by hand, one case a call; *own layer* is dense + ReLU in their framework's own
operations instead, the fastest that they can be given."""

CAUGHT = """\
Of the {catalogue} mistakes in a layer {expressible} can be planted as a hand-written
gradient, and so be shown to a gradient checker; the others are in the update, or leave outputs and
gradients as they are. Each checker gets what its user would give it: its default tolerances, and
one Gaussian draw at {usual}, for a whole step with a second layer. *With care* adds a draw at each
of {further}. At every draw each of them accepts the right gradient. crossgrad walks the exact
float64 cases of its default run. The time is that to the first refusal, the median of those caught
at {usual}; gradcheck's fast mode checks a failure again in slow mode, JAX compiles the function,
and crossgrad shrinks the failure to the smallest example."""

ALARMS = """\
*Right, refused*: of {cases} right cases at {shape} with integer entries, {kinks} of which have a
pre-activation of 0, where a finite difference measures the mean of two slopes. The others were
given their own layer. crossgrad was asked on the same cases, and on {cases} others in the certified
regime."""

Table = Sequence[Sequence[str]]


def markdown(results: dict[str, Any]) -> str:
    """Everything. Only what is in `results` decides it."""
    parts = [
        "# crossgrad beside other gradient checkers",
        INTRODUCTION,
        _machine(results),
        *_tables(headline(results)),
        "## Speed",
        SPEED.format(rounds=results["rounds"]),
        *_tables(_rates(results["speed"])),
        "How many times as many cases a second crossgrad checks, the median of the rounds' ratios:",
        *_tables(*_ratios(results["speed"])),
        "## Mistakes and false alarms",
        _filled(CAUGHT, results["catching"]),
        _alarms(results["alarms"]),
        *_tables(_caught(results)),
        *_lists(results["catching"]),
        "## crossgrad's own time and memory",
        "Seconds outside the frameworks and the derivation's formulas, for each second inside:",
        *_tables(_by_shape(results["shares"])),
        "The time of a check grows as a power of what there is more of, by a log-log fit:",
        *_tables(_growth(results["growth"])),
        _memory(results["memory"]),
    ]
    return "\n\n".join(map(_wrapped, parts)) + "\n"


def headline(results: dict[str, Any]) -> Table:
    """The table that README.md shows, too."""
    catching, alarms = results["catching"], results["alarms"]["tools"]
    shapes = list(results["speed"])
    caught_of = f"mistakes caught, of {catching['catalogue']}"
    rows = [["cases a second", *shapes, caught_of, "right, refused"]]
    others = [tool for tool in catching["tools"] if tool != OWN]
    for tool in [*others, *results["speed"][shapes[0]]["ratios"]]:
        rates = [short(results["speed"][shape]["rates"][tool]) for shape in shapes]
        of = tool if tool in others else OWN
        caught = catching["tools"][of]["caught with care"]
        alarm = alarms[of]["refused"] / alarms[of]["cases"]
        rows.append([tool, *rates, f"{caught}", f"{alarm:.1%}" if alarm else "0"])
    return rows


def short(number: float) -> str:
    """Three digits that say something, and the thousands set apart."""
    return f"{float(f'{number:.3g}'):,.6g}" if number >= 1 else f"{number:.2g}"


def _wrapped(part: str) -> str:
    one_line = part.startswith(("#", "|"))
    return part if one_line else fill(part, 100, break_long_words=False, break_on_hyphens=False)


def _machine(results: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"{results['processors']} processors; {versions}."


def _rates(speed: dict[str, Any]) -> Table:
    shapes = list(speed)
    return [
        ["cases a second", *shapes],
        *(
            [tool, *(short(speed[shape]["rates"][tool]) for shape in shapes)]
            for tool in speed[shapes[0]]["rates"]
        ),
    ]


def _ratios(speed: dict[str, Any]) -> Iterator[Table]:
    shapes = list(speed)
    for own, others in speed[shapes[0]]["ratios"].items():
        yield [
            [own, *shapes],
            *(
                [other, *(short(speed[shape]["ratios"][own][other]) for shape in shapes)]
                for other in others
            ),
        ]


def _filled(text: str, catching: dict[str, Any]) -> str:
    *most, last = catching["further shapes"]
    return text.format(
        catalogue=catching["catalogue"],
        expressible=catching["expressible"],
        usual=catching["usual shape"],
        further=f"{', '.join(most)} and {last}",
    )


def _alarms(alarms: dict[str, Any]) -> str:
    (cases,) = {tool["cases"] for name, tool in alarms["tools"].items() if name != OWN}
    return ALARMS.format(
        cases=f"{cases:,}", shape=alarms["shape"], kinks=f"{alarms['cases with a kink']:,}"
    )


def _caught(results: dict[str, Any]) -> Table:
    catching, alarms = results["catching"], results["alarms"]["tools"]
    shown, total = catching["expressible"], catching["catalogue"]
    return [
        [
            "",
            "caught",
            "with care",
            f"share of {shown}",
            f"share of {total}",
            "ms",
            "right, refused",
        ],
        *(
            [
                tool,
                f"{caught['caught']}",
                f"{caught['caught with care']}",
                f"{(shown - len(caught['passed'])) / shown:.0%}",
                f"{caught['caught with care'] / total:.0%}",
                short(1000 * caught["median seconds"]),
                f"{alarms[tool]['refused']:,} of {alarms[tool]['cases']:,}",
            ]
            for tool, caught in catching["tools"].items()
        ),
    ]


def _lists(catching: dict[str, Any]) -> Iterator[str]:
    passed = catching["passed by all others"]
    yield f"Passed by all the others at the usual shape: {_names(passed['at the usual shape'])}."
    yield f"Passed by all the others with care, too: {_names(passed['with care'])}."
    for tool, caught in catching["tools"].items():
        yield f"Passed by {tool}: {_names(caught['passed'])}."
    yield f"Nothing for a gradient checker to see: {_names(catching['not expressible'])}."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _by_shape(shares: dict[str, dict[str, float]]) -> Table:
    shapes = list(next(iter(shares.values())))
    return [["", *shapes], *([tool, *map(short, of.values())] for tool, of in shares.items())]


def _growth(growth: dict[str, Any]) -> Table:
    regimes = list(next(iter(growth.values())))
    return [
        ["exponent", "from", "to", *regimes],
        *(
            [
                what,
                *(f"{of[regimes[0]]['points'][end][0]:,}" for end in (0, -1)),
                *(f"{of[regime]['exponent']:.2f}" for regime in regimes),
            ]
            for what, of in growth.items()
        ),
    ]


def _memory(memory: dict[str, Any]) -> str:
    peaks = " and ".join(f"{short(of)} {regime}" for regime, of in memory["bytes a case"].items())
    return (
        f"Memory at the peak of a check, in bytes a case of {memory['shape']}: {peaks}. What the "
        "frameworks allocate for themselves is not in it."
    )


def _tables(*tables: Table) -> Iterator[str]:
    for header, *rows in tables:
        aligned = ["---", *["--:"] * (len(header) - 1)]
        yield "\n".join(f"| {' | '.join(row)} |" for row in (header, aligned, *rows))
