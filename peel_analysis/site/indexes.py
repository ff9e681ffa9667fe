"""The ways into the site: the index over all editions, that of each edition, and the search."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES, Force
from peel_analysis.data.programmes import OVERALL
from peel_analysis.data.registers import GLOSSARY
from peel_analysis.data.text import enumerated
from peel_analysis.measures import Result, calculate_all
from peel_analysis.sections.judgments import Judgment, grades_over_forces, judgment, keys_of
from peel_analysis.sections.lists import together
from peel_analysis.show.tables import key_to_marks, value_cell
from peel_analysis.site.page import FORCES, INDEX, SEARCH, Files, Site, Standing, report_page

HEADLINES = 5  # values of a force


def all_editions(site: Site) -> Files:
    """Yield the index over all editions and forces: what each edition covers, and a link to each report there is."""
    editions = [_covered(site, edition) for edition in map(site.data.edition, site.data.editions)]
    rows = [
        {
            "force": force,
            "names": _names(force),
            "reports": [(one["edition"], report_page(one["edition"], force.id)) for one in editions if one["made"]],
        }
        for force in site.data.forces
    ]
    yield INDEX, site.page("editions.html.j2", INDEX, editions=editions, rows=rows)


def _covered(site: Site, edition: Edition) -> dict[str, Any]:
    """Return what an edition covers: its windows, its grades, and of how many forces a report is there."""
    programme, crime = edition.programme, edition.windows.get("crime")
    return {
        "edition": edition,
        "index": FORCES.format(edition=edition.id),
        "crime": crime.words if crime else "",
        "grades": f"PEEL {programme.id}" if programme else "",
        "made": sum(site.has(report_page(edition, force.id)) for force in edition.forces),
    }


def edition_index(site: Site, edition: Edition) -> Files:
    """Yield an edition's index: its forces with judgments and headline values, and what there is of each."""
    results = headlines(edition)
    judged = {force.id: judgment(edition, force.id, OVERALL) for force in edition.forces}
    rows = [
        {
            "force": force,
            "names": _names(force),
            "link": report_page(edition, force.id),
            "standing": _standing(site, edition, force),
            "grade": _of_judgments(edition, judged[force.id], force),
            "values": [_value(result, force.id) for result in results],
        }
        for force in edition.forces
    ]
    statuses = [one.status for result in results for one in result.values]
    counted = grades_over_forces(edition, OVERALL)
    path = FORCES.format(edition=edition.id)
    yield (
        path,
        site.page(
            "forces.html.j2",
            path,
            edition,
            rows=rows,
            national=[_value(result, ENGLAND_AND_WALES) for result in results],
            columns=[(result, _page_of(site, result)) for result in results],
            spread=enumerated(f"{count} {grade.lower()}" for grade, count in counted.items() if count),
            grade_keys=keys_of((force.official_name, judged[force.id]) for force in edition.forces),
            value_keys=key_to_marks(edition.data.statuses, statuses),
        ),
    )


def headlines(edition: Edition) -> Sequence[Result]:
    """Return the results whose values stand beside each force: the first screen's, as far as any force has a value."""
    declared = next((plan.headline_measures for plan in edition.sections if plan.headline_measures), ())
    results = calculate_all(edition, map(edition.data.measure, declared)) if declared else []
    return together([one for one in results if one.forces["value"].notna().any()], HEADLINES)


def _names(force: Force) -> str:
    """Return all that a force is called, by which it is found."""
    return " / ".join(dict.fromkeys(force.called))


def _standing(site: Site, edition: Edition, force: Force) -> Standing:
    told = site.standings.get(edition.id, {}).get(force.id)
    return told or Standing(site.has(report_page(edition, force.id)))


def _page_of(site: Site, result: Result) -> str:
    path = f"{result.edition.id}/measures/{result.measure.id}.html"
    return path if site.has(path) else ""


def _value(result: Result, force_id: str) -> tuple[str, str]:
    """Return a value with its mark, and by what it is sorted: "" for a missing one, which comes last."""
    one = result.of(force_id)
    return value_cell(result, one.value, one.status).text, "" if math.isnan(one.value) else repr(float(one.value))


def _of_judgments(edition: Edition, overall: Judgment, force: Force) -> tuple[str, str]:
    """Return the overall judgment on a force, and its place on the scale; "" for a place that there is none of.

    In a programme without an overall one it is on how many questions a grade is held, most first.
    """
    programme = edition.programme
    if programme is None or programme.overall:
        scale = programme.grades if programme else ()
        return overall.grade_in_words, str(scale.index(overall.grade)) if overall.grade in scale else ""
    held = [one.id for one in programme.questions if judgment(edition, force.id, one.id).grade in programme.grades]
    words = f"held on {len(held)} of {len(programme.questions)} questions" if held else "none held"
    return words, str(-len(held)) if held else ""


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
        ("Terms", "term", [Entry(row["term"], row["meaning"]) for row in site.data.records(GLOSSARY)]),
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
        place = f"{site.data.named(f'{page}.html') if page else ''}#{section_id}"
        yield Entry(title, ways=_that_are_there(site, held, "index.html"), part=place)


def _that_are_there(site: Site, editions: list[Edition], path: str) -> tuple[tuple[str, str], ...]:
    """Return the ways to a path of each of some editions, under their ids, where there is something."""
    ways = ((edition.id, f"{edition.id}/{path}") for edition in editions)
    return tuple((words, way) for words, way in ways if site.has(way))
