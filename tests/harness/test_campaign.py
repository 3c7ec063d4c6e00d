"""A campaign: one verdict, however its tasks were run, interrupted and gone on with."""

import io
import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis.database import InMemoryExampleDatabase
from toys import ASKED, HERE, WORK

from harness import examples
from harness.campaign import campaign, state
from harness.campaign.end import End
from harness.campaign.progress import Progress
from harness.campaign.state import State, StateError
from harness.campaign.work import run
from harness.campaign.workers import processes
from harness.case import as_json
from harness.merge import merge

CANDIDATES = Path(__file__).parents[1] / "candidates"
WRONG = WORK._replace(derivation="wrong/bias_mean.py", folder=str(CANDIDATES))
NEW = State({}, 0, None)
TASKS = 4


def go(work=WORK, asked=ASKED, workers=HERE, end=None, begun=NEW, **options):
    """A campaign of few tasks; returns its end and what it told."""
    told = io.StringIO()
    with Progress(told) as progress:
        ended = campaign.run(
            work, asked, workers, end or End(tasks=TASKS), begun, progress, **options
        )
    return ended, told.getvalue()


def text(verdict):
    return json.dumps(verdict)


@pytest.fixture(scope="module")
def whole():
    return go()[0]


def test_nothing_is_found_on_a_right_derivation_and_counts_add(whole):
    one, _ = go(end=End(tasks=1))

    for verdict in (one.verdict, whole.verdict):
        assert verdict["disagreements"] == verdict["not_checked"] == []
    assert (one.number, whole.number) == (1, TASKS)
    rows = [each["cases"] for each in whole.verdict["checked"]]
    assert rows == [TASKS * each["cases"] for each in one.verdict["checked"]]


def test_it_agrees_as_soon_as_the_cases_would_have_caught_every_mistake(whole):
    more, _ = go(end=End(tasks=16))

    assert whole.verdict["sensitivity"]["survivors"]
    assert not whole.verdict["agrees"]
    assert more.verdict["sensitivity"]["survivors"] == []
    assert more.verdict["agrees"]


def test_one_process_and_two_give_the_same_verdict_byte_for_byte(whole):
    for count in (1, 2):
        assert text(go(workers=processes(count))[0].verdict) == text(whole.verdict)


def test_the_verdicts_of_tasks_make_one_in_any_order(whole):
    parts = [run(WORK, task) for task in ASKED.tasks(WORK.seed, 0, TASKS)]

    for order in itertools.permutations(parts):
        assert text(merge(order)) == text(merge([merge(order[:2]), merge(order[2:])]))
        assert text(merge(order)) == text(whole.verdict)


def test_shards_make_the_whole_together(whole):
    shards = [go(asked=ASKED._replace(shard=(place, 3)))[0] for place in range(3)]

    assert [shard.number for shard in shards] == [4, 2, 3]
    assert text(merge(shard.verdict for shard in shards)) == text(whole.verdict)


def test_a_campaign_that_goes_on_ends_as_one_that_was_never_interrupted(whole, tmp_path):
    path = tmp_path / "state.json"

    go(end=End(tasks=1), path=path)
    begun = state.read(path)
    ended, _ = go(begun=begun, path=path)

    assert begun.number == 1
    assert text(ended.verdict) == text(whole.verdict)
    assert state.read(path) == ended


def test_where_there_is_no_state_a_campaign_begins(tmp_path):
    assert state.read(tmp_path / "state.json") is None


def test_a_state_of_another_campaign_is_refused(whole, tmp_path):
    path = tmp_path / "state.json"
    state.write(State({"seed": 1}, 3, whole.verdict), path)
    begun = state.read(path)

    state.check(begun, {"seed": 1})
    with pytest.raises(StateError, match=r"^its campaign has seed 1, expected 2 as in "):
        state.check(begun, {"seed": 2})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "cannot be read: JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "is no campaign's: it: expected an object, not []"),
        ("{}", "is no campaign's: it has no key 'campaign'"),
        ('{"campaign": {}, "number": 1}', "is no campaign's: it has no key 'verdict'"),
    ],
)
def test_what_is_no_state_is_refused_in_one_line(tmp_path, content, reason):
    path = tmp_path / "state.json"
    path.write_text(content)

    with pytest.raises(StateError, match=f"^{re.escape(reason)}[, ]"):
        state.read(path)


def test_an_end_is_told_once_to_end_and_twice_to_break_off():
    end = End()

    assert not end()
    end.tell()
    assert end()
    with pytest.raises(KeyboardInterrupt):
        end.tell()


def test_a_campaign_told_to_end_is_whole_up_to_a_task(whole):
    """Told after the second task, with others handed out already."""
    end = End()
    seen = itertools.count(1)

    class Told(Progress):
        def update(self, *arguments):
            if next(seen) == 2:
                end.tell()

    with Told(io.StringIO()) as progress:
        ended = campaign.run(WORK, ASKED, HERE, end, NEW, progress)

    exact = go(end=End(tasks=ended.number))[0]
    assert ended.number >= 2
    assert text(exact.verdict) == text(ended.verdict)


def test_minutes_bound_a_campaign():
    assert End(minutes=0)()
    assert not End(minutes=1)()
    assert End(minutes=1, tasks=4).share(2) == 0.5
    assert End().share(2) is None


def test_what_is_found_is_told_shrunk_kept_and_the_campaign_goes_on():
    database = InMemoryExampleDatabase()

    ended, told = go(WRONG, database=database)

    (found,) = ended.verdict["disagreements"]
    assert (ended.number, ended.verdict["agrees"]) == (TASKS, False)
    assert found["quantity"] == "deriv_relu_wrt_biases"
    assert told.count("deriv_relu_wrt_biases values differ") == 1
    (example,) = examples.stored(database)
    assert example.case.shape == (2, 1, 1)
    *_, line = told.splitlines()
    number = line.rpartition("fuzz --task ")[2]
    alone = run(WRONG, next(ASKED._replace(shard=(int(number), 99)).tasks(WRONG.seed, 0, None)))
    assert alone["disagreements"][0]["case"] == as_json(example.case)


def test_what_was_kept_is_met_again_first_and_by_the_first_shard_alone():
    database = InMemoryExampleDatabase()
    go(WRONG, database=database)
    replay = {"end": End(tasks=0), "database": database}

    again, told = go(WRONG, **replay)
    others, _ = go(WRONG, ASKED._replace(shard=(1, 2)), **replay)
    right, _ = go(**replay)

    assert told.endswith("fuzz --tasks 0\n")
    assert [each["quantity"] for each in again.verdict["disagreements"]] == [
        "deriv_relu_wrt_biases"
    ]
    assert sum(row["cases"] for row in again.verdict["checked"]) == 8 * 2
    assert others.verdict is None
    assert right.verdict["disagreements"] == []


def test_a_framework_that_is_wrong_is_the_outlier():
    ended, _ = go(asked=ASKED._replace(frameworks=("toy", "doubles")), end=End(tasks=1))

    assert {each["outlier"] for each in ended.verdict["disagreements"]} == {"doubles"}


def test_a_framework_that_fails_leaves_its_task_unchecked():
    ended, _ = go(asked=ASKED._replace(frameworks=("toy", "fails")), end=End(tasks=1))

    reasons = [gap["reason"] for gap in ended.verdict["not_checked"]]
    assert ended.verdict["agrees"] is False
    assert any("task 0 ended in WitnessError: framework fails" in reason for reason in reasons)
