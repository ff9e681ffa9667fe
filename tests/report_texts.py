"""Every text that the cells of a report's notebooks show, with the figure, list or tile that it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

BLOCKS = ("p", "li", "figcaption", "summary", "caption", "dd", "dt", "h2", "h3", "h4")
READINGS = ("narrow", "reading", "place", "standing-out", "numbers-in-brief", "tile")
LISTS = ("footnotes", "caveats", "key")


@dataclass(frozen=True)
class Said:
    """A text: what the page's ids call the figure (or the measure) that it is about, its kind, and its element."""

    about: str
    kind: str
    text: str
    element: Tag


def texts(html: str) -> Iterator[Said]:
    """Yield every text of a cell's output but for the cells of tables, each block once, and every alternative text."""
    page = BeautifulSoup(html, "html.parser")
    for silent in page.select("style, .figure-number, .noted-elsewhere, .share"):  # numbers that are places on the page
        silent.decompose()
    for link in page.select("a[href^=http]"):  # to whoever reads it, an address stands in its sentence
        link.unwrap()
    page.smooth()
    own: dict[int, list[str]] = {}  # of each block, its words without those of the blocks within it
    for part in filter(str.strip, page.find_all(string=True)):
        block = next((one for one in part.parents if one.name in BLOCKS), None)
        if block is not None:
            own.setdefault(id(block), []).extend(part.split())
        elif part.parent and not any(one.name in ("thead", "tbody") for one in part.parents):
            yield Said(_about(part.parent), "loose", part.strip(), part.parent)
    for element in page.find_all(True):
        if id(element) in own:
            yield Said(_about(element), _kind(element), " ".join(own[id(element)]), element)
        if "alt" in element.attrs:
            yield Said(_about(element), "alt", str(element["alt"]), element)


def _around(element: Tag) -> Iterator[Tag]:
    yield element
    yield from element.parents


def _about(element: Tag) -> str:
    for around in _around(element):
        if str(around.get("id", "")).startswith("figure-"):
            return str(around["id"]).removeprefix("figure-")
        if "data-measure" in around.attrs:
            return str(around["data-measure"])
        if "data-value" in around.attrs:
            return str(around["data-value"]).split("/")[1]
    return ""


def _kind(element: Tag) -> str:
    if element.name == "summary":
        return "summary"
    names = [name for around in _around(element) for name in around.get("class") or ()]
    return next((name for name in names if name in (*READINGS, *LISTS)), element.name)
