"""The site in a browser: a page of each kind, forces of three editions: it leads on and is right on each screen."""

import shutil
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from accessibility import violations
from conftest import peel, shared_folder_of_run
from test_page_browser import NARROW, browser

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]  # make test has Norfolk's page and the indexes of a small batch
ELSEWHERE = {"2019": "norfolk", "2025": "metropolitan"}
WIDE = {"width": 1280, "height": 900}
# Each width with each look would be twice as long: what a look changes is colours, and a width places.
LOOKS: tuple[dict[str, Any], ...] = (
    {"viewport": WIDE},
    {"viewport": WIDE, "forced_colors": "active"},
    {"viewport": NARROW, "color_scheme": "dark"},
)
OVER_EDITIONS = ("index.html", "search.html", "changes/index.html")
OF_EDITION = ("index.html", "map.html", "method.html", "measures/index.html")
OF_MEASURES = ("crime_per_1000", "outcome_charged_pct", "da_arrest_rate")
PAGES = (
    *OVER_EDITIONS,
    *(f"2017/{name}" for name in OF_EDITION),
    *(f"2017/measures/{name}.html" for name in OF_MEASURES),
    "2025/index.html",
    "2017/norfolk/annex.html",
)
# Norfolk's of 2017 has each of these colours and widths in test_page_browser.py; those of other forces are laid out as
# it is, and each has one look.
REPORTS = (
    *(f"2017/{force}/index.html" for force in ("suffolk", "north-yorkshire", "city-of-london")),
    *(f"{edition}/{force}/index.html" for edition, force in ELSEWHERE.items()),
)
LOOKED_AT = [(name, LOOKS) for name in PAGES] + [
    (name, (look,)) for name, look in zip(REPORTS, cycle(LOOKS), strict=False)
]


@pytest.fixture(scope="module")
def site(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of six forces: four of 2017, which other tests look at too, and one of each other edition."""

    def make(folder: Path) -> None:
        shutil.copytree(made / "reports", folder / "site")
        for edition, force in ELSEWHERE.items():
            arguments = ("--edition", edition, "--forces", force, "--out", str(folder / "site"))
            done = peel("batch", *arguments, cwd=folder)
            assert (done.returncode, done.stderr) == (0, ""), done.stderr

    return shared_folder_of_run(tmp_path_factory, "site", make) / "site"


class Links(HTMLParser):
    """The places of a page, and the addresses that it links to or loads: no tree is made of its 5,000 elements."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page.read_text("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, words in attrs:
            if name == "id":
                self.places.add(words or "")
            elif name in ("href", "src", "action") and tag in ("a", "link", "img", "source", "script", "form"):
                self.addresses.add(words or "")


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    pages = {page.resolve(): Links(page) for page in sorted(site.rglob("*.html"))}
    lost = []
    for page, links in pages.items():
        for split in map(urlsplit, filter(None, links.addresses)):
            if split.scheme in ("data", "http", "https", "mailto"):
                continue
            file = (page.parent / unquote(split.path)) if split.path else page
            place, there = unquote(split.fragment), pages.get(file.resolve())
            found = file.is_file() and (not place or file.suffix != ".html" or (there and place in there.places))
            lost += [] if found else [(str(page), split.geturl())]
    assert len(pages) > 80
    assert sum(len(links.addresses) for links in pages.values()) > 20 * len(pages)
    assert lost[:20] == []


def faults(browser: Any, page: Path, look: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a page with all of it unfolded: what axe, the console and the width of the page say."""
    told: list[str] = []
    context = browser.new_context(**look)
    tab = context.new_page()
    tab.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else told.append(one.url[:80]))
    tab.on("console", lambda one: told.append(one.text) if one.type == "error" else None)
    tab.on("pageerror", lambda one: told.append(str(one)))
    tab.goto(page.as_uri(), wait_until="load")
    yield from violations(tab)
    if tab.evaluate("document.documentElement.scrollWidth") > look["viewport"]["width"]:
        yield f"wider than the screen of {look['viewport']['width']}"
    context.close()
    yield from told


@pytest.mark.parametrize(("name", "looks"), LOOKED_AT, ids=[name for name, _ in LOOKED_AT])
def test_a_page_is_right_on_any_screen_and_asks_for_nothing(
    browser: Any, site: Path, name: str, looks: Iterable[dict[str, Any]]
) -> None:
    assert [(look, one) for look in looks for one in faults(browser, site / name, look)] == []
