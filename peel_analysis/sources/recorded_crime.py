"""Home Office police recorded crime open data tables: offences by quarter, force and offence group."""

from collections.abc import Collection

import numpy as np

from peel_analysis.sources.headings import Field, headings, likeness
from peel_analysis.sources.offence_groups import offence_group
from peel_analysis.sources.open_data import BLANK_ROW, FIELDS, count, read_rows, translate
from peel_analysis.sources.reading import Reading
from peel_analysis.sources.sheets import Book, SourceError
from peel_analysis.sources.tallies import Tallies

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
    tallies = Tallies()
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
        tallies.begin(rows)
        tallies.leave_out(rows, np.where(used, values, 0))
        tallies.add(rows, groups, values, ITEM, release)
    return tallies.reading(book, FORMAT, release, found, not_supplied)
