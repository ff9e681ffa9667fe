"""The page of one force: its executed notebooks as prose and outputs, figures numbered through, every link whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Force
from peel_analysis.sections.display import PEEL, as_on_page
from peel_analysis.show.prose import Prose
from peel_analysis.show.templates import piece, render, style_sheet

WORKING = "working"  # the tag of cells that show an analyst the rows behind a figure
Links = dict[str, tuple[str, str]]  # by the figure that a reading is linked to: where the link goes, and its words


@dataclass(frozen=True)
class Piece:
    """A part of a page as HTML, and what the page must know of it, as `sections.display` describes it."""

    html: Markup
    data: Mapping[str, Any] = field(default_factory=dict)


def pieces(notebook: Mapping[str, Any], section_id: str, title: str = "") -> Iterator[Piece]:
    """Yield the prose and the outputs of an executed notebook, but for those of cells that show working.

    Headings, and what of Markdown is text, are as `show.prose` has them; `title` is the section's own.
    """
    markdown = Prose(section_id, title)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield Piece(markdown.prose(cell["source"]))
        elif WORKING not in cell["metadata"].get("tags", ()):
            for output in cell.get("outputs", ()):
                yield from _shown(output, markdown)


def _shown(output: Mapping[str, Any], markdown: Prose) -> Iterator[Piece]:
    if output["output_type"] == "stream" and output["name"] == "stdout":
        yield Piece(piece("printed", output["text"]))
    shown: Mapping[str, Any] = output.get("data", {})
    data = shown.get(PEEL, {})
    if "findings" in data:
        yield Piece(markdown.findings(**data["findings"]))
    elif "text/html" in shown:
        yield Piece(as_on_page(shown["text/html"]), data)
    elif "text/markdown" in shown:
        yield Piece(markdown.prose(shown["text/markdown"]))


@dataclass(frozen=True)
class SectionOnPage:
    """A section's place on the page."""

    id: str
    title: str
    pieces: Sequence[Piece]


def page_html(sections: Sequence[SectionOnPage], force: Force, edition: Edition, key: str) -> str:
    """Return the report of a force as one self-contained page: no script, style, font or picture from elsewhere.

    `key` is the content key that the page carries, so that a later run knows whether it is fresh.
    """
    shown = [one for section in sections for one in section.pieces]
    figures = [one.data["figure"]["figure_id"] for one in shown if "figure" in one.data]
    numbers = {figure_id: number for number, figure_id in enumerate(figures, start=1)}
    links, window = _links(shown, numbers), edition.window("crime").words
    page = render(
        "page.html.j2",
        edition_title=edition.title,
        force_name=force.official_name,
        subtitle=f"{window[:1].upper()}{window[1:]}",
        about=edition.settings.about,
        key=key,
        style=style_sheet(),
        sections=[(one.id, one.title, [_on_page(part, numbers, links) for part in one.pieces]) for one in sections],
    )
    return str(page)  # no longer Markup, which would escape the key's checksum as it is put in


def _links(shown: Iterable[Piece], numbers: dict[str, int]) -> Links:
    """Return what a link to a figure goes to: the figure, else the data or the tile; nothing where none is there."""
    tiles, statements = Links(), Links()
    for one in shown:
        tiles |= {measure_id: (f"tile-{measure_id}", "The tile") for measure_id in one.data.get("tiles", ())}
        if measure_id := one.data.get("statement"):
            statements[measure_id] = (f"figure-{measure_id}", "The data")
    figures = {figure_id: (f"figure-{figure_id}", f"Figure {number}") for figure_id, number in numbers.items()}
    return tiles | statements | figures


def _on_page(one: Piece, numbers: dict[str, int], links: Links) -> Markup:
    """Return a piece with the page's own figure number or links in place of the notebook's."""
    if "readings" in one.data:
        return piece("readings", **one.data["readings"], links=links)
    if "figure" in one.data:
        named = one.data["figure"]
        opening = piece("figure_opening", **{**named, "number": numbers[named["figure_id"]]})
        body = one.html.removeprefix(piece("figure_opening", **named))
        if "links" in one.data:
            told = [{**link, "number": numbers[link["figure_id"]]} for link in one.data["links"]]
            body = body.replace(piece("noted_elsewhere", one.data["links"]), piece("noted_elsewhere", told))
        return opening + Markup(body)
    return one.html
