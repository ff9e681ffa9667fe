"""The page of one force, and its PDF: executed notebooks as prose and outputs, figures numbered, every link whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Force
from peel_analysis.data.text import enumerated
from peel_analysis.reports.figure_files import FOLDER, citation
from peel_analysis.show.prose import Prose
from peel_analysis.show.templates import PEEL, as_on_page, piece, render, style_sheet

WORKING = "working"  # the tag of cells that show an analyst the rows behind a figure
Under = Mapping[str, Any]  # what stands under a figure, as `sections.display` has it
Link = dict[str, str]  # where an earlier figure is, what it is called, and which of its notes are meant: "1 and 3"
Place = tuple[str, int]  # a figure's id, and the place of a sentence among its notes
Links = dict[str, tuple[str, str]]  # by the figure that a reading is linked to: where the link goes, and its words
TO_INSTALL = (
    "install the extra, pip install 'peel-analysis[pdf]', and the libraries that it draws text with: on Debian and "
    "Ubuntu, apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


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
    page: str = ""


def page_html(
    sections: Sequence[SectionOnPage],
    force: Force,
    edition: Edition,
    key: str,
    *,
    page: str | None = "",
    unfolded: bool = False,
    pdf: str = "",
    workbook: str = "",
) -> str:
    """Return a page of a force's report, self-contained: no script, style, font or picture from elsewhere.

    That is the report's own page, with the sections that have no page to themselves, or the `page` of one that has;
    where it is None, all sections on one page, for a PDF. `pdf` is the name of the PDF beside the page, where made.
    `key` is the content key that the page carries, so that a later run knows whether it is fresh. `unfolded` opens what
    stands for figures that are not public, as in the published report. `workbook` is the name of the one beside it.
    """
    here = [section for section in sections if page is None or section.page == page]
    shown = [one for section in here for one in section.pieces]
    share = Shared(_numbers(shown), force, edition)
    links, window = _links(shown, share.numbers), edition.window("crime").words
    html = render(
        "page.html.j2",
        edition.data,
        edition_title=edition.title,
        force_name=force.official_name,
        force_id=force.id,
        first_screen=next((one.id for one in here if any("first_screen" in part.data for part in one.pieces)), ""),
        subtitle=f"{window[:1].upper()}{window[1:]}",
        about=edition.settings.about,
        key=key,
        style=style_sheet("pdf") if page is None else style_sheet(),
        pdf=pdf,
        workbook=workbook,
        page=page,
        page_title=here[0].title if page else "",
        contents=[(_address(one, page, edition.data), one.title) for one in sections],
        sections=[(one.id, one.title, [_on_page(part, share, links) for part in one.pieces]) for one in here],
    )
    annex = next((_address(one, page, edition.data) for one in sections if one.page), "")
    html = Markup(html.replace(piece("to_annex"), piece("to_annex", annex)))
    if unfolded:
        html = Markup(html.replace(piece("not_public_opening"), piece("not_public_opening", unfolded=True)))
    return str(html)  # no longer Markup, which would escape the key's checksum as it is put in


def _address(section: SectionOnPage, page: str | None, data: Data) -> str:
    """Return where a section is, for a link on a page: beside it, on the report's page, or on the page itself."""
    if page is None or section.page == page:
        return f"#{section.id}"
    return file_of(section.page, data) if section.page else f"{file_of('', data)}#{section.id}"


def file_of(page: str, data: Data) -> str:
    """Return the name of a page's file; the report's own page is that of its folder."""
    return data.named(f"{page or 'index'}.html")


def _links(shown: Iterable[Piece], numbers: dict[str, int]) -> Links:
    """Return what a link to a figure goes to: the figure, else the data or the tile; nothing where none is there."""
    tiles, statements = Links(), Links()
    for one in shown:
        tiles |= {measure_id: (f"tile-{measure_id}", "The tile") for measure_id in one.data.get("tiles", ())}
        if measure_id := one.data.get("statement"):
            statements[measure_id] = (f"figure-{measure_id}", "The data")
    figures = {figure_id: (f"figure-{figure_id}", f"Figure {number}") for figure_id, number in numbers.items()}
    return tiles | statements | figures


def _numbers(shown: Iterable[Piece]) -> dict[str, int]:
    """Return the numbers of the page's figures by their ids; those without a number in their section have none."""
    named = (one.data["figure"] for one in shown if "figure" in one.data)
    return {
        one["figure_id"]: number for number, one in enumerate((one for one in named if one["number"] != 0), start=1)
    }


