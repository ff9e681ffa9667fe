"""The pages of an edition's measures over all forces: a page a measure with its map, their index, and the map page."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.comparable import peer_groups
from peel_analysis.comparison.verdicts import SHOWN_LEVEL
from peel_analysis.data.edition import Edition
from peel_analysis.data.files import code_version
from peel_analysis.data.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.figures.figure import Figure, as_svg
from peel_analysis.measures import Result, provenance
from peel_analysis.sections.annex import DEFINED, definition, exclusions_table
from peel_analysis.sections.result import in_hand
from peel_analysis.show import tables, values
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes
from peel_analysis.show.templates import piece
from peel_analysis.site import tile_map
from peel_analysis.site.page import MAP, MEASURES, Files, Site, report_page


@dataclass(frozen=True)
class Bar:
    """A force, or England and Wales, in the comparison: its words, and in percent of the width where its bar lies.

    `peers` are its peers, a list a set. One without a value has no bar, and `note` says why.
    """

    force_id: str
    name: str
    value: str
    interval: str
    note: str
    place: Sequence[tuple[str, str]]
    peers: Sequence[str]


def measure_pages(site: Site, edition: Edition) -> Files:
    """Yield the index of the measures, and of each its page, the rows of its values and its figure as SVG."""
    results = measures.calculate_all(edition)
    path = MEASURES.format(edition=edition.id)
    yield path, site.page("measures.html.j2", path, edition, **listed(results))
    peers = {force.id: _peers(edition, force.id) for force in edition.forces}
    rows = values.as_csv_by("measure", values.of_results(results))
    for result in results:
        yield from _of_measure(site, result, peers, rows[result.measure.id])


def map_page(site: Site, edition: Edition) -> Files:
    """Yield the map of the edition's first headline measure that has one, with a list of all measures."""
    results = measures.calculate_all(edition)
    by_id = {one.measure.id: one for one in results}
    headline = (by_id[one] for section in edition.sections for one in section.headline_measures if one in by_id)
    first = next(filter(tile_map.has_map, (*headline, *results)), None)
    path = MAP.format(edition=edition.id)
    drawn = first and map_of(first, site.data.named(f"measures/{first.measure.id}.html"))
    about = {"title": first.measure.title, "reading": national(first), "unit": first.measure.unit} if first else {}
    yield path, site.page("map.html.j2", path, edition, map=drawn, about=about, **listed(results))


def listed(results: Iterable[Result]) -> dict[str, object]:
    """Return the measures in their order: those with a map, those that a few forces have, and the others with why."""
    of_all, of_some, of_none = [], [], dict[str, list[tuple[str, str]]]()
    for result in results:
        measure, held = result.measure, result.has_values
        if tile_map.has_map(result):
            ends = (result.plotted["value"].min(), result.plotted["value"].max())
            of_all.append(
                {
                    "id": measure.id,
                    "title": measure.title,
                    "unit": measure.unit,
                    "window": wording.windows_in_words(result),
                    "national": tables.value_cell(result, result.national.value, result.national.status).text,
                    "ends": " to ".join(wording.value_in_words(measure, float(one)) for one in ends),
                    "forces": len(result.plotted),
                }
            )
        elif held:
            of_some.append((measure.id, measure.title, without_map(result)))
        else:
            of_none.setdefault(result.why_missing()[0][1], []).append((measure.id, measure.title))
    return {"of_all": of_all, "of_some": of_some, "of_none": of_none}


def without_map(result: Result) -> str:
    """Return that there is no map, and why, in a sentence or two."""
    number = len(result.plotted)
    have = {0: "no force has", 1: "only one force has"}.get(number, f"only {number} forces have")
    return f"There is no map and no comparison, because {have} a public value."


def national(result: Result) -> str:
    """Return what the measure says of England and Wales, and how many forces are in it."""
    reading = wording.reading(result, ENGLAND_AND_WALES)
    counted = result.members and result.national.status != "as_published"
    return f"{reading} {len(result.members)} of {NUMBER_OF_FORCES} forces are in it." if counted else reading


def map_of(result: Result, page: str = "") -> Markup:
    """Return the tile map with its key; a tile leads to the force's row on the measure's page."""
    drawn = tile_map.tiles(result)
    word = result.edition.data.word
    return piece("tile_map", result.measure.title, drawn, tile_map.key(result), tile_map.FIFTHS, page, word)


def _of_measure(site: Site, result: Result, peers: Mapping[str, Sequence[str]], rows: str) -> Files:
    edition, measure = result.edition, result.measure
    folder = MEASURES.format(edition=edition.id).rpartition("/")[0]
    path = f"{folder}/{measure.id}.html"
    figure = in_hand(result).figure() if tile_map.has_map(result) else None
    files = _downloads(result, rows, figure)
    parts: dict[str, object] = {
        "measure": measure,
        "reading": national(result),
        "window": wording.windows_in_words(result),
        "drawn": None,
        "files": [name for name, _ in files],
        "readings": [],
        **_about(result),
    }
    if figure is not None:
        parts["drawn"] = _drawn(site, result, peers) | {"alt": figure.alt_text}
    elif not result.plotted.empty:
        parts["readings"] = [wording.reading(result, str(one)) for one in result.plotted.index]
    parts["without_map"] = "" if parts["drawn"] or not parts["readings"] else without_map(result)
    yield path, site.page("measure.html.j2", path, edition, **parts)
    for name, text in files:
        yield f"{folder}/{name}", text


