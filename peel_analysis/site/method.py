"""The method page: what Annex A of a report says of the data, once for an edition, from the registers."""

from peel_analysis.data.edition import Edition
from peel_analysis.sections.annex import Annex
from peel_analysis.site.page import METHOD, Files, Site


def method_page(site: Site, edition: Edition) -> Files:
    """Yield the page that says how figures are told, counted and left out, and where they come from."""
    annex = Annex(None, edition)
    parts = (
        ("higher-and-lower", "When a figure is called higher or lower", {"": annex.wording_policy()}),
        ("definitions", "Definitions", {"": annex.definitions()}),
        ("populations", "Populations", {"": annex.populations()}),
        ("exclusions", "Forces left out or marked", {"": annex.exclusions()}),
        ("cautions", "Cautions and surveys", {"Cautions": annex.caveats(), "Surveys and reviews": annex.surveys()}),
        ("sources", "Sources", {"": annex.sources()}),
        ("marks", "Marks, notes and terms", {"": annex.notes_and_terms()}),
    )
    path = METHOD.format(edition=edition.id)
    yield path, site.page("method.html.j2", path, edition, parts=parts)
