"""The search over forces, measures, the sections of the reports, and terms."""

from collections.abc import Iterator
from dataclasses import dataclass

from peel_analysis.data.edition import Edition
from peel_analysis.data.registers import GLOSSARY, records
from peel_analysis.site.page import SEARCH, Files, Site


@dataclass(frozen=True)
class Entry:
    """What can be found: its title, what else is said of it, and by what other words it is found.

    `ways` lead to it: their words, each with a path below the output folder. `part` is a place on another's page: a
    section on a force's.
    """

    title: str
    about: str = ""
    other_words: str = ""
    ways: tuple[tuple[str, str], ...] = ()
    part: str = ""


def search(site: Site) -> Files:
    """Yield the page by which forces, measures, sections and terms are found; without a script it lists them all."""
    editions = [site.data.edition(edition_id) for edition_id in site.data.editions]
    groups = [
        ("Forces", "force", list(_forces(site, editions))),
        ("Measures", "measure", list(_measures(site, editions))),
        ("Sections of a report", "section", list(_sections(site, editions))),
        ("Terms", "term", [Entry(row["term"], row["meaning"]) for row in records(site.data.register(GLOSSARY))]),
    ]
    yield SEARCH, site.page("search.html.j2", SEARCH, groups=groups)


def _forces(site: Site, editions: list[Edition]) -> Iterator[Entry]:
    for force in site.data.forces:
        ways = _that_are_there(site, editions, f"{force.id}/index.html")
        yield Entry(force.official_name, "" if ways else "no report made", " / ".join(force.called), ways)


def _measures(site: Site, editions: list[Edition]) -> Iterator[Entry]:
    for one in site.data.measures:
        ways = _that_are_there(site, editions, f"measures/{one.id}.html")
        yield Entry(one.title, one.unit, f"{one.tile} / {one.id}", ways)


def _sections(site: Site, editions: list[Edition]) -> Iterator[Entry]:
    """Yield each section under each title that it has, with the editions in which it has it."""
    titled: dict[tuple[str, str, str], list[Edition]] = {}
    for edition in editions:
        for plan in edition.sections:
            titled.setdefault((plan.title, plan.id, plan.page), []).append(edition)
    for (title, section_id, page), held in titled.items():
        place = f"{page}.html#{section_id}" if page else f"#{section_id}"
        yield Entry(title, ways=_that_are_there(site, held, "index.html"), part=place)


def _that_are_there(site: Site, editions: list[Edition], path: str) -> tuple[tuple[str, str], ...]:
    """Return the ways to a path of each of some editions, under their ids, where there is something."""
    ways = ((edition.id, f"{edition.id}/{path}") for edition in editions)
    return tuple((words, way) for words, way in ways if site.has(way))
