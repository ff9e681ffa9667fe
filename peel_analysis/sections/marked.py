"""Marks that no row of the register of exclusions gives: those of the checks, of count notes and of populations."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from peel_analysis import measures
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.measures import Result
from peel_analysis.measures.exclusions import exclusions_of
from peel_analysis.show.marks import mark, status_in_words
from peel_analysis.show.tables import Cell, Row, html_table

TITLE = "Figures marked by a check, a note on a count or an assumed population"
NONE = "<p>No figure of this edition is marked by a check, a note on a count or an assumed population.</p>"


@dataclass(frozen=True)
class Marked:
    """Why figures of a force are shown with a mark, and the status that the mark stands for."""

    force_id: str
    status: str
    reason: str


def marks_table(edition: Edition) -> str:
    """Return a table of the marked figures: a force and reason a row, with the years, the mark and the measures."""
    found: dict[Marked, list[tuple[int, str]]] = defaultdict(list)
    for measure in measures.declared():
        for year, one in _marked(measures.calculate(measure, edition)):
            found[one].append((year, measure.title))
    ordered = sorted(found.items(), key=lambda item: (item[0].force_id, -max(year for year, _ in item[1])))
    columns = ("Force", "Year", "Mark", "Measures", "Reason")
    return html_table(TITLE, columns, [_row(one, figures) for one, figures in ordered]) if ordered else NONE


def _marked(result: Result) -> Iterator[tuple[int, Marked]]:
    """Yield the year and the reason of each marked figure, now and earlier, whose mark is not in the register."""
    sides = [("", result.window)]
    if result.comparator_window is not None:
        sides.append(("comparator_", result.comparator_window))
    for side, window in sides:
        registered = exclusions_of(result.measure, result.edition, window.end.year).rows
        given = set(zip(registered["force_id"], registered["effect"], strict=True))
        shown = result.forces[result.forces[f"{side}value"].notna()]
        for force_id, row in shown.iterrows():
            status = str(row[f"{side}status"])
            if mark(status) and (force_id, status) not in given:
                yield window.end.year, Marked(str(force_id), status, str(row[f"{side}note"]))


def _row(one: Marked, figures: list[tuple[int, str]]) -> Row:
    years = " and ".join(str(year) for year in sorted({year for year, _ in figures}, reverse=True))
    titles = "; ".join(dict.fromkeys(title for _, title in figures))
    cells = (Cell(years), Cell(f"{mark(one.status)} {status_in_words(one.status)}"), Cell(titles), Cell(one.reason))
    return Row(forces.display_name(one.force_id), cells)
