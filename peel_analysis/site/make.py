"""Making the site: which pages it has, and writing those that are not as they would be made now."""

import json
import posixpath
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.writing import (
    PAGE_MARKS,
    checked_page,
    content_of,
    digest,
    key_of_page,
    once,
    page_marks,
    write_files,
    write_text,
)
from peel_analysis.site.page import CHANGES, FORCES, INDEX, MAP, MEASURES, METHOD, SEARCH, Files, Site


def method_page(site: Site, edition: Edition) -> Files:
    """Yield the page that says how figures are told, counted and left out, and where they come from."""
    from peel_analysis.sections.annex import Annex

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


def changes_pages(site: Site) -> Files:
    """Yield a page for each two neighbouring editions of the data folder, and the list of these pages."""
    from peel_analysis.changes import changes_between, open_version
    from peel_analysis.changes.output import PAGE, on_page

    listed = []
    for earlier, later in pairwise(site.data.editions):
        a, b = (open_version(one, site.data) for one in (earlier, later))
        path, shown = f"changes/{earlier}-to-{later}.html", on_page(changes_between(a, b))
        listed.append((path, shown["title"], shown["summary"]))
        yield path, site.page(PAGE, path, None, **shown)
    yield CHANGES, site.page("changed.html.j2", CHANGES, listed=listed)


# Pages with a maker: those that carry the marks of all that their maker makes.
# Of an edition: those that a run of a single report makes too, and the others.
INDEXES, PAGES = (FORCES,), (MAP, MEASURES, METHOD)
# Over editions: likewise, but that the others link to nothing of an edition.
OVER_EDITIONS, PAGES_OVER_EDITIONS = (INDEX, SEARCH), (CHANGES,)


def _of_edition(page: str, edition: Edition, site: Site) -> Files:
    """Make a page of an edition. What makes it is imported here: most runs find no page stale."""
    if page == METHOD:
        return method_page(site, edition)
    if page == FORCES:
        from peel_analysis.site.indexes import edition_index

        return edition_index(site, edition)
    from peel_analysis.site.measure_pages import map_page, measure_pages

    return {MAP: map_page, MEASURES: measure_pages}[page](site, edition)


def _over_editions(page: str, site: Site) -> Files:
    """Make a page over all editions."""
    if page == CHANGES:
        return changes_pages(site)
    from peel_analysis.site.indexes import all_editions, search

    return {INDEX: all_editions, SEARCH: search}[page](site)


@dataclass(frozen=True)
class _Task:
    """The files of one maker: the page that carries their marks, what they are made from, and how they are made."""

    path: str
    made_from: Iterable[str]
    make: Callable[[Site], Files]


def make_site(site: Site) -> Path:
    """Write the site's pages that are stale, missing or damaged; return the index over all editions."""
    for task, key in _stale(site):
        _write(site, task, key)
    return site.file(INDEX)


def keep_site(site: Site) -> None:
    """Keep what `make_site` would write, where the processes of a run keep what they share; it finds that there.

    A site that is to be as this one says is not there yet. What does not come true of it is in the key of its pages.
    """
    for task, key in _stale(site):
        made = _texts(site, task, key)
        site = replace(site, expected=site.expected.union(made))  # for the pages that link to them


def _stale(site: Site) -> Iterator[tuple[_Task, str]]:
    """Yield what is to be made, each with its key."""
    for task in _tasks(site):
        key = digest((site.key, task.path, *task.made_from))
        if key_of_page(site.file(task.path)) != key:
            yield task, key


def _tasks(site: Site) -> Iterator[_Task]:
    for edition in site.editions:
        there = site.there(edition)
        for path in (*(PAGES if site.is_whole else ()), *INDEXES):
            said = map(repr, site.standings.get(edition.id, {}).values()) if path in INDEXES else ()
            yield _Task(path.format(edition=edition.id), (*there, *said), partial(_of_edition, path, edition))
    there = [path for edition_id in site.data.editions for path in site.there(site.data.edition(edition_id))]
    for path in (*(PAGES_OVER_EDITIONS if site.is_whole else ()), *OVER_EDITIONS):
        yield _Task(path, there if path in OVER_EDITIONS else (), partial(_over_editions, path))


def _texts(site: Site, task: _Task, key: str) -> dict[str, str]:
    """Return a maker's files, by their paths below the output folder."""
    made: dict[str, str] = json.loads(once("site", (key,), lambda: json.dumps(dict(task.make(site))).encode()))
    return made


def _write(site: Site, task: _Task, key: str) -> None:
    """Write a maker's files, last the page with the marks, and remove what it made before and no longer makes."""
    page, folder = site.file(task.path), posixpath.dirname(task.path) or "."
    made = _texts(site, task, key)
    texts = {site.data.named(posixpath.relpath(path, folder)): text.encode() for path, text in made.items()}
    html = texts.pop(page.name).decode().replace(site.key, page_marks(key, texts), 1)
    marks = PAGE_MARKS.search(content_of(page))
    write_files({page.parent / name: text for name, text in texts.items()})
    write_text(page, checked_page(html))
    for name in set(marks["names"].decode().split() if marks else ()) - set(texts):
        with suppress(OSError):
            (page.parent / name).unlink()
