"""Many derivations in one run, from the outside: rows, the list of verdicts, pages, Ctrl-C.

The runs are those of a copy of the checkout whose witnesses are toys; one is of the real ones.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import staged
import transcript

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in transcript.LEFT_OUT}
WRONG = "tests/candidates/wrong"
TOY = "--framework", "toy"
# Its import takes as long as a run waits for one.
ENDLESS = "while True:\n    pass\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    transcript.copy_to(folder, staged.STAGED | {"endless.py": ENDLESS})
    for name, file in {
        "ada/mine.py": f"{WRONG}/bias_mean.py",
        "bob/mine.py": "tests/candidates/right/einsum.py",
        "cleo.py": "tests/candidates/broken/syntax_error.py",
        "dan.ipynb": f"{WRONG}/mask_ge.ipynb",
        "eve.py": "tests/candidates/hostile/ends_the_process.py",
    }.items():
        path = folder / "homework" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / file).read_bytes())
    return folder


def command(tests, *options):
    return [sys.executable, "-m", "pytest", *tests, *map(str, options)]


@pytest.fixture(scope="module")
def run(checkout):
    """run(option, ...): exit status, stdout and stderr."""

    def run(*options, tests=staged.RUN[1:]):
        done = subprocess.run(
            command(tests, *options), cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture(scope="module")
def homework(run, checkout):
    """The exit status and what is printed of one run on a folder; it wrote all.json and pages."""
    written = "--verdict-json", "all.json", "--report", "pages"
    return run(*TOY, "--derivation", "homework", *written)


TABLE = r"""in homework/
derivation                agrees  first wrong quantity    mistake
ada/mine.py               NO      deriv_relu_wrt_biases   biases mean
bob/mine.py               \?       .*
cleo.py                   \?       line 4: .*
dan.ipynb                 NO      deriv_relu_wrt_z        mask ge
eve.py                    NO      \w+ +ends the process

5 derivations: 3 disagree, 2 have no full verdict\.
  reproduce pytest tests/derivation --derivation FILE --framework toy \\
            --hypothesis-seed=0
