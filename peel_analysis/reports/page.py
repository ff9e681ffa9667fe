"""The page of one force: its sections in order, figures numbered through, and every link inside it whole."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Force
from peel_analysis.show.templates import render, style_sheet

FIGURE = re.compile(r'<figure class="figure[^"]*" id="figure-([a-z0-9_-]+)">.*?</figure>', re.DOTALL)
NUMBER = re.compile(r'(<span class="figure-number">)\d+(</span>)')
TO_FIGURE = re.compile(r'\s*<a class="to-figure" href="#figure-([a-z0-9_-]+)">See the figure</a>')
TARGET = re.compile(r'id="((?:figure|tile)-[a-z0-9_-]+)"')


@dataclass(frozen=True)
class SectionHtml:
    """A section's place on the page."""

    id: str
    title: str
    html: str


def page_html(sections: list[SectionHtml], force: Force, edition: Edition, key: str) -> str:
    """Return the report of a force as one self-contained page: no script, style, font or picture from elsewhere.

    `key` is the content key that the page carries, so that a later run knows whether it is fresh.
    """
    window = edition.window("crime").words
    return render(
        "page.html.j2",
        edition_title=edition.title,
        force_name=force.official_name,
        subtitle=f"{window[:1].upper()}{window[1:]}",
        about=edition.settings.about,
        key=key,
        style=style_sheet(),
        sections=[SectionHtml(one.id, one.title, Markup(one.html)) for one in _link_figures(_number_figures(sections))],
    )


def _number_figures(sections: list[SectionHtml]) -> list[SectionHtml]:
    """Number the figures through the report, in the order in which they stand."""
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return NUMBER.sub(rf"\g<1>{count}\g<2>", match[0])

    return [SectionHtml(one.id, one.title, FIGURE.sub(number, one.html)) for one in sections]


def _link_figures(sections: list[SectionHtml]) -> list[SectionHtml]:
    """Name the figure in each link to one; a link to what is not on the page goes to its tile, or is taken out."""
    figures = {
        match[1]: (found[0] if (found := re.search(r"(?<=figure-number\">)\d+", match[0])) else "")
        for one in sections
        for match in FIGURE.finditer(one.html)
    }
    ids = {match for one in sections for match in TARGET.findall(one.html)}

    def link(match: re.Match[str]) -> str:
        measure = match[1]
        words = f"Figure {figures[measure]}" if measure in figures else "The data"
        for target, named in ((f"figure-{measure}", words), (f"tile-{measure}", "The tile")):
            if target in ids:
                return f' <a class="to-figure" href="#{target}">{named}</a>'
        return ""

    return [SectionHtml(one.id, one.title, TO_FIGURE.sub(link, one.html)) for one in sections]
