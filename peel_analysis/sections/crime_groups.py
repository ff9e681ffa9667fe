"""Recorded crime by offence group: the same measures, calculated for one group at a time."""

import math
from html import escape

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.definitions import limited
from peel_analysis.data.edition import Edition
from peel_analysis.data.text import whole
from peel_analysis.measures import Measure
from peel_analysis.sections.blocks import source_line
from peel_analysis.show.marks import key_to_marks, mark
from peel_analysis.show.tables import Cell, Row, counts_interval_cell, html_table, interval_cell
from peel_analysis.show.words import official_name, value_in_words
from peel_analysis.statistics import COUNTS_NOT_SAMPLES

RATE, CHANGE = "crime_per_1000", "crime_change_12m"
NO_CHANGE = "not_applicable"  # the status of a change from no crime at all, or of an interval from or to none


def by_group(edition: Edition, force_id: str) -> str:
    """Return an HTML table and its source, a row an offence group, most crimes first, then all crime (excluding fraud).

    Columns: crimes in the force, its rate with its 95% interval, the England and Wales rate, the change on the earlier
    12 months in the force with its 95% interval, and the change in England and Wales. What the intervals are stands
    under the table. The source and the forces are those of the measures of all crime.
    """
    counts = edition.counts("recorded_crime")
    groups = [] if counts is None else [group for group in counts["dimension"].unique() if group]
    rows = sorted((_row(edition, force_id, group) for group in groups), key=lambda row: -row[0])
    total = _row(edition, force_id, "")
    window = edition.window(measures.get(RATE).window).words
    earlier = edition.window(measures.get(CHANGE).earlier).words
    columns = (
        "Offence group",
        "Crimes",
        "Per 1,000 population",
        "95% interval of the rate",
        "Rate, England and Wales",
        f"Change on the {earlier}",
        "95% interval of the change",
        "Change, England and Wales",
    )
    caption = f"Recorded crime (excluding fraud) by offence group, {official_name(force_id)}, {window}"
    every = [row for _, row in (*rows, total)]
    of_all = measures.calculate(measures.get(RATE), edition)
    statuses = [of_all.of(force_id).status, *([NO_CHANGE] if _has_blank(every) else [])]
    about = f'{key_to_marks(statuses)}<p class="key">{escape(COUNTS_NOT_SAMPLES)}</p>'
    return f"{html_table(caption, columns, every)}\n{about}\n{source_line(of_all)}"


def _row(edition: Edition, force_id: str, group: str) -> tuple[float, Row]:
    rate, change = (_of_group(measures.get(measure_id), group) for measure_id in (RATE, CHANGE))
    rates, changes = measures.calculate(rate, edition), measures.calculate(change, edition)
    own = rates.of(force_id)
    cells = (
        Cell(whole(own.numerator), is_number=True),
        _value(rate, own.value, own.status),
        counts_interval_cell(rate, own.numerator, own.denominator, mark(NO_CHANGE)),
        _value(rate, rates.national.value),
        _value(change, changes.of(force_id).value),
        interval_cell(change, *compare(changes).limits(force_id), mark(NO_CHANGE)),
        _value(change, changes.national.value),
    )
    return own.numerator, Row(group or "All crime (excluding fraud)", cells, "" if group else "total")


def _of_group(measure: Measure, group: str) -> Measure:
    return limited(measure, (group,)) if group else measure


def _has_blank(rows: list[Row]) -> bool:
    return any(cell.text == mark(NO_CHANGE) for row in rows for cell in row.cells)


def _value(measure: Measure, value: float, status: str = "reported") -> Cell:
    if math.isnan(value):
        return Cell(mark(NO_CHANGE), is_number=True)
    return Cell(f"{value_in_words(measure, value)} {mark(status)}".strip(), is_number=True)