The pages: \S+/pages/index\.html
"""


def test_each_is_a_row_and_a_broken_file_is_one_too(homework):
    status, stdout, _ = homework  # how far it has come is said now and then

    assert status == 1
    assert re.fullmatch(TABLE, re.sub(r"\n {34}.*", "", stdout))


def test_the_json_is_a_list_of_what_each_gets_alone(homework, run, checkout):
    verdicts = json.loads((checkout / "all.json").read_text())

    files = "ada/mine.py", "bob/mine.py", "cleo.py", "dan.ipynb", "eve.py"
    assert [each["derivation"] for each in verdicts] == [f"homework/{file}" for file in files]
    for verdict in verdicts:
        one = "--derivation", verdict["derivation"], "--verdict-json", "one.json"
        status, _, stderr = run(*TOY, *one)
        if verdict["derivation"] == "homework/cleo.py":
            *_, gap = verdict["not_checked"]
            assert stderr.strip() == f"ERROR: --derivation homework/cleo.py, {gap['reason']}"
            assert (status, verdict["agrees"]) == (4, False)
        else:
            assert verdict == json.loads((checkout / "one.json").read_text())
    assert not list(checkout.glob(".*.json*"))


def test_each_has_a_page_and_an_index_leads_to_it(homework, checkout):
    index = (checkout / "pages/index.html").read_text()
    links = re.findall(r'<a href="([^"]+)"><bdi>([^<]+)</bdi></a>', index)

    assert links == [
        ("001-mine.py.html", "ada/mine.py"),
        ("002-mine.py.html", "bob/mine.py"),
        ("003-cleo.py.html", "cleo.py"),
        ("004-dan.ipynb.html", "dan.ipynb"),
        ("005-eve.py.html", "eve.py"),
    ]
    assert {each.name for each in (checkout / "pages").iterdir()} == {
        "index.html",
        *(page for page, _ in links),
    }
    for page, name in links:
        assert name.rpartition("/")[2] in (checkout / "pages" / page).read_text()


def test_files_are_judged_in_the_order_in_which_they_are_named(run, checkout):
    names = f"{WRONG}/sgd_sign.py", "nowhere.py", "tests/candidates/right/loops.py"
    options = [part for name in names for part in ("--derivation", name)]

    status, stdout, _ = run(*TOY, *options, "--verdict-json", "three.json")

    assert status == 1
    assert stdout.startswith("derivation  ")
    assert [each["derivation"] for each in json.loads((checkout / "three.json").read_text())] == [
        *names
    ]
    assert re.search(r"^nowhere.py +\? +no such file\s+in", stdout, re.M)


def test_where_all_agree_it_exits_0(run, checkout):
    files = "--derivation", "homework/bob", "--derivation", "tests/candidates/right/einsum.py"
    status, stdout, _ = run(*TOY, *files, tests=["tests/derivation", "-k", "not staged"])

    assert "\n2 derivations: 2 agree.\n" in stdout
    assert status == 0


def test_what_a_framework_ends_is_lost_and_the_run_goes_on(run):
    status, stdout, _ = run("--framework", "dies", "--derivation", "homework/ada",
                            "--derivation", "homework/cleo.py")  # fmt: skip

    assert status == 1
    assert re.search(
        r"^ada/mine.py +\? +its run was lost: it was ended by signal\s+SIGABRT$", stdout, re.M
    )
    assert re.search(r"^cleo.py +\? +line 4: does not parse", stdout, re.M)


def test_what_is_asked_of_one_is_asked_of_each(run, checkout):
    options = "--kink", "0.5", "--against", f"{WRONG}/sgd_sign.py", "--hypothesis-seed", "3"
    files = "--derivation", f"{WRONG}/kink_half.py", "--derivation", f"{WRONG}/sgd_sign.py"

    run(*TOY, *options, *files, "--verdict-json", "asked.json")

    first, second = json.loads((checkout / "asked.json").read_text())
    assert (first["seed"], first["kink"], first["against"]) == (3, 0.5, f"{WRONG}/sgd_sign.py")
    assert first["regression"]
    assert second["not_checked"][-1]["reason"] == (
        "--kink 0.5: the reference's relu_backward gives 0 at the kink, expected a --derivation "
        "with relu_backward or with train_step alone"
    )


def test_ctrl_c_ends_it_with_the_rows_so_far_and_no_process_is_left(checkout, tmp_path):
    files = "--derivation", "homework/cleo.py", "--derivation", "endless.py"
    options = *files, "--verdict-json", tmp_path / "all.json", "--report", tmp_path / "pages"
    process = subprocess.Popen(
        command(staged.RUN[1:], *TOY, *options), cwd=checkout, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert wait_for(lambda: list((tmp_path / "pages").glob("0*.html")))
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    stdout, stderr = process.communicate(timeout=30)

    assert (process.returncode, stderr) == (2, "")
    assert "\n1 derivation: 1 has no full verdict.\n" in stdout
    assert "\nInterrupted: 1 of 2 were not judged.\n" in stdout
    _, second = json.loads((tmp_path / "all.json").read_text())
    assert second["not_checked"][-1]["reason"] == "the run was interrupted"
    assert not second["agrees"]
    assert "1 more was not judged" in (tmp_path / "pages/index.html").read_text()
    assert wait_for(lambda: not processes_in(checkout))


def processes_in(folder):
    """The processes that run in a folder, but for those that have ended."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")) == folder:
                found.append(process.name)
        except OSError:
            continue
    return found


def wait_for(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def test_a_worker_ends_with_its_run_however_that_ends(checkout, tmp_path):
    files = "--derivation", "homework/cleo.py", "--derivation", "endless.py"
    process = subprocess.Popen(
        command(staged.RUN[1:], *TOY, *files, "--report", tmp_path / "pages"), cwd=checkout,
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert wait_for(lambda: list((tmp_path / "pages").glob("0*.html")))
    assert len(processes_in(checkout)) > 1
    process.kill()
    process.wait()

    assert wait_for(lambda: not processes_in(checkout))


@pytest.fixture
def one_processor():
    """For what is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def test_one_after_the_other_each_gets_what_it_gets_alone(one_processor, tmp_path):
    """Hypothesis draws numbers that it finds in imported modules: those must be the same, too."""
    names = [f"{WRONG}/{name}.py" for name in ("sgd_sign", "mask_missing")]
    tests = "test_generated.py", "test_scenarios.py"
    chosen = [f"tests/derivation/{name}" for name in tests] + ["-k", "float32 and not stacks"]
    path = tmp_path / "verdict.json"

    def judged(*names):
        options = [part for name in names for part in ("--derivation", name)]
        options += ["--framework", "torch", "--hypothesis-seed", "1", "--verdict-json", path]
        subprocess.run(command(chosen, *options), cwd=ROOT, env=ENVIRONMENT, capture_output=True)
        return json.loads(path.read_text())

    assert judged(*names) == [judged(name) for name in names]
