"""Home Office crime outcomes open data tables: outcomes by quarter, force and outcome type, on two bases.

Recorded basis: outcomes, up to the extract, of the offences recorded in the quarter. These are the tracked outcomes of
which shares are made, and with type 0, "not yet assigned", they add up to the crimes recorded. Assigned basis: outcomes
given in the quarter, whenever the offence was recorded; type 0 has no count there. Type 0 is no outcome. It is kept as
dimension "0" because the sum needs it.
"""

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.sources.headings import Field, Heading, headings, likeness
from peel_analysis.sources.open_data import BLANK_ROW, FIELDS, Rows, count, read_rows, translate
from peel_analysis.sources.reading import Reading
from peel_analysis.sources.sheets import Book, Column, SourceError, as_text
from peel_analysis.sources.tallies import Tallies

FORMAT = "Home Office crime outcomes open data"
ITEMS = {"recorded": "outcomes_recorded", "assigned": "outcomes_assigned"}
TYPE = Field("type", ("Outcome Type", "Outcome Type Number", "Outcome Code"))
RECORDED = Field(
    "recorded",
    (
        "Force outcomes for offences recorded in quarter",
        "Outcomes for offences recorded in quarter",
        "Outcomes for offences recorded in the quarter",
        "Number of Outcomes",
        "n",
    ),
    required=False,
)
ASSIGNED = Field("assigned", ("Force outcomes recorded in quarter", "Outcomes recorded in quarter"), required=False)
COLUMNS = (*FIELDS, TYPE, RECORDED, ASSIGNED)
KEYS = ("year", "quarter", "force", "code", "description", "type")
TYPES = {str(number) for number in range(23)}
OF_WHICH = {
    "1a",
    "2a",
    "3a",
}  # parts of types 1, 2 and 3 that an offender got for another offence: counted there already
OF_WHICH_REASON = "part of another outcome type (1a, 2a, 3a)"
NOTES = ("type 0, not yet assigned, is kept as a dimension; it is no outcome",)
WITHOUT_COUNT = "no count on the {}: {}"


def fits(book: Book) -> tuple[int, int]:
    """Return how like this format a file is, to compare with the other formats."""
    return likeness(book, COLUMNS)


def outcome_type(cell: object) -> str:
    """Return an outcome type, "0" to "22", or one of the "of which" types. Raises ValueError for anything else."""
    text = re.sub(r"^(outcome )?(type )?", "", as_text(cell).lower())
    if text in TYPES or text in OF_WHICH:
        return text
    raise ValueError(f"unknown outcome type {as_text(cell)!r}; the types are 0 to 22")


def read(book: Book, release: str, basis: str = "", not_supplied: Collection[str] = ()) -> Reading:
    """Return the outcomes of each quarter, force and outcome type: items `outcomes_recorded`, `outcomes_assigned`.

    `basis` is "recorded" or "assigned", or "" for those that the file holds. Left out and counted: bodies that are no
    force, fraud offences, the "of which" types, and rows whose cell says that there is no count ("N/A - offence code
    expired", "NA"). Raises SourceError for anything else that is not understood.
    """
    found = headings(book, COLUMNS, FORMAT)
    bases = [basis] if basis else [name for name in ITEMS if any(name in heading.positions for heading in found)]
    if not bases or any(name not in heading.positions for name in bases for heading in found):
        raise SourceError(
            f"{found[0].sheet.place(found[0].row)}: no column {RECORDED.called[0]!r} or {ASSIGNED.called[0]!r} "
            "for the outcomes asked for; give the column its published name"
        )
    tallies = Tallies()
    for heading in found:
        columns = heading.sheet.columns(heading.row, heading.positions)
        rows = read_rows(heading, columns, bases, KEYS)
        types = _types(heading, columns, rows)
        tallies.begin(rows)
        tallies.leave_out(rows, None)
        for name in bases:
            values = translate(heading, name, columns[name], count, rows.reason != BLANK_ROW)
            without = _without_count(rows, values, columns[name], name)
            tallies.leave_out(without, None)
            kept = replace(rows, reason=np.where(without.reason == "", rows.reason, without.reason))
            tallies.add(kept, types, values, ITEMS[name], release)
    return tallies.reading(book, FORMAT, release, found, not_supplied, NOTES)


def _types(heading: Heading, columns: dict[str, Column], rows: Rows) -> npt.NDArray[np.object_]:
    """Return each row's outcome type, and mark the "of which" types as left out."""
    types = translate(heading, "type", columns["type"], outcome_type, rows.reason != BLANK_ROW)
    rows.reason[pd.Series(types).isin(OF_WHICH).to_numpy() & (rows.reason == "")] = OF_WHICH_REASON
    return types


def _without_count(rows: Rows, values: npt.NDArray[np.object_], column: Column, basis: str) -> Rows:
    """Return the rows with a reason only where a row that would be kept says in words that it has no count."""
    reason = np.full(len(rows.reason), "", dtype=object)
    numbers = values.astype(float)
    missing = (numbers != numbers) & (rows.reason == "")
    for code in np.unique(column.codes[missing]):
        said = as_text(column.values[code])
        reason[missing & (column.codes == code)] = WITHOUT_COUNT.format(f"{basis} basis", said)
    return replace(rows, reason=reason)
