"""Elements of a finished page, found by what they are about, and their words as a reader sees them."""

from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from conftest import Page


def words(tag: Tag | None) -> str:
    """Return the words of an element, blanks folded."""
    assert tag is not None, "the page has no such element"
    return " ".join("".join(tag.strings).split())


def headings(page: Page, *levels: str) -> list[str]:
    """Return the words of the headings of these levels."""
    return [words(heading) for heading in page.html.find_all(list(levels))]


def shown(page: Page) -> BeautifulSoup:
    """Return everything that the executed notebooks show as HTML."""
    cells = [cell for notebook in page.notebooks for cell in notebook["cells"]]
    on_page = [cell for cell in cells if "working" not in cell["metadata"].get("tags", ())]
    outputs = [output for cell in on_page for output in cell.get("outputs", [])]
    return BeautifulSoup("\n".join("".join(output["data"].get("text/html", "")) for output in outputs), "html.parser")


def block(page: Page, measure: str) -> Tag:
    """Return the block of a measure's figure."""
    found = page.html.find(id=f"figure-{measure}")
    assert isinstance(found, Tag), f"{page.force_id} has no block of {measure}"
    return found


def reading(page: Page, measure: str) -> str:
    """Return the sentences that stand with a measure's figure."""
    return words(block(page, measure).find(class_="reading"))


def tile(page: Page, measure: str) -> Tag:
    """Return the tile of a measure."""
    found = page.html.select_one(f'.tile[data-measure="{measure}"]')
    assert isinstance(found, Tag), f"{page.force_id} has no tile of {measure}"
    return found


def drawing(image: Tag) -> str:
    """Return the source of a picture that the page holds."""
    return unquote(str(image["src"]).partition(",")[2])
