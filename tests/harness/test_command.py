"""A derivation in another language: its examples agree, and what is wrong with one is told."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from harness.calling import Misbehaved
from harness.case import QUANTITIES
from harness.cells import CandidateError
from harness.command import answer, number, question
from harness.diagnosis import diagnose
from harness.floats import float_stack
from harness.formats import FORMATS
from harness.isolation import Isolated
from harness.lattice import LADDER, lattice_stack
from harness.verification import Verification

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "command.schema.json").read_text(encoding="utf-8"))
SOURCES = {"js": "my_backprop.js", "c": "my_backprop.c"}
# The weights are used as they stand where they should be transposed: what fits in a square.
PLANTED = {
    "js": ("dot(d, transposed(weights, width), size)", "dot(d, weights, size)"),
    "c": (
        "g * AT(w[l], k, j);",
        "g * (w[l].rows == w[l].columns ? AT(w[l], j, k) : AT(w[l], k, j));",
    ),
}
SHAPES = ((1, 1, 1), (0, 2, 3), (2, 2, 2), (3, 4, 3), (2, 2, 2, 2))


def cases(dtypes=FORMATS):
    rng = np.random.default_rng(0)
    for dtype in dtypes:
        for shape in SHAPES:
            yield "exact", lattice_stack(rng, shape, dtype, LADDER[0], 3)
            yield "certified", float_stack(rng, shape, dtype, 3)


@pytest.fixture
def started():
    running = []

    def started(command, folder=ROOT):
        running.append(Isolated(command, folder, command=True))
        return running[-1].derivation

    yield started
    for each in running:
        each.close()


@pytest.fixture
def program(tmp_path):
    """The command of an example, or of one with something else in place of a part of it."""

    def program(language, old="", new=""):
        path = tmp_path / SOURCES[language]
        source = (ROOT / "examples" / SOURCES[language]).read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new) if old else source)
        if language == "js":
            assert shutil.which("node"), "expected Node.js, for the example in JavaScript"
            return f"node {path}"
        built = tmp_path / "my_backprop"
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", built, path], check=True)
        return str(built)

    return program


@pytest.mark.parametrize("language", SOURCES)
def test_an_example_agrees_in_every_dtype(language, program, started, witnesses):
    run = Verification(started(program(language)), witnesses)

    for regime, case in cases():
        assert run.check(case, regime) == []

    assert {row.quantity for row in run.tallies} == set(QUANTITIES)


@pytest.mark.parametrize("language", SOURCES)
def test_a_transposed_weight_is_refused_and_named(language, program, started, witnesses):
    derivation = started(program(language, *PLANTED[language]))
    run = Verification(derivation, witnesses)

    for regime, case in cases(FORMATS[:1]):
        run.check(case, regime)

    found = run.findings["deriv_relu_wrt_inputs", "values differ", "derivation"]
    diagnosis = diagnose(derivation, found, witnesses[0])
    assert [each.name for each in diagnosis.mistakes] == ["weights_not_transposed"]


def answering(expression):
    """A program that answers each line with what a Python expression makes of the case c."""
    source = f"import json, os, sys\nfor line in sys.stdin:\n  c = json.loads(line)\n  {expression}"
    return f"{sys.executable} -uc {shlex.quote(source)}"


def layers(rows):
    return f"print({json.dumps([{'new_biases': rows}])!r})"


WRONG = "returned the wrong thing"


@pytest.mark.parametrize(
    ("expression", "kind", "observed"),
    [
        ("sys.exit(3)", "raised an exception", "none: the program ended with exit status 3"),
        ("os.abort()", "raised an exception", "none: the program was ended by signal 6"),
        ("print(1)", WRONG, "1"),
        ("print('x')", WRONG, "b'x\\n'"),
        (layers([[1], [1, 2]]), WRONG, "[[1], [1, 2]]"),
        (layers([[True]]), WRONG, "[[true]]"),
        (layers([[1, 1]]), "has a wrong shape", "shape (1, 2)"),
        ("print('[{\"loss\": [[1]]}]')", "returned an unknown quantity", "loss"),
    ],
)
def test_what_is_no_answer_is_told_as_a_functions_would_be(expression, kind, observed, started):
    run = Verification(started(answering(expression)), [toy()])

    for regime, case in cases(FORMATS[:1]):
        run.check(case, regime)

    (_, found, _), finding = next(iter(run.findings.items()))
    assert found == kind
    assert finding.shown.observed == observed


def toy():
    from toys import right

    class Toy:
        name, version = "toy", "1"
        trace = staticmethod(right)

    return Toy()


def test_a_program_that_ends_is_started_again(started):
    """So that the smallest case that ends it can be found."""
    run = Verification(started(answering("c['inputs'] or sys.exit(1); print([{}])")), [toy()])

    for regime, case in cases(FORMATS[:1]):
        if len(case.layers) == 1:
            run.check(case, regime)

    (finding,) = run.findings.values()
    assert finding.shown.case.shape == (0, 1, 1)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nothing_of_the_kind", "nothing_of_the_kind cannot be started: No such file or directory"),
        ("", "an empty command, expected a program and its arguments"),
        ("node 'x", "node 'x: cannot be split into words: No closing quotation"),
    ],
)
def test_what_cannot_be_started_is_refused_in_one_line(command, message):
    with pytest.raises(CandidateError) as error:
        Isolated(command, ROOT, command=True)

    assert str(error.value).endswith(message)


def test_questions_and_answers_are_of_the_schema_and_keep_every_bit():
    for _, case in cases(FORMATS[:3]):
        if len(case.inputs[0]) == 0:
            continue
        one = case._replace(learning_rate=case.dtype.type(0.1))
        one.inputs[0, 0, 0] = np.nan
        told = json.loads(question(one))
        jsonschema.validate(told, SCHEMA)
        jsonschema.validate(told, SCHEMA["$defs"]["case"] | {"$defs": SCHEMA["$defs"]})
        assert number(told["learning_rate"]) == float(one.learning_rate)
        assert told["inputs"][0][0] == "NaN"
        read = [[number(value) for value in row] for row in told["upstream"]]
        assert np.array_equal(np.array(read, case.dtype), case.upstream[0])

    line = b'[{"new_biases": [["0x1.8p+1", "-0x1p-1074", 0.1, "-inf", "Infinity", null, "-nan"]]}]'
    (layer,) = answer(line, next(cases())[1])
    assert str(layer["new_biases"][0].tolist()) == "[3.0, -5e-324, 0.1, -inf, inf, nan, nan]"
    with pytest.raises(Misbehaved):
        answer(b'[{"new_biases": [["three"]]}]', next(cases())[1])
