"""What a notebook cell shows: HTML or Markdown, and beside it what the page of a report must know of it as data.

A page numbers its figures from first to last and links lists to what is on the page, which no section can know. So the
output of a cell holds, beside its HTML, JSON of the media type `PEEL` that says what the HTML is:

* `figure`: the opening of a numbered figure, which the page makes anew with its own number;
* `links`: what a figure says of the notes under earlier ones, which the page makes anew with their numbers;
* `statement`, `tiles`: the ids of what a link can go to;
* `readings`: a list of readings, which the page makes anew with its own links;
* `findings`: a sub-heading and the Markdown of inspectors, in which raw HTML, links and pictures are text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from peel_analysis.measures import Result
from peel_analysis.sections.notes import Link
from peel_analysis.show.templates import piece, style_sheet
from peel_analysis.show.words import sources_in_words

PEEL = "application/vnd.peel+json"
MATHEMATICS = re.compile(r"\$|\\[(\[]|\\begin\b")  # what JupyterLab would set as mathematics in the texts of a cell


@dataclass(frozen=True, repr=False)
class Html:
    """HTML for JupyterLab and for the report; `about` says in plain text what it is, `data` what a page must know."""

    html: Markup
    about: str
    data: dict[str, Any] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        return as_words(self.html)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {PEEL: self.data} if self.data else {}

    def __repr__(self) -> str:
        return f"<{self.about}>"


@dataclass(frozen=True, repr=False)
class Findings:
    """A sub-heading and what inspectors found under it, in Markdown; of that, links and pictures are text too."""

    heading: str
    text: str

    def _repr_html_(self) -> str:
        from peel_analysis.show.prose import Prose  # not above: most sections of most forces have no findings

        return as_words(Prose("").findings(self.heading, self.text))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {PEEL: {"findings": {"heading": self.heading, "text": self.text}}} if self.heading or self.text else {}

    def __repr__(self) -> str:
        return "<findings>"


def as_words(html: Markup) -> str:
    """Return what a cell shows as HTML, in which JupyterLab sets nothing as mathematics: dollars are dollars."""
    return str(piece("in_words", html) if MATHEMATICS.search(html) else html)


def as_on_page(html: str) -> Markup:
    """Return the HTML that a cell shows as a page has it, where nothing sets mathematics."""
    before, after = str(piece("in_words", Markup("|"))).split("|")
    return Markup(html.removeprefix(before).removesuffix(after) if html.startswith(before) else html)


def style() -> Markup:
    """Return the report's style sheet for a notebook that is read in JupyterLab; the report has its own copy."""
    return piece("style", style_sheet())


def numbered(
    figure_id: str,
    number: int,
    caption: str,
    body: Markup,
    *,
    drawn: bool = True,
    about: str = "",
    links: Sequence[Link] = (),
    further: str = "",
) -> Html:
    """Return a figure around its content, numbered unless its number is 0; folded under what it is `further` about.

    `links` are those in it to the notes of earlier figures.
    """
    named = {"figure_id": figure_id, "number": number, "caption": caption, "drawn": drawn}
    html = piece("figure", piece("figure_opening", **named), body)
    if further:
        html = piece("further", further, html)
    data = {**({"figure": named} if number else {}), **({"links": list(links)} if links else {})}
    return Html(html, about or f"figure {number}: {figure_id}", data)


def source_line(result: Result, also: str = "") -> str:
    """Return the line that names the sources, in the inspectorate's form; `also` is a sentence about others."""
    return " ".join(filter(None, (f"Source: {sources_in_words(result)}.", also)))
