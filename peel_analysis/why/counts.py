"""The counts behind a number: by period, and by dimension where a measure adds several up."""

from collections.abc import Iterable

import pandas as pd

from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.text import whole
from peel_analysis.measures.declarations import Part
from peel_analysis.why.text import columns, paragraph

MANY = 20  # dimensions that are named one by one


def part_lines(
    part: Part, edition: Edition, window: Period, force_ids: tuple[str, ...], skipped: frozenset[str]
) -> list[str]:
    """Return each item's counts in a window, added up over `force_ids`: file, periods, dimensions and total.

    `skipped` are items that a force's partial return does not hold.
    """
    lines: list[str] = []
    for item in part.items:
        if item in skipped:
            lines += paragraph(f"{_words(item)}: left out, for the force's partial return does not hold it")
        elif item == POPULATION:
            lines += _population(edition, force_ids)
        else:
            lines += _item(item, part.dimensions, edition, window, force_ids)
    return lines


def _words(item: str) -> str:
    return item.replace("_", " ")


def _population(edition: Edition, force_ids: tuple[str, ...]) -> list[str]:
    rows = edition.populations.loc[list(force_ids)]
    usual = [force_id for force_id in force_ids if force_id not in edition.population_instead]
    lines = []
    if usual:
        total = whole(float(rows.loc[usual, POPULATION].sum()))
        where = f"data/populations.csv, mid-{edition.mid_year}, vintage {edition.vintage}"
        lines += [f"population: {total} ({where})", *paragraph(edition.population_sentence)]
    for force_id in force_ids:
        if force_id in edition.population_instead:
            instead = edition.population_instead[force_id]
            where = f"data/populations.csv, mid-{instead.mid_year}, vintage {instead.vintage}, {instead.status}"
            lines += [f"population of {force_id}: {whole(float(rows[POPULATION][force_id]))} ({where})"]
            lines += paragraph(f"Assumption: {instead.sentence}")
    return lines


def _item(
    item: str, dimensions: tuple[str, ...], edition: Edition, window: Period, force_ids: tuple[str, ...]
) -> list[str]:
    counts = edition.counts(item)
    if counts is None:
        lack = edition.lacks[item]
        return paragraph(f"{_words(item)}: no public table ({lack.status}). {lack.sentence}")
    release = edition.releases[item]
    inside = (counts["period_start"] >= window.start.isoformat()) & (counts["period_end"] <= window.end.isoformat())
    rows = counts[inside & counts["force_id"].isin(force_ids)]
    rows = rows[rows["dimension"].isin(dimensions)] if dimensions else rows
    head = f"{_words(item)}, {window.words}: data/counts/{release.item}/{release.release}.csv"
    if rows.empty:
        why = edition.lacks[item].sentence if item in edition.lacks else ""
        return [head, *paragraph(f"no row of this kind in the table. {why}".strip())]
    return [head, *_periods(rows), *_dimensions(rows)]


def _periods(rows: pd.DataFrame) -> list[str]:
    """Return a line a period and the total; a blank count is shown with the status that says why."""
    cells = []
    for (start, end), inside in rows.groupby(["period_start", "period_end"]):
        marked = sorted(set(inside["status"]) - {"reported"})
        cells.append((_days(str(start), str(end)), _sum(inside["count"]), ", ".join(marked)))
    return columns([*cells, ("total", _sum(rows["count"]), "")], right=(1,))


def _dimensions(rows: pd.DataFrame) -> list[str]:
    sums = rows.groupby("dimension")["count"].sum(min_count=1)
    if len(sums) < 2 or len(sums) > MANY:
        return []
    named = [(f"of which {dimension}", _count(count)) for dimension, count in _by_number(sums)]
    return columns(named, right=(1,))


def _by_number(sums: "pd.Series[int]") -> Iterable[tuple[str, float]]:
    """Return outcome types in the order of their numbers and offence groups in that of the alphabet."""
    found = [(str(dimension), count) for dimension, count in sums.items()]
    return sorted(found, key=lambda pair: (int(pair[0]) if pair[0].isdigit() else 0, pair[0]))


def _sum(counts: "pd.Series[int]") -> str:
    return _count(counts.sum(min_count=1))


def _count(count: float) -> str:
    return "[no count]" if pd.isna(count) else whole(float(count))


def _days(start: str, end: str) -> str:
    period = Period.parse(start, end)
    return f"{day_in_words(period.start)} to {day_in_words(period.end)}" if not period.is_date else period.words
