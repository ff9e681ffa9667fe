"""What a notebook cell shows: HTML or Markdown, and beside it what the page of a report must know of it as data.

A page numbers its figures from first to last and links lists to what is on the page, which no section can know. So the
output of a cell holds, beside its HTML, JSON of the media type `PEEL` that says what the HTML is:

* `figure`: the opening of a figure, which the page makes anew with its own number, unless that is 0; it is None for
  one that data/sections.toml does not name;
* `files`: what the files of a figure are made from: where in the HTML its drawing stands and its alternative text, the
  measures whose rows of the values file are its data, and what it rests on;
* `under`: the notes, the source and the cautions under a figure or a statement (of that `title`), which the page makes
  anew without those that stand under an earlier one;
* `first_screen`: that the section is the first screen, which is laid out closer;
* `statement`, `tiles`: the ids of what a link can go to;
* `readings`: a list of readings, which the page makes anew with its own links;
* `findings`: a sub-heading and the Markdown of inspectors, in which raw HTML, links and pictures are text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.reads import remembered
from peel_analysis.data.writing import checksum
from peel_analysis.measures import Result
from peel_analysis.measures.provenance import SHORT, tables_behind
from peel_analysis.show.pictures import place_of_drawing
from peel_analysis.show.templates import PEEL, in_notebook, notebook_style, piece, what_this_is
from peel_analysis.show.words import sources_in_words

UNFOLDED = 1  # notes under a figure; those that are about the report's own force are never folded
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?!\d)")  # that a release is named after


@dataclass(frozen=True, repr=False)
class Html:
    """HTML for JupyterLab and for the report; `about` says in plain text what it is, `data` what a page must know."""

    html: Markup
    about: str
    data: dict[str, Any] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        return in_notebook(self.html)

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

        return in_notebook(Prose("").findings(self.heading, self.text))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {PEEL: {"findings": {"heading": self.heading, "text": self.text}}} if self.heading or self.text else {}

    def __repr__(self) -> str:
        return "<findings>"


def styled(html: Markup, title: str = "", *further: str) -> Markup:
    """Return what a cell shows as HTML, with the style sheet of all that the notebook shows, and `further` ones."""
    return piece("in_notebook", html, notebook_style(*further), title)


def notice_line(edition: Edition) -> list[str]:
    """Return what the first output of a notebook begins with: nothing where all data are published."""
    return [what_this_is(edition.data)] if edition.data.notice else []


@dataclass(frozen=True)
class Drawing:
    """A figure's picture, its alternative text, and the results that it shows.

    The data of the figure are the rows of the values file that name it and, of these results, those of every force, of
    the report's own force and England and Wales, or none.
    """

    image: Markup
    alt: str
    results: Sequence[Result]
    rows: Literal["every force", "own", "none"] = "none"

    def files(self, html: Markup) -> dict[str, Any]:
        """Return what a page must know to make the figure's files; `html` holds the picture."""
        ids = [result.measure.id for result in self.results] if self.rows != "none" else []
        of_every = self.rows == "every force"
        return {
            "drawing": place_of_drawing(html),
            "alt": self.alt,
            "measures": ids,
            "every_force": of_every,
            **rests_on(tuple(self.results)),
        }


@remembered(maxsize=128)
def rests_on(results: tuple[Result, ...]) -> dict[str, Any]:
    """Return what results rest on: their sources with the releases, the newest of these, and a mark of the tables.

    A release is "April 2026", or "" where none of them has a month to its name; the mark is the beginning of a checksum
    of the files as published, or "" where no count of theirs is public.
    """
    edition = results[0].edition
    named = edition.sources(dict.fromkeys(one for result in results for one in result.measure.sources))
    tables = tables_behind(edition, results)
    months = [found[0] for table in tables if (found := MONTH.match(table.release))]
    newest = f"{date.fromisoformat(f'{max(months)}-01'):%B %Y}" if months else ""
    held = "\n".join(sorted(table.sha256 for table in tables if table.sha256))
    return {
        "sources": [", ".join(filter(None, (row["publisher"], row["title"], row["release"]))) for row in named],
        "newest": newest,
        "data": checksum(held.encode())[:SHORT] if held else "",
    }


def numbered(
    figure_id: str,
    number: int | None,
    caption: str,
    body: Markup,
    *,
    drawing: Drawing,
    about: str = "",
    under: Mapping[str, Any],
    further: str = "",
) -> Html:
    """Return a figure around its content, under its number if it has one; folded under what it is `further` about.

    `under` is what stands under it, as `stands_under` returns it.
    """
    named = {"figure_id": figure_id, "number": number, "caption": caption}
    html = piece("figure", piece("figure_opening", **named), body)
    if further:
        html = piece("further", further, html)
    data = {"figure": named, "files": drawing.files(html), "under": under}
    return Html(html, about or f"figure{f' {number}' if number else ''}: {figure_id}", data)


def stands_under(
    notes: Sequence[str], source: str, cautions: Sequence[str] = (), unfolded: int = UNFOLDED
) -> dict[str, Any]:
    """Return what stands under a figure; of the notes, those after the first, or the first few, are folded."""
    return {"notes": list(notes), "open_notes": unfolded, "source": source, "cautions": list(cautions)}


def source_line(result: Result, also: str = "") -> str:
    """Return the line that names the sources, in the inspectorate's form; `also` is a sentence about others."""
    return " ".join(filter(None, (f"Source: {sources_in_words(result)}.", also)))