def _downloads(result: Result, rows: str, figure: Figure | None) -> list[tuple[str, str]]:
    """Return the measure's files by their names: its rows of the values file and its figure; none without a value."""
    files = []
    if result.has_values:
        files.append((f"{result.measure.id}.csv", rows))
    if figure is not None:
        files.append((f"{result.measure.id}.svg", as_svg(figure)))
    return files


def _drawn(site: Site, result: Result, peers: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Return what the page shows of the values: the map, the bars to compare, the figure in words and the table."""

    def report(force_id: str) -> str:
        page = report_page(result.edition, force_id)
        return site.data.named(f"../{force_id}/index.html") if site.has(page) else ""

    bars, share, value = bars_of(result, peers), scale(result), result.national.value
    highest_first = [one for one in bars if one.place and one.force_id != ENGLAND_AND_WALES]
    ends = {"Highest": highest_first[0], "Lowest": highest_first[-1]}
    return {
        "map": map_of(result),
        "bars": bars,
        "lines": [("z", share(0.0)), *([] if math.isnan(value) else [("n", share(value))])],
        "sets": [one.title for one in result.edition.data.peer_sets.sets],
        "table": tables.of_all_forces(result, report),
        "facts": [(title, f"{one.value}, {one.name}") for title, one in ends.items()],
    }


def bars_of(result: Result, peers: Mapping[str, Sequence[str]]) -> list[Bar]:
    """Return the forces and England and Wales in the order of their values, those that no figure draws last."""
    rows = result.rows.sort_values("value", ascending=False, kind="stable", na_position="last")
    ordered, drawn = [str(one) for one in rows.index], _drawn_ids(result)
    share = scale(result)
    bars = [_bar(result, one, share, peers.get(one, ())) for one in ordered if one in drawn]
    for one in ordered:
        if one not in drawn:
            value, why = tile_map.without_a_value(result, one)
            bars.append(Bar(one, result.edition.forces.name(one), value, "", why, (), peers.get(one, ())))
    return bars


def _drawn_ids(result: Result) -> set[str]:
    """Return who has a bar: the forces that a figure draws, and England and Wales where it has a value."""
    return {*map(str, result.plotted.index), *([] if result.national.is_missing else [ENGLAND_AND_WALES])}


def _bar(result: Result, force_id: str, share: Callable[[float], str], peers: Sequence[str]) -> Bar:
    own, (lower, upper) = result.of(force_id), compare(result).limits(force_id, SHOWN_LEVEL)
    place = [("a", share(min(own.value, 0))), ("b", share(max(own.value, 0)))]
    interval, name = "", result.edition.forces.name(force_id)
    if not math.isnan(lower):
        place += [("l", share(lower)), ("u", share(upper))]
        interval = tables.interval_cell(result.measure, lower, upper).text
    note = "" if force_id == ENGLAND_AND_WALES else own.short
    value = tables.value_cell(result, own.value, own.status).text
    return Bar(force_id, name, value, interval, note, place, peers)


def scale(result: Result) -> Callable[[float], str]:
    """Return the scale of the bars, on which zero and all intervals lie: from a value to percent of the width."""
    compared, drawn = compare(result), _drawn_ids(result)
    limits = (limit for one in drawn for limit in compared.limits(one, SHOWN_LEVEL) if not math.isnan(limit))
    ends = [0.0, *limits, *(result.of(one).value for one in drawn)]
    lowest, span = min(ends), max(ends) - min(ends) or 1.0
    return lambda value: f"{100 * (value - lowest) / span:.2f}"


def _peers(edition: Edition, force_id: str) -> list[str]:
    """Return the peers of a force, a list a declared set; empty for a force that has none in it."""
    groups = {one.set_id: one.peer_ids for one in peer_groups(edition, force_id)}
    return [" ".join(groups.get(one.id, ())) for one in edition.data.peer_sets.sets]


def _about(result: Result) -> dict[str, object]:
    """Return what the measure rests on: definition, cautions, who is left out, notes, sources and versions."""
    edition, measure = result.edition, result.measure
    held = result.has_values
    counted = measure.kind != "survey"
    defined = list(zip(DEFINED, (cell.text for cell in definition(edition, measure).cells), strict=True))
    versions = [("Releases", result.release.replace(";", "; "))] if held and result.release else []
    versions += [
        ("Definition", provenance.rule_of(measure)),
        ("Wording policy", edition.data.policy.settings_version),
        ("Code", code_version()),
    ]
    return {
        "defined": defined if counted else [],
        "cautions": wording.caveats(result),
        "notes": [one.sentence for one in footnotes(result)] if held else [],
        "exclusions": exclusions_table(edition, [measure]) if held else Markup(),
        "sources": piece("sources", "", edition.sources(measure.sources)),
        "versions": versions if counted else [],
    }
