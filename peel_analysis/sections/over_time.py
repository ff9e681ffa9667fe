"""A measure over time in a section: the line, what it is made of, and its points as a table."""

from datetime import date
from html import escape

from peel_analysis import tables, wording
from peel_analysis.figures.drawing import as_svg
from peel_analysis.figures.trend import breaks, trend_lines
from peel_analysis.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.measures import Result
from peel_analysis.measures.series import Series, rolling
from peel_analysis.periods import day_in_words
from peel_analysis.sections.blocks import frame, source_line
from peel_analysis.sections.display import picture
from peel_analysis.tables import Cell, Row
from peel_analysis.wording import official_name, value_in_words


def trend_block(result: Result, force_id: str, number: int) -> str:
    """Return the figure of a measure over time with its notes and its table; for a force without a line, the reason.

    Raises InputError for a measure whose counts allow no line.
    """
    series = rolling(result)
    caption = f"{result.measure.title}, {official_name(force_id)} and England and Wales, {_span(series)}"
    if series.values[force_id].dropna().empty:
        reason = escape(wording.reading(result, force_id))
        return frame(f"{result.measure.id}-trend", number, caption, f'<p class="refused">{reason}</p>', drawn=False)
    reading = _reading(series, force_id)
    alt = f"Line chart: {result.measure.title}, {_span(series)}. {reading}"
    image = picture(as_svg(trend_lines(series, force_id)), alt)
    notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(series, force_id))
    table = tables.html_table(caption, ("12 months to", *_names(force_id)), _rows(series, force_id))
    data = f'<details class="data"><summary>The points of the lines</summary>\n{table}</details>'
    said = f'<p class="reading">{escape(reading)}</p>'
    html = f'{said}\n{image}\n<ol class="footnotes">{notes}</ol>\n{source_line(result)}\n{data}'
    return frame(f"{result.measure.id}-trend", number, caption, html)


def _span(series: Series) -> str:
    first, last = (day_in_words(day) for day in (series.days[0], series.days[-1]))
    return f"12 months to the end of {series.about}, {first} to {last}"


def _names(force_id: str) -> tuple[str, str]:
    return official_name(force_id), official_name(ENGLAND_AND_WALES)


def _rows(series: Series, force_id: str) -> list[Row]:
    rows = []
    for day, (_, point) in zip(series.days, series.values[[force_id, ENGLAND_AND_WALES]].iterrows(), strict=True):
        cells = tuple(Cell(value_in_words(series.measure, float(value)), is_number=True) for value in point)
        rows.append(Row(day_in_words(day), cells))
    return rows


def _reading(series: Series, force_id: str) -> str:
    """Return what the lines say: the values at both ends of each."""
    said = []
    for name in (force_id, ENGLAND_AND_WALES):
        points = series.values[name].dropna()
        first, last = (
            f"{value_in_words(series.measure, float(points.iloc[place]))} in the 12 months to "
            f"{day_in_words(date.fromisoformat(str(points.index[place])))}"
            for place in (0, -1)
        )
        said.append(f"{official_name(name)}: {first}, and {last}.")
    return " ".join(said)


def _notes(series: Series, force_id: str) -> list[str]:
    notes = [row["sentence"] for row in breaks(series, force_id)]
    if "population" in series.measure.denominator.items:
        notes.append(
            "Every point divides by the same population, that of the edition, so the lines move with the counts alone."
        )
    members = f"{len(series.members)} of {NUMBER_OF_FORCES} forces"
    notes.append(
        f"England and Wales is the sum of the same {members} at every point, so its last point can differ from the "
        "value above."
    )
    return notes
