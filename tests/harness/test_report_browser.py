"""The page in a real browser, headless: it loads nothing, runs nothing, and can be read.

The browser is the system's: Debian's package chromium. Nothing is downloaded for it, and where it
is missing these tests fail.
"""

import shutil
from contextlib import contextmanager
from typing import Any, NamedTuple

import pages
import pytest
from playwright.sync_api import sync_playwright

from harness import report

NAMES = "chromium", "chromium-browser"
# What contrast WCAG's level AA asks for, of text of any size.
CONTRAST = 4.5
WIDTHS = 390, 1280
SCHEMES = "light", "dark"
# Each text with its contrast: the colours that the browser computed, and for SVG the fill.
CONTRASTS = """() => {
  const colour = text => {
    const found = text.match(/^rgba?\\(([^)]*)\\)$/)[1].split(',').map(Number);
    return found.length < 4 ? [...found, 1] : found;
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = rgb => {
    const [r, g, b] = rgb.map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      layers.push(colour(getComputedStyle(each).backgroundColor));
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || element.closest('style')) continue;
    const style = getComputedStyle(element);
    let opacity = 1;
    for (let each = element; each; each = each.parentElement) {
      opacity *= getComputedStyle(each).opacity;
    }
    const back = behind(element);
    const ink = colour(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const [dark, bright] = [light(over([...ink.slice(0, 3), ink[3] * opacity], back)), light(back)]
      .sort((one, other) => one - other);
    seen.push([(bright + 0.05) / (dark + 0.05), text.slice(0, 60)]);
  }
  return seen;
}"""
MADE = {
    "agreeing": pages.agreeing,
    "disagreeing": pages.disagreeing,
    "mistaken": pages.mistaken,
    "incomplete": pages.incomplete,
    "outlier": pages.outlier,
}
FROM_FILES = {"faulty": pages.faulty, "hostile": pages.hostile}


class Seen(NamedTuple):
    """What there is to see of a page, and what it did."""

    page: Any
    events: list[str]  # messages on the console, errors, dialogs, requests for anything but itself

    def contrasts(self):
        return self.page.evaluate(CONTRASTS)

    def too_faint(self):
        return [(text, ratio) for ratio, text in self.contrasts() if not ratio >= CONTRAST]

    def beyond(self):
        """How many pixels of the page lie to the right of the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


def chromium():
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("no chromium here, so no page was looked at: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that root in a container lacks; the pages are ours.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def written(folder):
    """The path of each page, by the name of its verdict."""
    verdicts = {name: made() for name, made in MADE.items()}
    verdicts |= {name: made(folder) for name, made in FROM_FILES.items()}
    for name, verdict in verdicts.items():
        report.write(verdict, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in verdicts} | {"index": pages.index(folder)}


@contextmanager
def opened(browser, path, width=390, scheme="light"):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page, events = context.new_page(), []
    page.on("console", lambda message: events.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: events.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (events.append("dialog"), dialog.dismiss()))
    page.on("popup", lambda popup: events.append("popup"))
    page.on("request", lambda request: events.append(f"request: {request.url}"))
    page.goto(path.as_uri())
    events.remove(f"request: {path.as_uri()}")
    yield Seen(page, events)
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*MADE, *FROM_FILES, "index"])
def test_a_page_is_quiet_fits_its_window_and_has_contrast(browser, written, name, width, scheme):
    with opened(browser, written[name], width, scheme) as seen:
        assert seen.events == []
        assert seen.beyond() == 0
        assert seen.too_faint() == []
        assert len(seen.contrasts()) > 40


@pytest.mark.parametrize("name", ["agreeing", "disagreeing"])
def test_both_schemes_are_looked_at_and_in_figures_too(browser, written, name):
    colours = []
    for scheme in SCHEMES:
        with opened(browser, written[name], scheme=scheme) as seen:
            colours.append(
                seen.page.evaluate(
                    "['body', 'svg text', 'svg path'].map(each => {"
                    "const style = getComputedStyle(document.querySelector(each));"
                    "return [style.backgroundColor, style.color, style.fill]})"
                )
            )

    light, dark = colours
    assert all(one != other for one, other in zip(light, dark, strict=True))


def test_a_hostile_file_is_text_and_nothing_of_it_runs(browser, written):
    with opened(browser, written["hostile"]) as seen:
        shown = seen.page.inner_text("body")

        assert pages.FILE in shown.replace("\n", "")
        assert f"ValueError: {pages.SCRIPT}" in shown
        assert seen.page.evaluate("typeof hacked") == "undefined"
        assert seen.page.locator("script, img, iframe, object, embed, b").count() == 0
        assert seen.events == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_printed_is_dark_on_white(browser, written, scheme):
    with opened(browser, written["mistaken"], scheme=scheme) as seen:
        seen.page.emulate_media(media="print", color_scheme=scheme)

        assert seen.too_faint() == []
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )


CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.mark.parametrize(
    ("planted", "event"),
    [
        ("<script>console.error('here')</script>", "console: here"),
        ("<script>throw Error('here')</script>", "error: "),
        ("<script>alert(1)</script>", "dialog"),
        ("<img src='missing.png'>", "request: "),
    ],
)
def test_a_planted_event_is_noticed(browser, written, folder, planted, event):
    text = written["mistaken"].read_text()
    (folder / "planted.html").write_text(text.replace(CSP, "").replace("</main>", planted))

    with opened(browser, folder / "planted.html") as seen:
        assert any(each.startswith(event) for each in seen.events)


def test_what_is_planted_does_not_run_even_unescaped(browser, written, folder):
    text = written["mistaken"].read_text()
    (folder / "planted.html").write_text(text.replace("</main>", pages.SCRIPT))

    with opened(browser, folder / "planted.html") as seen:
        assert seen.page.evaluate("typeof hacked") == "undefined"
        assert "Content Security Policy" in " ".join(seen.events)


@pytest.mark.parametrize(
    ("planted", "text"),
    [
        ("<p style='color: #999'>faint</p>", "faint"),
        ("<p style='opacity: .5'>half</p>", "half"),
        ("<p style='background: #333'>dark</p>", "dark"),
        ("<svg><text y='9' style='fill: #999'>drawn</text></svg>", "drawn"),
    ],
)
def test_planted_text_without_contrast_is_noticed(browser, written, folder, planted, text):
    (folder / "faint.html").write_text(written["mistaken"].read_text().replace("</main>", planted))

    with opened(browser, folder / "faint.html") as seen:
        assert [each for each, _ in seen.too_faint()] == [text]


def test_a_planted_wide_line_is_noticed(browser, written, folder):
    wide = "<div style='width: 500px'>wide</div>"
    (folder / "wide.html").write_text(written["mistaken"].read_text().replace("</main>", wide))

    with opened(browser, folder / "wide.html") as seen:
        assert seen.beyond() > 0


def test_without_a_browser_nothing_passes(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(pytest.fail.Exception, match="no chromium here"):
        chromium()
