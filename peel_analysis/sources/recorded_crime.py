"""Home Office police recorded crime open data tables: offences by quarter, force and offence group."""

from collections.abc import Collection

import numpy as np

from peel_analysis import counts as shape
from peel_analysis.sources.headings import Field, headings, likeness
from peel_analysis.sources.offence_groups import offence_group
from peel_analysis.sources.open_data import (
    BLANK_ROW,
    FIELDS,
    complete,
    count,
    count_left_out,
    read_rows,
    refuse_quarters_twice,
    tally,
    translate,
)
from peel_analysis.sources.reading import LeftOut, Reading, reading_of
from peel_analysis.sources.sheets import Book, SourceError

FORMAT = "Home Office police recorded crime open data"
ITEM = "recorded_crime"
OFFENCES = Field("offences", ("Number of Offences", "n", "Offence Count", "Offences", "Number of Crimes"))
COLUMNS = (*FIELDS, OFFENCES)
KEYS = ("year", "quarter", "force", "code", "description")


def fits(book: Book) -> tuple[int, int]:
    """Return how like this format a file is, to compare with the other formats."""
    return likeness(book, COLUMNS)


def read(book: Book, release: str, not_supplied: Collection[str] = ()) -> Reading:
    """Return the offences of each quarter, force and offence group (item `recorded_crime`).

    Left out and counted: bodies that are no force, and fraud offences. Forces in `not_supplied` may be missing, and get
    blank rows that say so. Raises SourceError for anything else that is not understood.
    """
    found = headings(book, COLUMNS, FORMAT)
    parts = []
    left_out: dict[str, LeftOut] = {}
    places: dict[tuple[str, str], str] = {}
    rows_read = 0
    for heading in found:
        columns = heading.sheet.columns(heading.row, heading.positions)
        rows = read_rows(heading, columns, ["offences"], KEYS)
        used = rows.reason != BLANK_ROW
        values = translate(heading, "offences", columns["offences"], count, used)
        if len(missing := np.flatnonzero(used & (values != values))):
            raise SourceError(
                f"{heading.place(int(missing[0]), 'offences')}: found N/A where a number of offences should be"
            )
        groups = translate(heading, "group", columns["group"], offence_group, used)
        refuse_quarters_twice(rows, places)
        count_left_out(left_out, rows, np.where(used, values, 0))
        parts.append(tally(rows, groups, values, ITEM, release))
        rows_read += len(values)
    table = shape.combine([complete(shape.combine(parts), places, not_supplied)])
    return reading_of(
        book,
        FORMAT,
        release,
        table,
        sheets_read=[heading.sheet for heading in found],
        rows_read=rows_read,
        left_out=left_out,
        forces=table.loc[table["count"].notna(), "force_id"].nunique(),
    )
