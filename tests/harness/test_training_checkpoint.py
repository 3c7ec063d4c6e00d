"""A checkpoint is read back to the same bits, and refused in a line if it is another run's."""

import json

import pytest
from training import BACKWARDS, PLAN, RIGHT, digits

from harness.training import certified, checkpoint
from harness.training.checkpoint import CheckpointError
from harness.training.run import run

RUN = {"seed": 3, "versions": {"NumPy": "2"}}
NAMES = ["right", "backwards"]


def begun():
    return {dtype: certified.begin(digits(), PLAN, dtype, NAMES) for dtype in PLAN.dtypes}


@pytest.fixture(scope="module")
def gone_on():
    trainings = begun()
    for dtype, training in trainings.items():
        *_, trainings[dtype] = certified.epoch(digits(), PLAN, training, [RIGHT, BACKWARDS])
    return trainings


def bits(trainings):
    return {
        dtype: [
            training._replace(layers=None),
            [
                (name, array.dtype, array.tobytes())
                for name, layers in training.layers.items()
                for layer in layers
                for array in layer
            ],
        ]
        for dtype, training in trainings.items()
    }


def test_what_is_read_has_the_bits_that_were_written(tmp_path, gone_on):
    path = tmp_path / "checkpoint.json"
    checkpoint.write(path, RUN, gone_on)

    assert bits(checkpoint.read(path, RUN, begun())) == bits(gone_on)


def test_without_a_file_it_is_begun(tmp_path):
    assert bits(checkpoint.read(tmp_path / "no.json", RUN, begun())) == bits(begun())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda all: all["run"].update(seed=4), "its training has seed 4, and this one 3"),
        (lambda all: all["run"].update(more=1), "its training has more 1, and this one null"),
        (lambda all: all["run"]["versions"].update(NumPy="3"),
         'its training has versions {"NumPy": "3"}, and this one {"NumPy": "2"}'),
        (lambda all: all.pop("run"), "is no training's: it has no key 'run'"),
        (lambda all: all["trainings"].pop("float32"), "is no training's: KeyError: 'float32'"),
        (lambda all: all["trainings"]["float32"].update(epoch="1"),
         "is no training's: it.trainings.float32.epoch: expected int, not '1'"),
        (lambda all: all["trainings"]["float32"].update(epoch=2),
         "is no training's: its float32 is of another network or length"),
        (lambda all: all["trainings"]["float32"].update(dtype="float64"),
         "is no training's: its float32 is of another network or length"),
        (lambda all: all["trainings"]["float64"]["series"]["loss"].pop(),
         "is no training's: its float64 is of another network or length"),
        (lambda all: all["trainings"]["float64"]["layers"]["right"][0]["weights"].pop(),
         "is no training's: its float64 is of another network or length"),
        (lambda all: all["trainings"]["float64"]["layers"]["right"][0]["weights"][0].pop(),
         "is no training's: ValueError: setting an array element with a sequence"),
    ],
)  # fmt: skip
def test_another_run_s_is_refused(tmp_path, gone_on, change, message):
    path = tmp_path / "checkpoint.json"
    checkpoint.write(path, RUN, gone_on)
    written = json.loads(path.read_text())
    change(written)
    path.write_text(json.dumps(written))

    with pytest.raises(CheckpointError) as told:
        checkpoint.read(path, RUN, begun())

    assert str(told.value).startswith(message)
    assert "\n" not in str(told.value)


def test_half_a_file_is_refused(tmp_path, gone_on):
    path = tmp_path / "checkpoint.json"
    checkpoint.write(path, RUN, gone_on)
    path.write_text(path.read_text()[:-100])

    with pytest.raises(CheckpointError, match="cannot be read: JSONDecodeError"):
        checkpoint.read(path, RUN, begun())


def test_a_run_that_is_ended_anywhere_goes_on_to_the_same_end(tmp_path):
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    given = digits(), PLAN, [RIGHT, BACKWARDS], RUN
    expected = run(*given, whole)
    steps = []

    def at_every_seventh_step(training, share):
        steps.append(share)
        if len(steps) % 7 == 0:
            raise KeyboardInterrupt

    for _ in range(9):
        try:
            found = run(*given, parts, at_every_seventh_step)
            break
        except KeyboardInterrupt:
            assert json.loads(parts.read_text())["run"]

    assert bits(found) == bits(expected)
    assert parts.read_bytes() == whole.read_bytes()
    assert steps[-1] == 1
    assert len(steps) > 16


def test_a_run_that_is_over_makes_no_step(tmp_path):
    path = tmp_path / "checkpoint.json"
    given = digits(), PLAN, [RIGHT], RUN, path
    expected = run(*given)

    def never(*_):
        raise AssertionError

    assert bits(run(*given, never)) == bits(expected)
