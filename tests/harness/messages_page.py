"""How the page of messages is made: what of each answer is shown, and nothing of this machine."""

import re
import subprocess

import staged
import transcript

# What most commands choose of the tests.
USUAL = "calls or layers"
# Enough of `tests/derivation` for a full verdict.
WHOLE = tuple(
    f"tests/derivation/test_{name}.py"
    for name in ("document", "scenarios", "special", "accumulation", "determinism")
)


def error(answer):
    """The usage error: standard error."""
    return answer[2].strip().splitlines()


def verdict(answer):
    """The whole verdict."""
    stdout = answer[1]
    shown = re.sub(r"\A.*^=+ verdict =+\n|^=+ \d[^=]*=+\n\Z", "", stdout, flags=re.DOTALL | re.M)
    return shown.strip().splitlines()


def finding(answer):
    """The first finding of the verdict."""
    lines = verdict(answer)
    blank = [place for place, line in enumerate(lines) if not line]
    return lines[blank[0] + 1 : blank[1]]


def framework(answer):
    """The headline of the verdict, then its first finding."""
    return [verdict(answer)[0], "", *finding(answer)]


# What every verdict on a part of the tests says.
ALWAYS = (
    r"(layer|relu|deriv|new)_\w+ +[\d,]+ / |quantity|Cases|[\d,]+ elements|Kinks|Ambig|Calls|"
    r"NOT CHECKED toy(:again)? (exact|cert)|What was|Not asked|  and wobbles|Seed"
)


def told(answer):
    """The verdict without what the others say, too."""
    shown = [line for line in verdict(answer) if not re.match(ALWAYS, line)]
    return [line for line, before in zip(shown, ["", *shown], strict=False) if line or before]


def compared(answer):
    """The headline, and what the verdict says of two derivations."""
    lines = verdict(answer)
    begin = next(place for place, line in enumerate(lines) if line.startswith("Compared"))
    return [lines[0], "", *lines[begin : lines.index("", begin)]]


def failure(answer):
    """What a test ended in, and what is not checked for it."""
    lines = [
        line
        for line in answer[1].splitlines()
        if re.search("^E  |^NOT .* ended|see the verdict", line)
    ]
    return [verdict(answer)[0], *lines]


def lines(answer):
    """Standard error, then standard output."""
    return (answer[2] + answer[1]).strip().splitlines()


def table(answer):
    """Standard output alone: how far a run has come is said beside it, now and then."""
    return answer[1].strip().splitlines()


def prepared(folder):
    """A checkout with its adapters and files, and three revisions of the reference in git."""
    transcript.copy_to(folder, staged.STAGED)
    package = folder / "reference/__init__.py"
    intact = package.read_text()
    revisions = {
        "begun": intact,
        "lacks": "from reference.sgd import sgd_step\n",
        "fails": "import nothing_of_the_kind\n",
    }
    git(folder, "init", "--quiet")
    git(folder, "add", "reference")
    for tag, source in revisions.items():
        package.write_text(source)
        git(folder, "commit", "--quiet", "--all", "--message", tag)
        git(folder, "tag", tag)
    package.write_text(intact)
    staged.keep_no_case(folder / "no_cases")


def git(folder, *arguments):
    who = "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


def page(folder, sections, answers):
    """The page, which says nothing of this machine."""
    answers = iter(answers)
    parts = []
    for heading, show, commands in sections:
        parts += [f"{heading}\n{'=' * len(heading)}\n"]
        for command in commands:
            answer = next(answers)
            if command[0] == "stage" or (answer[0] != 4 and show is error):
                continue
            said = [line.replace(str(folder), "FOLDER") for line in show(answer)]
            parts.append("\n".join([prompt(command), *map(normalised, said)]) + "\n")
    return "\n".join(parts)


def prompt(command):
    """The command as a person would give it, without what chooses a small part of the tests."""
    module, *arguments = (part.encode("unicode_escape").decode() for part in command)
    if set(WHOLE) <= {*arguments}:
        arguments = ["tests/derivation", *arguments[len(WHOLE) :]]
    if "-k" in arguments:
        at = arguments.index("-k")
        chosen = arguments[at : at + 2] if arguments[at + 1] != USUAL else []
        arguments = ["tests/derivation", *chosen, *arguments[1:at], *arguments[at + 2 :]]
    return " ".join(["$", "pytest" if module == "pytest" else f"python -m {module}", *arguments])


def normalised(line):
    """Without versions, and what another processor may round otherwise."""
    line = re.sub(r"( / [\d,]+) \(0\.\d*[1-9]\d*\)", r"\1 (RATIO)", line)
    line = re.sub(r"(rounding decides:) [\d,]+", r"\1 SOME", line)
    line = re.sub(r"NumPy \d[\w.]*\w", "NumPy X", line)
    return re.sub(r"\([0-9a-f]{10}\)", "(COMMIT)", line)
