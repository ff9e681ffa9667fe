"""A force's data return to HMICFRS: counts that are in no publication, in a CSV file or workbook that a user fills."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.counts import RETURNED_ITEMS
from peel_analysis.sources.headings import BLANK_ROW, Field, headings, is_blank
from peel_analysis.sources.reading import LeftOut, Reading, Request
from peel_analysis.sources.sheets import as_text

FORMAT = "HMICFRS data return"
RETURN_FIELDS = (
    Field("force_id", ("force_id", "force", "force name", "police force")),
    Field("item", ("item",)),
    Field("period_start", ("period_start", "from", "start")),
    Field("period_end", ("period_end", "to", "end")),
    Field("count", ("count", "number"), required=False, counts=True),
    Field("status", ("status",)),
)


def read(request: Request) -> Reading:
    """Return the counts of a return, in the one shape, under the release named. It may hold one force or many.

    An organised crime group is counted as at a day: its period starts and ends on it. Raises SourceError for a force,
    an item or a count that is not understood, InputError for a row of a CSV file with a cell too many or too few, and
    TableError for rows that the shape of counts refuses.
    """
    book, forces = request.book, request.forces
    found = headings(book, RETURN_FIELDS, FORMAT)
    parts: list[pd.DataFrame] = []
    rows_read = 0
    for heading in found:
        columns = heading.columns()
        used = ~np.logical_and.reduce([is_blank(column) for column in columns.values()])
        cells = {
            name: heading.translate(name, columns[name], function, used)[used]
            for name, function in (("force_id", lambda cell: forces.find(as_text(cell)).id), *CELLS.items())
        }
        lines = [heading.row + 2 + int(row) for row in np.flatnonzero(used)]
        name = f"{book.file}, sheet '{heading.sheet.name}'" if heading.sheet.name else book.file
        rows = shape.combine([pd.DataFrame(cells).assign(dimension="", release=request.release)])
        parts.append(shape.check(rows, name, lines, forces=forces))
        rows_read += len(used)
    table = shape.combine(parts)
    left_out = {BLANK_ROW: LeftOut(blank)} if (blank := rows_read - len(table)) else {}
    sheets = [heading.sheet for heading in found]
    return request.reading(FORMAT, table, sheets_read=sheets, rows_read=rows_read, left_out=left_out)


def _code(cell: object) -> str:
    return as_text(cell).lower().replace(" ", "_")


def _item(cell: object) -> str:
    item = _code(cell)
    if item not in RETURNED_ITEMS:
        raise ValueError(f"unknown item {as_text(cell)!r}; the items of a return are {', '.join(RETURNED_ITEMS)}")
    return item


def _count(cell: object) -> object:
    said = as_text(cell)
    text = said.replace(",", "")
    if not text:
        return pd.NA
    if not text.isdecimal():
        wrong = ", and a force cannot count fewer than none" if re.fullmatch(r"-\d+", text) else ""
        remedy = "write a whole number, or leave it blank with the status that says why"
        raise ValueError(f"found {said!r} where a count should be{wrong}; {remedy}")
    if len(text) > shape.DIGITS:
        raise ValueError(f"found {said!r}, a count of more than {shape.DIGITS} digits; correct it")
    return int(text)


CELLS: dict[str, Callable[[object], object]] = {  # what a cell of each column but that of the force is read as
    "item": _item,
    "period_start": lambda cell: as_text(cell)[:10],  # a workbook's date cell may carry a time of 00:00:00
    "period_end": lambda cell: as_text(cell)[:10],
    "count": _count,
    "status": _code,
}
