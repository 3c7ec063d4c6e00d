"""A figure of matplotlib's as an element of the page that it stands in.

Its colours become the page's own variables, which follow the reader's scheme, and its font the
page's. What it has only for itself is left out: it says who made it, and its style is for all of a
page.
"""

import io
import re
import warnings
from typing import Any, Final
from xml.etree import ElementTree

# A colour for matplotlib, and the variable that it becomes.
COLOURS: Final = {
    "#010101": "ink",
    "#020202": "quiet",
    "#030303": "rule",
    "#040404": "both",
    "#050505": "bits",
    "#060606": "balls",
    "#070707": "bar",
    "#080808": "none",
}
INK, QUIET, RULE, BOTH, BITS, BALLS, BAR, NONE = COLOURS
SVG: Final = "{http://www.w3.org/2000/svg}"
# More digits than a pixel has room for.
DIGITS: Final = re.compile(r"(\.\d\d)\d+")


def inline(figure: Any, title: str) -> str:
    """The SVG element; `title` is what somebody hears who cannot see it."""
    written = io.BytesIO()
    unsaid = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with warnings.catch_warnings():
        # The reader's fonts may have a letter that matplotlib's lacks.
        warnings.simplefilter("ignore")
        figure.savefig(written, format="svg", metadata=unsaid)
    root = ElementTree.fromstring(written.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}defs", f"{SVG}metadata"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        element.attrib.pop("id", None)
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        for name in ("d", "x", "y"):
            if name in element.attrib:
                element.attrib[name] = DIGITS.sub(r"\1", " ".join(element.attrib[name].split()))
        if "style" in element.attrib:
            element.attrib["style"] = _of_page(element.attrib["style"])
        if element.tag != "text":
            element.text = None
        element.tail = None
    wide, high = root.attrib["viewBox"].split()[2:]
    root.attrib = {"viewBox": f"0 0 {wide} {high}", "role": "img", "aria-label": title}
    return ElementTree.tostring(root, encoding="unicode")


def _of_page(style: str) -> str:
    """A style with the page's colours and without a font of its own."""
    kept = (rule for rule in style.split("; ") if not rule.startswith("font-family"))
    return re.sub("|".join(COLOURS), lambda found: f"var(--{COLOURS[found[0]]})", "; ".join(kept))
