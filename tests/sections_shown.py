"""Sections of an edition that share its results, and what their cells show, parsed."""

from bs4 import BeautifulSoup, Tag

from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.sections.section import Section


def section(section_id: str, force_id: str, edition: Edition, results: dict[str, Result]) -> Section:
    """Return a section that shares the results, so that 43 of them cost as much as one."""
    return Section(edition.section(section_id), open_data().forces.find(force_id), edition, results=dict(results))


def parsed(html: str) -> Tag:
    """Return what a cell shows, to be searched."""
    return BeautifulSoup(html, "html.parser")
