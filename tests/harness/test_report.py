"""The page: what it says of a verdict, and that everything of a candidate's in it is text."""

import json
import re
from html.parser import HTMLParser

import pages
import pytest

from harness import report
from harness.files import replace
from harness.report.__main__ import main
from harness.report.page import page
from harness.verdict_read import read

MARKUP = '<script>hacked()</script><img src=x onerror="hacked()">&amp;\'`$x$'
# What the page is made of; of these none can run or load anything.
TAGS = set(
    """html head meta link title style body main header section footer div span p h1 h2 h3 a strong
    bdi code pre wbr dl dt dd ul ol li figure figcaption table caption thead tbody tr th td svg g
    path text""".split()  # noqa: SIM905
)


class Parsed(HTMLParser):
    """The tags of a page, all its attributes, and its text as a reader gets it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = set(), [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def parsed(verdict):
    return Parsed(page(verdict))


def test_an_agreement_is_said_first_with_whom_and_what_it_rests_on():
    verdict = pages.agreeing()
    shown = parsed(verdict)
    text = shown.text[shown.text.index("crossgrad, the verdict") :]
    elements = sum(row["elements"] for row in verdict["checked"])

    assert text.startswith("crossgrad, the verdict reference agrees with torch 1.0 and jax 1.0")
    assert f"elements compared {elements:,}" in text
    assert "ReLU's derivative at 0 is 0." in text
    mistakes = verdict["sensitivity"]["mistakes"]
    assert f"known mistakes it would have caught {mistakes} of {mistakes}" in text
    assert "Everything that was asked for was checked." in text
    assert {"How near the radius", "The shapes", "At the kink"} <= set(map(str.strip, shown.words))


def test_a_disagreement_is_drawn_explained_and_can_be_reproduced():
    verdict = pages.disagreeing()
    text = parsed(verdict).text
    (found,) = (each for each in verdict["disagreements"] if each["quantity"] == "new_weights")

    assert "mine.py disagrees in new_weights and new_biases" in text
    assert "weights += -learning_rate * deriv_relu_wrt_weights" in text
    assert f"expected {found['expected']} " in text
    assert f"observed {found['observed']} sgd_step in mine.py" in text
    assert "The smallest case that shows it" in text
    assert "No known mistake does this." in text
    assert found["reproduce"] in text
    assert "Beside another derivation" in text


def test_the_first_screen_lists_what_is_wrong_and_leads_to_it(tmp_path):
    shown = parsed(pages.hostile(tmp_path))

    assert "layer_outputs : dense_forward raised an exception" in shown.text
    assert "new_weights : expected -1.0 , observed -2.0 , step twice by alias" in shown.text
    for place in (1, 2, 3):
        assert ("href", f"#finding-{place}") in shown.attributes
        assert ("id", f"finding-{place}") in shown.attributes


def test_a_known_mistake_is_explained_by_its_lesson():
    verdict = pages.mistaken()
    (found,) = verdict["disagreements"]

    assert f"{found['mistake'].replace('_', ' ')} . {found['lesson']}" in parsed(verdict).text


def test_what_was_not_checked_is_said_and_makes_no_agreement():
    text = parsed(pages.incomplete()).text

    assert "reference : no full verdict , see what was not checked" in text
    assert "a test ended in OSError" in text


def test_a_framework_that_stands_alone_is_the_one_that_is_blamed():
    text = parsed(pages.outlier()).text

    assert "sick stands alone against reference and all others in new_biases" in text
    assert "one framework is on the other" in text
    assert re.search(r"expected \S+ sgd_step in reference and \w+ observed \S+ sick", text)
    assert "jax:eager : too slow" in text


def test_a_call_that_fails_is_told_with_what_to_try(tmp_path):
    text = parsed(pages.faulty(tmp_path)).text

    assert "relu_forward raised an exception" in text
    assert "IndexError: no such row" in text
    assert "relu_outputs = np.maximum(0, layer_outputs)" in text
    assert "What to try" in text


def test_a_page_of_a_hostile_file_has_its_markup_as_text(tmp_path):
    verdict = pages.hostile(tmp_path)
    shown = parsed(verdict)

    assert shown.tags <= TAGS
    assert pages.FILE in shown.text
    assert f"ValueError: {pages.SCRIPT}<b onclick=alert(1)>" in shown.text
    assert f"prints, which is held back: {pages.SCRIPT}" in shown.text
    assert "sgd_step" in {each["formula"] for each in verdict["disagreements"]}


@pytest.mark.parametrize("made", [pages.agreeing, pages.disagreeing, pages.incomplete])
def test_no_text_of_a_stored_verdict_is_ever_markup(made):
    written = json.dumps(made())
    for name in ("reference", "mine.py", "before.py", "torch", "jax", "1.0", "pytest", "OSError"):
        written = written.replace(f'"{name}"', json.dumps(f"{MARKUP}{name}"))
        written = written.replace(f"ended in {name}", json.dumps(f"ended in {MARKUP}")[1:-1])
    shown = parsed(json.loads(written))

    assert shown.tags <= TAGS
    assert not [name for name, _ in shown.attributes if name.startswith("on")]
    assert f"{MARKUP}1.0" in shown.text


def test_planted_markup_is_noticed():
    planted = Parsed(page(pages.agreeing()).replace("Seed", MARKUP))

    assert planted.tags - TAGS == {"script", "img"}
    assert "onerror" in dict(planted.attributes)


def test_half_a_surrogate_pair_can_be_written(tmp_path):
    verdict = pages.agreeing() | {"notes": ["\udc80 and \ud83d"]}
    report.write(verdict, tmp_path / "page.html")

    assert "\\udc80 and \\ud83d" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("made", [pages.agreeing, pages.disagreeing])
def test_a_page_is_small_and_loads_nothing(made):
    text = page(made())
    values = [value or "" for name, value in Parsed(text).attributes if name in ("src", "href")]

    assert len(text.encode()) < 2**20
    assert [value for value in values if not value.startswith(("#", "data:"))] == []
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_equal_verdicts_have_equal_pages_to_the_byte():
    assert page(pages.disagreeing()) == page(json.loads(json.dumps(pages.disagreeing())))


def test_a_stored_verdict_becomes_a_page_beside_it(tmp_path, capsys):
    verdict = tmp_path / "verdict.json"
    replace(verdict, json.dumps(pages.disagreeing()))

    assert main([str(verdict)]) == 0
    assert capsys.readouterr().out == f"Wrote {tmp_path / 'verdict.html'}.\n"
    assert (tmp_path / "verdict.html").read_text() == page(read(verdict))

    main([str(verdict), "--output", str(tmp_path / "other.html")])
    assert (tmp_path / "other.html").read_bytes() == (tmp_path / "verdict.html").read_bytes()


def planted(finding, **changed):
    verdict = pages.disagreeing()
    return verdict | {"disagreements": [verdict["disagreements"][finding] | changed]}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", "verdict.json: expected a verdict, is no JSON: "),
        (
            "{}",
            "verdict.json: is no verdict as --verdict-json writes it: it has no key 'derivation'",
        ),
        (json.dumps(planted(0, layer=7)), "verdict.json: is no verdict: LookupError: layer 7 of 1"),
        (None, "verdict.json: cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_verdict_is_refused_in_one_line(tmp_path, capsys, content, line):
    if content is not None:
        (tmp_path / "verdict.json").write_text(content)
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path / "verdict.json")])

    assert refused.value.code == 4
    assert capsys.readouterr().err.startswith(f"ERROR: {tmp_path}/{line}")
    assert not (tmp_path / "verdict.html").exists()


def test_a_page_that_cannot_be_written_is_refused_in_one_line(tmp_path, capsys):
    replace(tmp_path / "verdict.json", json.dumps(pages.agreeing()))
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path / "verdict.json"), "--output", "nowhere/page.html"])

    assert refused.value.code == 4
    assert capsys.readouterr().err == (
        "ERROR: nowhere/page.html: cannot be written: its folder does not exist\n"
    )
