"""A measure over time in a section: the line, what it is made of, and its points as a table."""

from math import isnan, nan

from markupsafe import Markup

from peel_analysis.data.forces import ENGLAND_AND_WALES, NATIONAL, NUMBER_OF_FORCES
from peel_analysis.data.periods import day_in_words
from peel_analysis.figures import trend_lines
from peel_analysis.figures.trend import lines_in_words, span_in_words
from peel_analysis.measures import Result, Series, rolling
from peel_analysis.measures.provenance import POPULATIONS, tables_of
from peel_analysis.sections.blocks import source_line
from peel_analysis.sections.display import Html, numbered
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.tables import Cell, Row
from peel_analysis.show.templates import piece

UNMARKED = ("reported", "as_published")


def trend_block(result: Result, force_id: str, number: int) -> Html:
    """Return the figure of a measure over time with its notes and its table; for a force without a line, the reason.

    Raises InputError for a measure whose counts allow no line.
    """
    series, name = rolling(result), result.edition.forces.official_name(force_id)
    figure_id, about = f"{result.measure.id}-trend", f"trend: {result.measure.id}"
    title = series.per_head(result.measure.title, force_id)
    caption = f"{title}, {name} and {NATIONAL}, {span_in_words(series)}"
    if series.values[force_id].dropna().empty:
        body = piece("figure_body", refused=wording.reading(result, force_id))
        return numbered(figure_id, number, caption, body, drawn=False, about=about)
    own = result.of(force_id)
    remark = f" ({own.short[:1].lower()}{own.short[1:]})" if own.short and own.status not in UNMARKED else ""
    reading = lines_in_words(series, force_id, remark)
    key = tables.key_to_marks(result.edition.data.statuses, series.statuses[force_id].unique())
    figure = trend_lines(series, force_id)
    figure.alt_text = f"Line chart: {title}, {span_in_words(series)}. {reading}"
    body = piece(
        "figure_body",
        reading=reading,
        image=figure.as_image(),
        notes=_notes(result, series, force_id),
        source=source_line(result, _source_of_populations(result, series)),
        summary="The points of the lines",
        data=_table(result, series, force_id, caption) + key + tables.about_intervals(result),
    )
    return numbered(figure_id, number, caption, body, about=about)


def _table(result: Result, series: Series, force_id: str, caption: str) -> Markup:
    columns = ("12 months to", result.edition.forces.official_name(force_id), "95% interval", NATIONAL)
    rows = []
    for place, day in enumerate(series.days):
        own, national = (float(series.values[name].iloc[place]) for name in (force_id, ENGLAND_AND_WALES))
        status = "" if isnan(own) else str(series.statuses[force_id].iloc[place])
        cells = (tables.value_cell(result, own, status), _interval(series, force_id, place))
        rows.append(Row(day_in_words(day), (*cells, tables.value_cell(result, national))))
    return tables.html_table(caption, columns, rows)


def _interval(series: Series, force_id: str, place: int) -> Cell:
    """Return the interval of a point: none where the point itself is missing, counts or no counts."""
    value, top, below = (
        float(column[force_id].iloc[place]) for column in (series.values, series.numerator, series.denominator)
    )
    return tables.counts_interval_cell(series.measure, nan if isnan(value) else top, below)


def _source_of_populations(result: Result, series: Series) -> str:
    """Return the source of the points' populations where they are of more years than the edition's own, else ""."""
    if len(set(series.mid_years)) < 2:
        return ""
    own = (POPULATIONS, result.edition.vintage)
    named = [table for table in tables_of(result, ENGLAND_AND_WALES) if (table.table, table.release) == own]
    years = f"Populations of mid-{series.mid_years[0]} to mid-{series.mid_years[-1]}"
    return " ".join(f"{years}: {table.publisher}, {table.title}." for table in named if table.title)


def _notes(result: Result, series: Series, force_id: str) -> list[str]:
    own = result.of(force_id)
    notes = [one.sentence for one in series.breaks(force_id)]
    if own.status not in UNMARKED and own.note:
        notes.append(own.note)
    if series.mid_years:
        notes.append(_about_population(result, series, force_id))
    members = f"{len(series.members)} of {NUMBER_OF_FORCES} forces"
    fewer = "" if set(series.members) == set(result.members) else ", so its last point can differ from the value above"
    notes.append(f"England and Wales is the sum of the same {members} at every point{fewer}.")
    return notes


def _about_population(result: Result, series: Series, force_id: str) -> str:
    """Return which population the points divide by, and what they must not be taken for."""
    assumed = f" Every point of {result.edition.forces.official_name(force_id)} divides by its assumed population."
    kept = assumed if force_id in series.assumed else ""
    if series.mid_year is not None:
        return (
            f"Every point divides by the same population, that of mid-{series.mid_year}: the estimates of all the "
            "years before are not held on one basis. The lines move with the counts alone, and an earlier point is not "
            f"the rate of its own year.{kept}"
        )
    first, last = series.mid_years[0], series.mid_years[-1]
    earlier = (
        f" Where the report sets an earlier year's value beside this edition's, it divides both by the population of "
        f"mid-{last}, so that value can differ from the point here."
        if result.has_earlier
        else ""
    )
    return (
        f"Each point divides by the population of its own mid-year, from mid-{first} to mid-{last}, all of one set of "
        f"estimates.{earlier}{kept}"
    )
