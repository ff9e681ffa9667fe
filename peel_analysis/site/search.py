"""The search over what the site and the reports have."""

from collections.abc import Iterator

from peel_analysis.site.page import SEARCH, Site


def search(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the page by which forces, measures, sections and terms are found."""
    yield SEARCH, site.page("search.html.j2", SEARCH, forces=[one.official_name for one in site.data.forces])