@dataclass(frozen=True)
class Said:
    """What the figures of a page have said under themselves: of each sentence, where it stands first."""

    notes: dict[str, Place] = field(default_factory=dict)
    cautions: dict[str, Place] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def under(self, figure_id: str, name: str, held: Under) -> Under:
        """Return what is to be said under a figure that the page calls by a name: what no figure before it has said.

        `links` say where the rest stands; those with no `which` are to the cautions of a figure. The notes that are
        not to be folded are fewer by those of them that stand elsewhere.
        """
        self.names[figure_id] = name
        own, elsewhere = _parted(self.notes, figure_id, held["notes"])
        cautioned, warned = _parted(self.cautions, figure_id, held["cautions"])
        links = [*self._links(elsewhere), *({**link, "which": ""} for link in self._links(warned))]
        unfolded = sum(note in own for note in held["notes"][: held["open_notes"]])
        return {**held, "notes": own, "open_notes": unfolded, "cautions": cautioned, "links": links}

    def _links(self, elsewhere: Iterable[Place]) -> Iterator[Link]:
        """Yield a link a figure, in the order of the figures."""
        places: dict[str, list[int]] = {}
        for figure_id, place in elsewhere:
            places.setdefault(figure_id, []).append(place)
        for figure_id in self.names:
            if which := sorted(places.get(figure_id, ())):
                yield {"figure_id": figure_id, "name": self.names[figure_id], "which": enumerated(_runs(which))}


def _parted(said: dict[str, Place], figure_id: str, sentences: Sequence[str]) -> tuple[list[str], list[Place]]:
    """Return the sentences that are said here first, and where the others stand."""
    own: list[str] = []
    elsewhere = []
    for sentence in sentences:
        where = said.setdefault(sentence, (figure_id, len(own) + 1))
        if where[0] == figure_id:
            own.append(sentence)
        else:
            elsewhere.append(where)
    return own, elsewhere


def _runs(places: Sequence[int]) -> Iterator[str]:
    """Yield numbers in order, three or more that follow each other as one: "1 to 9", "11", "12"."""
    start = 0
    for at, place in enumerate(places):
        if at + 1 < len(places) and places[at + 1] == place + 1:
            continue
        run = places[start : at + 1]
        yield from [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
        start = at + 1


@dataclass(frozen=True)
class Shared:
    """What the figures of a page share: their numbers, whose report they are in, and what has been said under them."""

    numbers: dict[str, int]
    force: Force
    edition: Edition
    said: Said = field(default_factory=Said)

    def noted(self, html: Markup, data: Mapping[str, Any], figure_id: str) -> Markup:
        """Return a figure or a statement without the notes that stand under an earlier one, and with links there."""
        if "under" not in data:
            return html
        number = self.numbers.get(figure_id)
        name = f"Figure {number}" if number else data.get("title", "All figures in one look")
        under = self.said.under(figure_id, name, data["under"])
        return Markup(html.replace(piece("under", **data["under"]), piece("under", **under), 1))

    def closing(self, data: Mapping[str, Any]) -> Markup:
        """Return the end of a figure with the link to it, its files, and how it is cited."""
        figure_id = data["figure"]["figure_id"]
        cited = citation(data, self.numbers.get(figure_id, 0), self.force, self.edition)
        files = self.edition.data.named(f"{FOLDER}/{figure_id}")
        return piece("figure_closing", {"figure_id": figure_id, "files": files, "citation": cited})


def _on_page(one: Piece, shared: Shared, links: Links) -> Markup:
    """Return a piece with the page's own figure number, notes and links in place of the notebook's."""
    if "readings" in one.data:
        return piece("readings", **one.data["readings"], links=links)
    if "figure" in one.data:
        numbers, named = shared.numbers, one.data["figure"]
        opening = piece("figure_opening", **{**named, "number": numbers.get(named["figure_id"], 0)})
        body = one.html.replace(piece("figure_opening", **named), opening, 1)
        body = body.replace(piece("figure_closing"), shared.closing(one.data), 1)
        return shared.noted(Markup(body), one.data, named["figure_id"])
    return shared.noted(one.html, one.data, one.data.get("statement", ""))


def check_can_be_made() -> None:
    """Raise InputError, which names what to install, where WeasyPrint or one of the libraries that it needs is missing.

    Importing it loads these libraries, in half a second: a run asks before it does any work.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise InputError(f"--pdf: no WeasyPrint on this machine ({error}); {TO_INSTALL}") from error
    except OSError as error:  # as cffi says that a library is not there
        raise InputError(f"--pdf: no Pango on this machine ({error}); {TO_INSTALL}") from error


def as_pdf(html: str) -> bytes:
    """Return a page, on which everything stands that the PDF shall hold, as a PDF: the same bytes for the same page.

    It holds no date, and its identifier comes from the page; letters are those of the machine's fonts. Nothing is
    fetched: pictures are in the page.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    content = page.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=sha256(html.encode()).hexdigest()[:32].encode(),
        presentational_hints=True,  # the first number of a list
    )
    return bytes(content)
