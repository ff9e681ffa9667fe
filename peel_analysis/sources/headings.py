"""What stands in a published table: its heading row, found by the names in it, the cells beneath, marks and dates."""

import math
import re
from calendar import month_name, monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from peel_analysis.data.counts import DIGITS
from peel_analysis.sources.sheets import Book, Column, Sheet, SourceError, as_text

ENOUGH = 3  # names that make a row a heading of this format, though a renamed one
YEAR_NAME = re.compile(r"(20)?\d\d[/_ -]\d\d(\d\d)?")  # of a sheet that must hold the table
BLANK_ROW = "blank line or note under the table"
MONTHS = list(month_name[1:])
MONTH = rf"({'|'.join(month[:3] for month in MONTHS)})[a-z]*\.?"
# 'YY takes two digits and 20YY four, so that a footnote digit glued behind is not read as part of the year.
YEAR = r"(?:['’‘]\s*(\d\d)|(20\d\d|19\d\d)|(\d\d)(?!\d))"
SPAN = re.compile(rf"{MONTH}\s*{YEAR}\s*(?:to|-|–)\s*{MONTH}\s*{YEAR}", re.IGNORECASE)
YEAR_ENDING = re.compile(rf"year\s+ending\s+(?:\d+\s+)?{MONTH}\s*{YEAR}", re.IGNORECASE)
DAY = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(MONTHS)})\s+((?:19|20)\d\d)", re.IGNORECASE)
SHORT_DAY = re.compile(rf"\b(\d{{1,2}})[-/ ]({'|'.join(month[:3] for month in MONTHS)})[-/ ](\d\d)(?!\d\d)")


@dataclass(frozen=True)
class Field:
    """A column that a format has, and the names it goes by. The first name is the one that an error gives.

    A table has every `required` column and at least one of those that hold its `counts`.
    """

    name: str
    called: tuple[str, ...]
    required: bool = True
    counts: bool = False


@dataclass(frozen=True)
class Heading:
    """The heading row of a sheet: where each field's column is."""

    sheet: Sheet
    row: int
    positions: dict[str, int]

    def place(self, row_below: int, field: str) -> str:
        """Return where a cell is, in words; `row_below` counts the rows under the heading from 0."""
        return self.sheet.place(self.row + 1 + row_below, self.positions.get(field))

    def columns(self) -> dict[str, Column]:
        """Return the columns beneath the heading, by the names of their fields."""
        return self.sheet.columns(self.row, self.positions)

    def translate(
        self, field: str, column: Column, function: Callable[[object], object], used: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.object_]:
        """Return the function's answer for each cell, None where `used` is False; each different cell is asked once.

        An error of the function becomes a SourceError that names the first cell with that value.
        """
        answers = np.full(len(column.values), None, dtype=object)
        for code in np.unique(column.codes[used]):
            try:
                answers[code] = function(column.values[code])
            except (ValueError, ArithmeticError, TypeError, LookupError) as error:
                row = int(np.flatnonzero(used & (column.codes == code))[0])
                not_understood = f"found {as_text(column.values[code])!r}, which is not understood; correct the cell"
                problem = error if isinstance(error, ValueError) else not_understood
                raise SourceError(f"{self.place(row, field)}: {problem}") from None
        found: npt.NDArray[np.object_] = answers[column.codes]
        found[~used] = None
        return found


def is_blank(column: Column) -> npt.NDArray[np.bool_]:
    """Return True for each cell without text."""
    blank: npt.NDArray[np.bool_] = np.array([as_text(value) == "" for value in column.values], dtype=bool)
    return blank[column.codes]


