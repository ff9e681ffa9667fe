"""What the readers of area tables have in common: the tables of a workbook, their counts, and the account of both."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import forces
from peel_analysis.sources.area_tables import AreaTable, find_table, has_numbers
from peel_analysis.sources.areas import Area
from peel_analysis.sources.markers import MARKERS, Marker
from peel_analysis.sources.reading import LeftOut, PrintedTotal, Reading, reading_of
from peel_analysis.sources.sheets import Book, Sheet, SourceError

NO_FORCES = {"regions": "region", "countries": "country", "bodies that are no force": "body"}


def tables_by_kind(
    book: Book, kind: Callable[[Sheet], str | None], kinds_in_words: str, not_supplied: Collection[str]
) -> list[tuple[str, AreaTable]]:
    """Return the tables of a workbook, each with what `kind` says that its sheet holds; other sheets are left.

    A sheet without numbers repeats a table's title and is no table. Raises SourceError for a table that names no
    forces or lacks one that is not in `not_supplied`, and for a workbook without any of the `kinds_in_words`.
    """
    found: list[tuple[str, AreaTable]] = []
    for sheet in book.sheets:
        what = kind(sheet)
        table = find_table(sheet) if what else None
        if what is None or (table is None and not has_numbers(sheet)):
            continue
        if table is None:
            raise SourceError(f"{sheet.place(0)}: no column names the forces; give the table as published")
        table.refuse_missing_forces(not_supplied)
        found.append((what, table))
    if not found:
        names = ", ".join(sheet.name for sheet in book.sheets)
        raise SourceError(f"{book.file}: no table of {kinds_in_words} among the sheets {names}")
    return found


def refuse_fraction(table: AreaTable, area: Area, value: float, position: int) -> None:
    """Raise SourceError for a number that is not whole, with its cell."""
    if not value.is_integer():
        place = table.place(table.areas.index(area), position)
        raise SourceError(f"{place}: found {value} where a whole number should be; correct it")


def rows_of_counts(
    values: Mapping[Area, float | Marker], item: str, start: date, end: date
) -> Iterator[dict[str, object]]:
    """Yield a column as rows of counts without their release, one for each of the 43 forces.

    A force without a row is one that the caller says gave no figures.
    """
    for force_id in forces.ids():
        value = values.get(Area("force", force_id), MARKERS["[x]"])
        yield {
            "force_id": force_id,
            "item": item,
            "dimension": "",
            "period_start": start.isoformat(),
            "period_end": end.isoformat(),
            "count": pd.NA if isinstance(value, Marker) else value,
            "status": value.status if isinstance(value, Marker) else "reported",
        }


def reading_of_tables(
    book: Book,
    format_name: str,
    release: str,
    tables: Sequence[AreaTable],
    rows: Sequence[Mapping[str, object]],
    not_supplied: Collection[str],
    populations: Sequence[tuple[str, int, int, str]] = (),
    notes: Sequence[str] = (),
    printed_totals: Sequence[PrintedTotal] = (),
) -> Reading:
    """Return what was read of a workbook's tables of areas: `rows` of counts and populations, with the account."""
    areas = [area for table in tables for area in table.areas if area]
    kinds = Counter(area.kind for area in areas)
    return reading_of(
        book,
        format_name,
        release,
        shape.combine([pd.DataFrame(rows).assign(release=release)]),
        populations,
        sheets_read=[table.sheet for table in tables],
        rows_read=len(areas),
        left_out={plural: LeftOut(kinds[one]) for plural, one in NO_FORCES.items() if kinds[one]},
        forces=forces.NUMBER_OF_FORCES - len(set(not_supplied)),
        notes=notes,
        printed_totals=printed_totals,
    )
