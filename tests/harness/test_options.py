"""An option is said once: offered from there, refused in one line, and given back as a command."""

from argparse import ArgumentParser, Namespace
from contextlib import ExitStack

import pytest

from harness import options
from harness.derivation import REFERENCE
from harness.options import RUN, UsageError


@pytest.fixture
def given():
    """given(argument, ...): the options of a run, as argparse reads them."""

    def given(*arguments):
        parser = ArgumentParser(allow_abbrev=False)
        options.offer(parser.add_argument, RUN, "theano")
        parser.add_argument(options.SEED)
        return parser.parse_args(arguments)

    return given


def test_the_default_frameworks_are_named_in_the_help():
    parser = ArgumentParser()
    options.offer(parser.add_argument, RUN, "theano")

    assert "(default: theano)" in " ".join(parser.format_help().split())


def test_nothing_asked_for_is_the_reference_with_seed_0(given, tmp_path):
    asked = options.asked(given(), tmp_path, tmp_path, ExitStack())

    assert asked == options.Asked(0, REFERENCE, None, 0.0, None, None, [])


def test_the_process_of_a_derivation_ends_with_the_run(given, tmp_path):
    (tmp_path / "mine.py").write_text(
        "def relu_forward(layer_outputs):\n    return layer_outputs\n"
    )

    with ExitStack() as exits:
        asked = options.asked(given("--derivation", "mine.py"), tmp_path, tmp_path, exits)
        process = asked.derivation.relu_forward.isolated._process
        running = process.poll()

    assert (running, process.poll()) == (None, -9)
    assert asked.notes == [("mine.py", {})]


def test_the_command_has_every_option_that_decides_in_the_order_of_the_table(given):
    had = given(
        "--verdict-json=v", "--kink=1", "--framework=a", "--framework=torch:*", "--derivation=a b"
    )

    command = options.command(["run"], had, RUN, 7)

    assert command == (
        "run --derivation 'a b' --framework a --framework 'torch:*' --kink 1 --hypothesis-seed=7"
    )


def test_the_command_keeps_no_password(given):
    had = given("--example-database", "redis://me:secret@host")

    assert "secret" not in options.command(["run"], had, RUN, 0)


@pytest.mark.parametrize("error", [OSError(2, "No such file or directory"), ValueError("no")])
def test_an_error_of_another_kind_is_no_usage_error(error):
    with pytest.raises(type(error)), options.refusing("--x: ", KeyError):
        raise error


def test_an_error_of_the_system_is_told_without_its_number():
    with (
        pytest.raises(UsageError, match=r"^--x: No such file$"),
        options.refusing("--x: ", OSError),
    ):
        raise OSError(2, "No such file")


def test_a_value_is_read_by_the_options_name():
    assert options.VERDICT_JSON.value(Namespace(verdict_json="v")) == "v"
