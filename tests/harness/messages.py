"""Every message that a person can meet, as one page: what is run, and what it then says.

A section is a heading, what is shown of an answer, and commands. `stage` changes the stage between
two commands, and is not shown.
"""

from messages_page import (
    USUAL,
    WHOLE,
    compared,
    error,
    failure,
    finding,
    framework,
    lines,
    table,
    told,
    verdict,
)
from staged import RUN

BROKEN = "tests/candidates/broken"
ODD, HOSTILE, FRAGILE, WRONG = (
    f"tests/candidates/{name}" for name in ("odd", "hostile", "fragile", "wrong")
)
FUZZ = ("tests.campaign", "--processes", "1")
MERGE = "harness.merge"
BEGUN = (*FUZZ, "--tasks", "1", "--framework", "toy", "--resume", "state.json")
VERIFY = ("pytest", "tests/derivation")
MANY = ("--derivation", f"{WRONG}/bias_mean.py", "--derivation", f"{BROKEN}/syntax_error.py")


def of(file, *options, tests=USUAL):
    return (*RUN, "-k", tests, "--framework", "toy", "--derivation", file, *options)


def by(framework, tests, *options):
    return (*RUN, "-k", tests, "--framework", "toy", "--framework", framework, *options)


USAGE = [
    ("A derivation that cannot be loaded", error, [
        (*VERIFY, "--derivation", "nowhere.py"),
        (*VERIFY, "--derivation", "no_cases"),
        (*VERIFY, "--derivation", "/dev/null"),
        *((*VERIFY, "--derivation", f"{BROKEN}/{name}.py") for name in (
            "syntax_error", "import_fails", "defines_none", "wrong_parameters", "not_callable",
            "not_literal", "nothing_passed_in", "two_gradients", "nothing_to_check",
            "no_biases", "weights_transposed",
        )),
        *((*VERIFY, "--derivation", f"{BROKEN}/{name}.ipynb") for name in (
            "not_json", "in_r", "no_code_cells", "syntax_error", "mask_cell_missing",
        )),
        (*VERIFY, "--derivation", f"{HOSTILE}/import_ends_the_process.py"),
        (*VERIFY, "--derivation", "/proc/self/mem"),
        ("stage", "limit", "IMPORT_LIMIT", "2"),
        (*VERIFY, "--derivation", "sleeps.py"),
        ("stage", "limit", "IMPORT_LIMIT", "60"),
        (*VERIFY, "--derivation", "\x1b[31mred.py"),
    ]),
    ("A command that cannot be started", error, [
        (*VERIFY, "--derivation-command", "nothing_of_the_kind --at all"),
        (*VERIFY, "--derivation-command", ""),
        (*VERIFY, "--derivation-command", "node 'x"),
        (*VERIFY, "--derivation-command", "node x.js", "--derivation", f"{WRONG}/mask_ge.py"),
    ]),
    ("Something to compare it with that cannot be loaded", error, [
        (*VERIFY, "--against", "nowhere"),
        (*VERIFY, "--against", f"{BROKEN}/defines_none.py"),
        (*VERIFY, "--against", "fails"),
        (*VERIFY, "--against", "lacks"),
        ("stage", "path", ""),
        (*VERIFY, "--against", "HEAD"),
    ]),
    ("Other options of pytest", error, [
        (*VERIFY, "--framework", "theano"),
        (*VERIFY, "--framework", "needy"),
        (*VERIFY, "--framework", "toy:func"),
        (*VERIFY, "--framework", "other:func"),
        (*VERIFY, "--framework", "toy:compiled"),
        (*VERIFY, "--kink", "2"),
        (*VERIFY, "--kink", "1"),
        (*VERIFY, "--kink", "1", "--derivation", f"{WRONG}/mask_ge.py", "--framework", "toy"),
        (*VERIFY, "--kink", "1", "--derivation", f"{WRONG}/mask_ge.py", "--framework", "toy:*"),
        (*VERIFY, "--hypothesis-seed", "today"),
        (*VERIFY, "--verdict-json", "nowhere/verdict.json"),
        (*VERIFY, "--verdict-json", "tests"),
        (*VERIFY, "--report", "nowhere/page.html"),
        (*VERIFY, *MANY, "--report", "nowhere/pages"),
        (*VERIFY, *MANY, "--report", "text.json"),
        (*VERIFY, *MANY, "--derivation-command", "cat"),
        (*VERIFY, *MANY, "--kink", "2"),
        (*VERIFY, *MANY, "--framework", "needy"),
        (*VERIFY, *MANY, "--against", "nowhere"),
        (*VERIFY, "--example-database", "text.json"),
        (*VERIFY, "--example-database", "redis://localhost:1"),
        (*VERIFY, "--example-database", "no_cases"),
        ("stage", "hide", "redis"),
        (*VERIFY, "--example-database", "redis://localhost:1"),
        ("stage", "show", "redis"),
    ]),
    ("Options of a campaign", error, [
        (*FUZZ, "--derivation", "tests/candidates"),
        (*FUZZ, "--minutes", "soon"),
        (*FUZZ, "--tasks", "-1"),
        (*FUZZ, "--processes", "0"),
        (*FUZZ, "--cluster", "localhost:1"),
        (*FUZZ, "--shard", "3/3"),
        (*FUZZ, "--task", "1", "--tasks", "2"),
        (*FUZZ, "--hypothesis-seed", "today"),
        (*FUZZ, "--verdict-json", "nowhere/verdict.json"),
        (*FUZZ, "--resume", "nowhere/state.json"),
        (*FUZZ, "--resume", "text.json"),
        (*FUZZ, "--resume", "no_verdict.json"),
        (*FUZZ, "--typo"),
        ("tests.campaign", "--cluster", "nobody:1", "--framework", "toy"),
        ("tests.campaign", "--cluster", "empty:1", "--framework", "toy"),
        ("tests.campaign", "--cluster", "gone:1", "--framework", "toy", "--tasks", "1"),
        (*BEGUN,),
        (*BEGUN, "--hypothesis-seed", "1"),
        ("stage", "hide", "distributed"),
        ("tests.campaign", "--cluster", "nobody:1", "--framework", "toy"),
    ]),
    ("Files that cannot be merged", error, [
        (*of(f"{WRONG}/bias_mean.py"), "--verdict-json", "a.json"),
        ("stage", "edit", "a.json", "seed", "4", "b.json"),
        ("stage", "edit", "a.json", "seed", '"4"', "c.json"),
        ("stage", "edit", "a.json", "shapes", "[]", "d.json"),
        (MERGE,),
        (MERGE, "nowhere.json"),
        (MERGE, "text.json"),
        (MERGE, "list.json"),
        (MERGE, "no_number.json"),
        (MERGE, "no_verdict.json"),
        (MERGE, "c.json"),
        (MERGE, "d.json"),
        (MERGE, "a.json", "a.json"),
        (MERGE, "a.json", "b.json"),
        (MERGE, "a.json", "--verdict-json", "nowhere/all.json"),
    ]),
]  # fmt: skip
FOUND = [
    ("A verdict in full", verdict, [
        ("pytest", *WHOLE, "--framework", "toy"),
        of(f"{WRONG}/bias_mean.py"),
    ]),
    ("Values", finding, [
        of("cubed.py"),
        of("thirds.py", tests="floats"),
        of(f"{ODD}/stateful_shape.py"),
        of(f"{WRONG}/float32_inside.py", tests="floats"),
        of("\x1b[31mred gr\u00f6\u00dfe\n.py"),
    ]),
    ("Calls of a formula", finding, [
        *(of(f"{ODD}/{name}.py") for name in (
            "changes_argument", "flat_bias", "not_repeatable", "one_buffer", "promotes",
            "raises", "returns_list", "returns_none", "two_results",
        )),
        of("long.py"),
        of("escapes.py"),
        *(of(f"{HOSTILE}/{name}.py") for name in (
            "changes_error_state", "changes_print_options", "changes_python_random_state",
            "changes_random_state", "patches_numpy", "ends_the_process",
            "interrupts", "segfault",
        )),
        of("huge.py"),
        ("stage", "limit", "RUN_LIMIT", "1"),
        of("slow.py"),
        ("stage", "limit", "RUN_LIMIT", "900"),
        ("stage", "limit", "CALL_LIMIT", "1"),
        of(f"{HOSTILE}/endless_loop.py"),
        ("stage", "limit", "CALL_LIMIT", "10"),
        *(of(f"{FRAGILE}/{name}.py") for name in (
            "ravel_k", "restores_upstream", "fortran_copy", "rate_as_array"
        )),
    ]),
    ("Calls of a whole step", finding, [
        of("step_returns_an_array.py"),
        of("step_returns_lists.py"),
        of("step_unknown.py"),
        of("step_now_and_then.py"),
    ]),
    ("Frameworks", framework, [
        by("doubles", "calls", "--framework", "other"),
        by("wobbles", "twice"),
        by("threaded", "twice"),
        (*FUZZ, "--tasks", "1", "--framework", "toy", "--framework", "dies"),
    ]),
    ("Frameworks that fail", failure, [
        by("sick", "calls"),
        by("short", "calls"),
        by("single", "calls"),
        by("sick", "calls or layers", "--derivation", f"{WRONG}/bias_mean.py"),
    ]),
    ("What is told of a run, and what was not checked", told, [
        of(f"{HOSTILE}/prints.py"),
        of("step_forward.py"),
        of(f"{WRONG}/kink_half.py", "--kink", "0.5"),
        (*RUN, "-k", "calls or floats", "--framework", "toy:*"),
    ]),
    ("Compared with another derivation", compared, [
        of("respelled.py", "--against", "begun", tests="floats"),
        of(f"{WRONG}/bias_mean.py", "--against", f"{WRONG}/sgd_sign.py"),
        of(f"{WRONG}/bias_mean.py", "--against", f"{WRONG}/bias_axis_1.py"),
    ]),
    ("Runs that end early, or without a case", verdict, [
        by("stopped", "calls"),
        (*RUN, "-k", "nothing", "--framework", "toy"),
        (*RUN, "-k", "zeros", "--framework", "toy"),
    ]),
    ("Many derivations", table, [
        (*RUN, "-k", USUAL, "--framework", "toy", *MANY),
        (*RUN, "-k", USUAL, "--framework", "dies", *MANY),
        (*RUN, "-k", USUAL, "--framework", "toy", *MANY, "--kink", "0.5"),
        (*RUN, "--collect-only", "--framework", "toy", *MANY),
    ]),
    ("Campaigns", lines, [
        (*FUZZ, "--tasks", "0", "--framework", "toy", "--example-database", "empty"),
        (*FUZZ, "--tasks", "1", "--framework", "sick", "--example-database", "empty"),
        (*FUZZ, "--tasks", "1", "--framework", "toy", "--derivation", f"{WRONG}/sgd_sign.py"),
    ]),
]  # fmt: skip
