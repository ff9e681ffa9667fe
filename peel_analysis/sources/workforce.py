"""Home Office police workforce tables: officers, staff and others by force, as at a date.

The tables are found by their titles and by the dates over their columns, not by their numbers. A table is read when it
counts one kind of worker by force; tables by rank, by sex or over many years are left.
"""

import re
from collections.abc import Collection
from datetime import date

from peel_analysis.data import counts as shape
from peel_analysis.data.forces import Forces
from peel_analysis.sources.area_tables import DECIMALS, AreaTable, area_workbook, title
from peel_analysis.sources.headings import MARKERS, Marker, days_in, fold
from peel_analysis.sources.reading import Reading
from peel_analysis.sources.sheets import Book, Sheet, SourceError, as_text

FORMAT = "Home Office police workforce tables"
WORKERS = {
    "police officers": "police_officers",
    "police staff": "police_staff",
    "police staff and designated officers": "police_staff_and_designated_officers",
    "designated officers": "designated_officers",
    "police community support officers": "police_community_support_officers",
    "special constables": "special_constables",
    "police support volunteers": "police_support_volunteers",
}
UNITS = {"full time equivalent": "fte", "headcount": "headcount"}
NIL = re.compile(r"['‘\"]?\s*[-–]\s*['’\"]?\s*(?:denotes|=|means)\s*nil", re.IGNORECASE)


def workers(sheet: Sheet) -> str | None:
    """Return the item that a sheet counts by force, without its unit, or None when it is none of those read."""
    words = re.sub(r"\([^)]*\)", " ", title(sheet))
    before, by_area, _ = fold(words).partition(" by police force area")
    kind = re.sub(r"^(table [a-z]?\d+[a-z]? )?(number of )?|full time equivalents? |\bfte\b|\d+| combined$", "", before)
    return WORKERS.get(" ".join(kind.split())) if by_area else None


def read(book: Book, release: str, forces: Forces, not_supplied: Collection[str] = ()) -> Reading:
    """Return the workers of each kind by force and date, an item each: `police_officers_fte` and so on.

    Full-time equivalents keep their decimals; `..` and other marks become blank counts with their reason, and a dash is
    nil where a note says so. Regions, totals and bodies that are no force are left out and counted; columns of change
    are not read. Forces in `not_supplied` may be missing, and get blank rows. Raises SourceError for a table without
    all 43 forces, for two tables of one item, and for a date or a cell that is not understood.
    """
    workbook = area_workbook(book, release, forces, not_supplied, workers, "one kind of worker by force")
    sheets: dict[str, str] = {}
    for workers_of, table in workbook.tables:
        item = f"{workers_of}_{_unit(table.sheet)}"
        columns = _columns_by_day(table)
        if item in sheets:
            raise SourceError(f"{table.sheet.place(0)}: holds {item}, as sheet '{sheets[item]}' does; take one out")
        sheets[item] = table.sheet.name
        dash_is_nil = any(NIL.match(cell) for row in table.sheet.rows() for cell in row if isinstance(cell, str))
        for day, position in columns.items():
            values = table.values(position, whole=item not in shape.FRACTIONAL)
            for area, value in values.items():
                if not isinstance(value, Marker):
                    values[area] = round(value, DECIMALS)
                elif dash_is_nil and value in (MARKERS["-"], MARKERS["–"]):
                    values[area] = 0.0
            workbook.add(values, item, day, day)
    return workbook.reading(FORMAT)


def _unit(sheet: Sheet) -> str:
    """Return "fte" or "headcount", which a cell above the table says. Raises SourceError when none does."""
    cells = (fold(cell) for row in sheet.top for cell in row)
    if unit := next((unit for cell in cells for words, unit in UNITS.items() if words in cell), None):
        return unit
    raise SourceError(
        f"{sheet.place(0)}: neither 'Full-time equivalents' nor 'Headcount' stands above the table; add it"
    )


def _columns_by_day(table: AreaTable) -> dict[date, int]:
    """Return the columns headed by one day; columns of change are headed by words."""
    columns: dict[date, int] = {}
    rows = table.sheet.rows(table.first_row)[-6:]
    for position in range(len(table.headings)):
        above = [row[position] for row in rows if position < len(row) and row[position] != ""]
        if position in table.labels or re.search(r"change|%|per ?cent", " ".join(map(as_text, above)), re.IGNORECASE):
            continue
        named = [day for cell in above for day in days_in(cell)]
        if not named:
            continue
        if len(set(named)) > 1 or named[0] in columns:
            raise SourceError(f"{table.place(-1, position)}: {named[0]} heads another column too; take one out")
        columns[named[0]] = position
    if not columns:
        raise SourceError(f"{table.place(-1, 1)}: no column is headed by a day, such as 30 September 2018; add it")
    return columns
