"""Making the site: which pages it has, and writing those that are not as they would be made now."""

from collections.abc import Callable, Iterator
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.writing import write_text
from peel_analysis.site.forces import all_editions, edition_index
from peel_analysis.site.measure_pages import map_page, measure_pages
from peel_analysis.site.method import method_page
from peel_analysis.site.page import INDEX, Site
from peel_analysis.site.search import search

Files = Iterator[tuple[str, str]]  # each by its path below the output folder, and its text
INDEXES: tuple[Callable[[Site, Edition], Files], ...] = (edition_index,)  # of an edition; a single report has them too
PAGES: tuple[Callable[[Site, Edition], Files], ...] = (map_page, measure_pages, method_page)  # of an edition, beside its index
OVER_EDITIONS: tuple[Callable[[Site], Files], ...] = (all_editions, search)
CHANGES: tuple[Callable[[Site], Files], ...] = ()  # over editions, beside the indexes


def make_site(site: Site) -> Path:
    """Write the site's pages; return the index over all editions."""
    for path, text in _files(site):
        file = site.out / path
        if not file.is_file() or file.read_bytes() != text.encode():  # it may be damaged
            write_text(file, text)
    return site.out / INDEX


def _files(site: Site) -> Files:
    for edition in site.editions:
        for of_edition in (*INDEXES, *(PAGES if site.is_whole else ())):
            yield from of_edition(site, edition)
    for over in (*OVER_EDITIONS, *(CHANGES if site.is_whole else ())):
        yield from over(site)