def fold(text: str) -> str:
    """Return a name without case, punctuation, note marks and the footnote digits glued to its end."""
    plain = re.sub(r"\[[^\]]*\]", " ", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def likeness(book: Book, fields: Sequence[Field]) -> tuple[int, int]:
    """Return how like a format a file is: minus the required fields missing in its best row, and the fields found."""
    matches = [_match(cells, fields) for sheet in book.sheets for cells in sheet.top]
    named = [(-len(_missing(named, fields)), len(named)) for named in matches if len(named) >= ENOUGH]
    return max(named, default=(-len(fields), 0))


def headings(book: Book, fields: Sequence[Field], format_name: str) -> list[Heading]:
    """Return the headings of the sheets that hold the table; a sheet without a column of its counts is left.

    Raises SourceError when no sheet holds it, for a sheet named like a financial year without the heading, for a row
    with a column of counts that lacks another, and for two columns that could be the same one.
    """
    best = [(sheet, *_best_row(sheet, fields)) for sheet in book.sheets]
    whole = [
        Heading(sheet, row, _positions(sheet, row, named, fields))
        for sheet, row, named in best
        if not _missing(named, fields)
    ]
    like = [(sheet, row, named) for sheet, row, named in best if _missing(named, fields)]
    for sheet, row, named in like:
        if YEAR_NAME.fullmatch(sheet.name) or any(field.counts and field.name in named for field in fields):
            _refuse(sheet, row, named, fields, anyhow=bool(YEAR_NAME.fullmatch(sheet.name)))
    if not whole:
        for sheet, row, named in sorted(like, key=lambda one: -len(one[2]))[:1]:
            _refuse(sheet, row, named, fields)
        remedy = f"give the file as published{book.hidden_in_words}"
        raise SourceError(f"{book.file}: no sheet with the columns of {format_name}; {remedy}")
    return whole


def _best_row(sheet: Sheet, fields: Sequence[Field]) -> tuple[int, dict[str, list[int]]]:
    """Return the first row with all columns of the table, else the one that names the most, and what it names."""
    matches = [_match(cells, fields) for cells in sheet.top]
    if not matches:
        return 0, {}
    row = next((row for row, named in enumerate(matches) if not _missing(named, fields)), None)
    row = max(range(len(matches)), key=lambda at: len(matches[at])) if row is None else row
    return row, matches[row]


def _match(cells: Sequence[str], fields: Sequence[Field]) -> dict[str, list[int]]:
    """Return the positions of the cells that name each field, with or without a footnote digit behind the name."""
    field_of = {fold(name): field.name for field in fields for name in field.called}
    positions: dict[str, list[int]] = {}
    for position, cell in enumerate(cells):
        name = fold(cell)
        if found := field_of.get(name) or field_of.get(name.rstrip("0123456789 ")):
            positions.setdefault(found, []).append(position)
    return positions


def _missing(named: Collection[str], fields: Sequence[Field]) -> list[str]:
    """Return the required columns that are not named, and the columns of counts when none of them is."""
    missing = [repr(field.called[0]) for field in fields if field.required and field.name not in named]
    counts = [field for field in fields if field.counts]
    if counts and not any(field.name in named for field in counts):
        missing.append(" or ".join(repr(field.called[0]) for field in counts))
    return missing


def _refuse(
    sheet: Sheet, row: int, named: Mapping[str, Sequence[int]], fields: Sequence[Field], *, anyhow: bool = False
) -> None:
    """Refuse a row that is a heading but for some columns; `anyhow` one that is none at all."""
    if len(named) >= ENOUGH:
        known = {position for positions in named.values() for position in positions}
        others = [repr(cell) for at, cell in enumerate(sheet.top[row]) if cell and at not in known]
        found = f"found besides the others: {', '.join(others) or 'nothing'}; give the column its published name"
        raise SourceError(f"{sheet.place(row)}: no column {' and no column '.join(_missing(named, fields))}; {found}")
    if anyhow:
        names = ", ".join(_missing({}, fields))
        raise SourceError(f"{sheet.place(0)}: no heading row in the first rows; it should name {names}")


def _positions(sheet: Sheet, row: int, named: Mapping[str, Sequence[int]], fields: Sequence[Field]) -> dict[str, int]:
    """Return the position of each field's column.

    An empty column serves nothing: the Home Office's sheet for 2013/14 repeats three names over empty columns. Two
    that are the same in every row are one. Raises SourceError for two others that could be the same field.
    """
    positions = {name: found[0] for name, found in named.items()}
    for field in (field for field in fields if len(named.get(field.name, ())) > 1):
        columns = sheet.columns(row, {str(position): position for position in named[field.name]})
        texts = {int(position): _texts(column) for position, column in columns.items()}
        first, *others = [position for position, cells in texts.items() if (cells != "").any()] or list(texts)
        positions[field.name] = first
        for other in others:
            if not np.array_equal(texts[first], texts[other]):
                both = " and ".join(f"{sheet.top[row][at]!r} ({sheet.place(row, at)})" for at in (first, other))
                remedy = "leave that name to the one that is meant, and give the other a name of its own"
                raise SourceError(f"{sheet.place(row)}: {both} could both be {field.called[0]!r}; {remedy}")
    return positions


def _texts(column: Column) -> npt.NDArray[np.object_]:
    """Return a column's cells as text in one case."""
    texts = np.array([*(as_text(value).casefold() for value in column.values), ""], dtype=object)
    cells: npt.NDArray[np.object_] = texts[column.codes]
    return cells


@dataclass(frozen=True)
class Marker:
    """A mark of official statistics in place of a number, and the status that it gives the count."""

    mark: str
    status: str


MARKS = ("", "..", ":", "-", "–", "+", "*", "[x]", "[z]", "[c]", "[u]", "n/a")
STATUS_OF_MARK = {  # the others say that there is no figure: not available, or confidential
    "+": "combined",  # counted in with the region
    "*": "not_comparable",  # withheld or not comparable
    "[z]": "not_comparable",  # not applicable
    "[u]": "not_comparable",  # of low reliability
}
MARKERS = {mark: Marker(mark, STATUS_OF_MARK.get(mark, "not_supplied")) for mark in MARKS}
MARK_BEHIND = re.compile(r"(\[[^\]]*\]|\([a-z0-9]*\)|[*†‡])+$")
IN_THREES = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+"
NUMBER = re.compile(rf"[-−+]?(?:{IN_THREES}|\d+)(?:\.\d+)?", re.ASCII)  # and no other script's digits
LARGEST = 10**DIGITS


def number_or_marker(cell: object) -> float | Marker:
    """Return a cell's number, or what its mark says. Raises ValueError for any other text, and for too many digits.

    Text is a number where its digits stand together or in threes ("1,204", "1 204"); a mark behind it is dropped
    ("1,204 [e]", "1204*", "1204 (p)").
    """
    text = as_text(cell).lower()
    if text in MARKERS:
        return MARKERS[text]
    number = math.nan
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = float(cell)
    elif NUMBER.fullmatch(plain := MARK_BEHIND.sub("", text).strip()):
        number = float(re.sub(r"[,\s]", "", plain).replace("−", "-"))
    if abs(number) < LARGEST:
        return number
    known = " ".join(filter(None, MARKS))
    raise ValueError(f"found {as_text(cell)!r} where a number or one of {known} should be; correct the cell")


def year_to(text: str) -> date | None:
    """Return the last day of the 12 months that a heading names ("Apr '16 to Mar '175, 6"), or None."""
    for match in SPAN.finditer(text):
        first, last = _month(*match.groups()[:4]), _month(*match.groups()[4:])
        if last.year == first.year + 1 and (last.month - first.month) % 12 == 11:
            return last
    ending = YEAR_ENDING.search(text)
    return _month(*ending.groups()) if ending else None


def _month(name: str, *years: str | None) -> date:
    """Return the last day of a month; the year is the one group of YEAR that is found."""
    digits = next(filter(None, years))
    year, month = int(digits) if len(digits) == 4 else 2000 + int(digits), _month_number(name)
    return date(year, month, monthrange(year, month)[1])


def _month_number(name: str) -> int:
    return [month[:3] for month in MONTHS].index(name[:3].title()) + 1


def days(text: str) -> list[date]:
    """Return the days that a text names ("30 September 20181" names 30 September 2018)."""
    return [date(int(year), _month_number(month), int(day)) for day, month, year in DAY.findall(text)]


def days_in(cell: object) -> list[date]:
    """Return the days that a cell names: a date of a workbook, or text as `days`, or "30-Sep-18"."""
    if isinstance(cell, date):
        return [cell.date() if isinstance(cell, datetime) else cell]
    short = SHORT_DAY.findall(as_text(cell))
    return days(as_text(cell)) or [date(2000 + int(year), _month_number(month), int(day)) for day, month, year in short]
