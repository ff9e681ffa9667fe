"""A force's data return to HMICFRS: counts that are in no publication, in a CSV file or workbook that a user fills."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.periods import Period
from peel_analysis.sources.crime_cells import FIRST_YEAR, NO_FORCES, force_or_body
from peel_analysis.sources.headings import BLANK_ROW, Field, Heading, fold, headings, is_blank
from peel_analysis.sources.reading import LeftOut, Reading, Request
from peel_analysis.sources.sheets import Column, SourceError, as_text

FORMAT = "HMICFRS data return"
RETURN_FIELDS = (
    Field("force_id", ("force_id", "force", "force name", "police force")),
    Field("item", ("item",)),
    Field("period_start", ("period_start", "from", "start")),
    Field("period_end", ("period_end", "to", "end")),
    Field("count", ("count", "number"), required=False, counts=True),
    Field("status", ("status",)),
)
KEY = ["force_id", "item", "period_start", "period_end"]
AS_AT_A_DAY = ("organised_crime_groups",)
LENGTHS = (3, 12)  # months for which every other item is counted
HEADING_AGAIN = "the heading, which stands again among the rows"
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+")  # a comma parts thousands or nothing: "1,2,3" is no 123


def read(request: Request) -> Reading:
    """Return the counts of a return, in the one shape, under the release named. It may hold one force or many.

    Left out and counted: bodies that are no force, totals of forces, and a heading that stands again among the rows. An
    organised crime group is counted as at a day: its period starts and ends on it; everything else by quarter or by
    year. Raises SourceError for a force, an item, a period or a count that is not understood and for a row that another
    sheet holds as well, InputError for a row of a CSV file with a cell too many or too few, and TableError for rows
    that the shape of counts refuses.
    """
    book = request.book
    found = headings(book, RETURN_FIELDS, FORMAT)
    parts: list[pd.DataFrame] = []
    left_out: Counter[str] = Counter()
    places: dict[tuple[str, ...], str] = {}
    for heading in found:
        rows, reasons = _rows(heading, request)
        left_out.update(reasons)
        for key, place in zip(rows[KEY].itertuples(index=False, name=None), rows["place"], strict=True):
            if (before := places.setdefault(key, place)) != place and heading is not found[0]:
                raise SourceError(f"{place}: holds {', '.join(key)}, as {before} does; take out one of the two")
        parts.append(rows.drop(columns="place"))
    table = shape.combine(parts)
    return request.reading(
        FORMAT,
        table,
        sheets_read=[heading.sheet for heading in found],
        rows_read=len(table) + left_out.total(),
        left_out={reason: LeftOut(rows) for reason, rows in left_out.items()},
    )


def _rows(heading: Heading, request: Request) -> tuple[pd.DataFrame, list[str]]:
    """Return a sheet's counts in the one shape, each with its place, and the reason of each row that is left out."""
    columns, forces = heading.columns(), request.forces
    blank = np.logical_and.reduce([is_blank(column) for column in columns.values()])
    names = {name: fold(heading.sheet.top[heading.row][position]) for name, position in heading.positions.items()}
    again = np.logical_and.reduce([_says(columns[name], said) for name, said in names.items()])
    who = heading.translate("force_id", columns["force_id"], lambda cell: force_or_body(cell, forces), ~blank & ~again)
    no_force = np.isin(who.astype(str), list(NO_FORCES)) & ~blank & ~again
    used = ~blank & ~again & ~no_force
    reasons = [BLANK_ROW] * int(blank.sum()) + [HEADING_AGAIN] * int(again.sum())
    reasons += [NO_FORCES[name] for name in who[no_force]]
    readers: dict[str, Callable[[object], object]] = {**CELLS, "item": partial(_item, known=request.returned)}
    cells = {name: heading.translate(name, columns[name], read, used)[used] for name, read in readers.items()}
    at = np.flatnonzero(used)
    name = f"{heading.sheet.file}, sheet '{heading.sheet.name}'" if heading.sheet.name else heading.sheet.file
    table = pd.DataFrame(cells).assign(force_id=who[used], dimension="", release=request.release)
    rows = shape.check(shape.combine([table]), name, [heading.row + 2 + int(row) for row in at], forces=forces)
    for row, item, start, end in zip(at, rows["item"], rows["period_start"], rows["period_end"], strict=True):
        if wrong := _wrong_period(item, Period.parse(start, end)):
            raise SourceError(f"{heading.place(int(row), 'period_end')}: {wrong}")
    return rows.assign(place=[heading.place(int(row), "force_id") for row in at]), reasons


def _says(column: Column, said: str) -> npt.NDArray[np.bool_]:
    """Return True for each cell that says what the heading of its column says."""
    same: npt.NDArray[np.bool_] = np.array([fold(as_text(value)) == said for value in column.values], dtype=bool)
    return same[column.codes]


def _wrong_period(item: str, period: Period) -> str:
    """Return why an item cannot have been counted in a period, or ""."""
    said = f"found {period.start} to {period.end}"
    if period.start.year < FIRST_YEAR or period.end > date.today():
        return f"{said}, and a return is of days from {FIRST_YEAR} until today; correct the year"
    if item in AS_AT_A_DAY:
        return "" if period.is_date else f"{said} where {item} is counted as at a day; write that day in both cells"
    if period.start.day == 1 and (period.end + timedelta(days=1)).day == 1 and period.months in LENGTHS:
        return ""
    return f"{said} where {item} is counted by quarter or by year; write the first and the last day of 3 or 12 months"


def _code(cell: object) -> str:
    return as_text(cell).lower().replace(" ", "_")


def _item(cell: object, known: Collection[str]) -> str:
    item = _code(cell)
    if item not in known:
        raise ValueError(f"unknown item {as_text(cell)!r}; the items of a return are {', '.join(known)}")
    return item


def _count(cell: object) -> object:
    text = as_text(cell)
    if not text:
        return pd.NA
    if not WHOLE.fullmatch(text):
        wrong = ", and a force cannot count fewer than none" if re.fullmatch(r"-[\d,]+", text) else ""
        remedy = "write a whole number, or leave it blank with the status that says why"
        raise ValueError(f"found {text!r} where a count should be{wrong}; {remedy}")
    digits = text.replace(",", "")
    if len(digits) > shape.DIGITS:
        raise ValueError(f"found {text!r}, a count of more than {shape.DIGITS} digits; correct it")
    return int(digits)


def _day(cell: object) -> str:
    """Return the day that a cell says: a workbook's date may carry a time of 00:00:00."""
    return re.sub(r"[ T]00:00(:00)?$", "", as_text(cell))


CELLS: dict[str, Callable[[object], object]] = {  # what a cell is read as, but for those of the force and the item
    "period_start": _day,
    "period_end": _day,
    "count": _count,
    "status": _code,
}
