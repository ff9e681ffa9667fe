"""Making the site: which pages it has, and writing those that are not as they would be made now."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.marks import PAGE_MARKS, checked_page, content_of, digest, key_of_page, page_marks
from peel_analysis.data.writing import write_files, write_text
from peel_analysis.site.page import CHANGES, FORCES, INDEX, MAP, MEASURES, METHOD, SEARCH, Files, Site

# Pages with a maker: those that carry the marks of all that their maker makes.
# Of an edition: those that a run of a single report makes too, and the others.
INDEXES, PAGES = (FORCES,), (MAP, MEASURES, METHOD)
# Over editions: likewise, but that the others link to nothing of an edition.
OVER_EDITIONS, PAGES_OVER_EDITIONS = (INDEX, SEARCH), (CHANGES,)


def _of_edition(page: str, site: Site, edition: Edition) -> Files:
    """Make a page of an edition. What makes it is imported here: most runs find no page stale."""
    if page == FORCES:
        from peel_analysis.site.forces import edition_index

        return edition_index(site, edition)
    from peel_analysis.site.measure_pages import map_page, measure_pages
    from peel_analysis.site.method import method_page

    return {MAP: map_page, MEASURES: measure_pages, METHOD: method_page}[page](site, edition)


def _over_editions(page: str, site: Site) -> Files:
    """Make a page over all editions."""
    if page == CHANGES:
        from peel_analysis.site.what_changed import changes_pages

        return changes_pages(site)
    from peel_analysis.site.forces import all_editions
    from peel_analysis.site.search import search

    return {INDEX: all_editions, SEARCH: search}[page](site)


@dataclass(frozen=True)
class _Task:
    """The files of one maker: the page that carries their marks, what they are made from, and how they are made."""

    path: str
    made_from: Iterable[str]
    make: Callable[[], Files]


def make_site(site: Site) -> Path:
    """Write the site's pages that are stale, missing or damaged; return the index over all editions."""
    for task in _tasks(site):
        key = digest((site.key, task.path, *task.made_from))
        if key_of_page(site.out / task.path) != key:
            _write(site, task, key)
    return site.out / INDEX


def _tasks(site: Site) -> Iterator[_Task]:
    for edition in site.editions:
        there = site.there(edition)
        for path in (*(PAGES if site.is_whole else ()), *INDEXES):
            said = map(repr, site.standings.get(edition.id, {}).values()) if path in INDEXES else ()
            yield _Task(path.format(edition=edition.id), (*there, *said), partial(_of_edition, path, site, edition))
    there = [path for edition_id in site.data.editions for path in site.there(site.data.edition(edition_id))]
    for path in (*(PAGES_OVER_EDITIONS if site.is_whole else ()), *OVER_EDITIONS):
        yield _Task(path, there if path in OVER_EDITIONS else (), partial(_over_editions, path, site))


def _write(site: Site, task: _Task, key: str) -> None:
    """Write a maker's files, last the page with the marks, and remove what it made before and no longer makes."""
    page = site.out / task.path
    folder = posixpath.dirname(task.path) or "."
    texts = {posixpath.relpath(path, folder): text.encode() for path, text in task.make()}
    html = texts.pop(page.name).decode().replace(site.key, page_marks(key, texts), 1)
    marks = PAGE_MARKS.search(content_of(page))
    write_files({page.parent / name: text for name, text in texts.items()})
    write_text(page, checked_page(html))
    for name in set(marks["names"].decode().split() if marks else ()) - set(texts):
        with suppress(OSError):
            (page.parent / name).unlink()
