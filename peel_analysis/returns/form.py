"""The form of a data return: a workbook that a force fills in, written and read back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Force, UnknownForceError
from peel_analysis.data.periods import Period
from peel_analysis.data.returned import ReturnedItem, periods_asked
from peel_analysis.sources.headings import fold
from peel_analysis.sources.sheets import Sheet, SourceError, as_text, open_book

INSTRUCTIONS, RETURN = "Instructions", "Return"  # the sheets
FORCE, EDITION = "Force", "Edition"  # what stands beside these words says whose form it is
COLUMNS = ("Item", "Asked for", "What is counted", "Unit", "From", "To", "Year before", "Count", "Status", "Reason")
WIDTHS = (34, 38, 60, 14, 12, 12, 12, 14, 18, 60)
FILLED_IN = ("Count", "Status", "Reason")
HEADING_ROW = 5  # from 0: title, force, edition and a blank row stand above
STATUSES = {  # of a row, as the form offers them, by the status of a count
    "reported": "Reported",
    "partial": "Partial",
    "estimated": "Estimated",
    "combined": "Combined with another force",
    "not_supplied": "Not supplied",
    "not_comparable": "Not comparable",
}
ILLUSTRATIVE = "Illustrative"  # the word in the title of a form whose counts are invented
LARGEST = 10**9
NOT_HELD = "not held"
TO_FILL_IN = {"locked": False, "bg_color": "#FFF8DC", "border": 1}
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "heading": {"bold": True, "bottom": 1},
    "input": TO_FILL_IN,
    "number": {**TO_FILL_IN, "num_format": "#,##0"},
}
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)  # the same form is the same bytes


@dataclass(frozen=True)
class Row:
    """One row of a return: an item in a period, its count or none, the status, and the reason of any but reported.

    `written` is what stands in the cell of the count where it is no whole number ("about 500"): there is no count then.
    """

    item: str
    period: Period
    count: int | None
    status: str
    reason: str = ""
    place: str = ""
    written: str = ""

    @property
    def year(self) -> int:
        """The year in which its period ends."""
        return self.period.end.year


@dataclass(frozen=True)
class Return:
    """A force's return for an edition, as it stands in a file; `word` marks one that is not what a force wrote."""

    force: Force
    edition: Edition
    rows: tuple[Row, ...]
    file: str
    sha256: str
    word: str = ""

    def row(self, item: str, year: int) -> Row | None:
        """Return the row of an item whose period ends in a year, if the return has it."""
        return next((one for one in self.rows if (one.item, one.year) == (item, year)), None)


def asked(edition: Edition) -> Iterator[tuple[ReturnedItem, Period]]:
    """Yield each item that an edition's return asks for, in the order of the form, with each of its periods."""
    for item in edition.data.returned.values():
        for period in periods_asked(edition, item):
            yield item, period


def blank_form(edition: Edition, force: Force | None, before: Mapping[tuple[str, int], int] | None = None) -> bytes:
    """Return the form of an edition for a force, or for one that writes its name in, as the bytes of an .xlsx file.

    `before` are counts held, by item and the year in which their period ends: each row says that of the year before.
    """
    return filled_form(edition, force, {}, before or {})


def filled_form(
    edition: Edition,
    force: Force | None,
    rows: Mapping[tuple[str, int], Row],
    before: Mapping[tuple[str, int], int],
    word: str = "",
) -> bytes:
    """Return a form with rows filled in, by item and year; `word` marks it in its title, as Illustrative."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _title(edition, word), "created": NO_TIME})
    usual = {"text_wrap": True, "valign": "top"}
    styles = {name: book.add_format({**usual, **more}) for name, more in STYLES.items()}
    _write_instructions(book.add_worksheet(INSTRUCTIONS), edition, styles, word)
    _write_return(book.add_worksheet(RETURN), edition, force, rows, before, styles, word)
    book.close()
    return out.getvalue()


def _title(edition: Edition, word: str) -> str:
    return f"{word + ': ' if word else ''}data return for {edition.title}"


def _write_instructions(sheet: Any, edition: Edition, styles: Mapping[str, Any], word: str) -> None:
    sheet.protect("", {"select_locked_cells": True})
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, _title(edition, word), styles["title"])
    offered = ", ".join(STATUSES.values())
    for row, line in enumerate(
        (
            f"Fill in the pale cells of the sheet '{RETURN}': a count, a status and, for any status but "
            f"{STATUSES['reported']}, the reason. The other cells are protected.",
            "A count is a whole number. Nought is a count: write 0 only where the force counted and found none. Where "
            f"there is no count leave the cell blank, and say with the status why. The statuses are: {offered}.",
            "The reason is printed in the reports, in the force's name: write a whole sentence.",
            "Do not add, move or hide rows, columns or sheets, merge cells, or write formulas: a form that was changed "
            "so is refused, with the place, and nothing of it is used.",
        ),
        start=2,
    ):
        sheet.write_string(row, 0, line, styles["plain"])


def _write_return(
    sheet: Any,
    edition: Edition,
    force: Force | None,
    rows: Mapping[tuple[str, int], Row],
    before: Mapping[tuple[str, int], int],
    styles: Mapping[str, Any],
    word: str,
) -> None:
    sheet.protect("", {"select_locked_cells": True})
    sheet.freeze_panes(HEADING_ROW + 1, 0)
    sheet.write_string(0, 0, _title(edition, word), styles["title"])
    sheet.write_string(2, 0, FORCE, styles["heading"])
    sheet.write_string(2, 1, force.official_name if force else "", styles["plain" if force else "input"])
    sheet.write_string(3, 0, EDITION, styles["heading"])
    sheet.write_string(3, 1, edition.id, styles["plain"])
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADING_ROW, column, name, styles["heading"])
    first = HEADING_ROW + 1
    for row, (item, period) in enumerate(asked(edition), start=first):
        earlier = before.get((item.id, period.end.year - 1))
        texts = (item.id, item.title, item.definition, item.unit, period.start.isoformat(), period.end.isoformat())
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, styles["plain"])
        if earlier is None:
            sheet.write_string(row, COLUMNS.index("Year before"), NOT_HELD, styles["plain"])
        else:
            sheet.write_number(row, COLUMNS.index("Year before"), earlier, styles["plain"])
        _write_filled(sheet, row, rows.get((item.id, period.end.year)), styles)
        last = row
    number = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": LARGEST}
    wrong = {"error_title": "Not a count", "error_message": "Write a whole number, or leave the cell blank."}
    sheet.data_validation(first, COLUMNS.index("Count"), last, COLUMNS.index("Count"), {**number, **wrong})
    listed = {"validate": "list", "source": list(STATUSES.values())}
    sheet.data_validation(first, COLUMNS.index("Status"), last, COLUMNS.index("Status"), listed)


def _write_filled(sheet: Any, row: int, filled: Row | None, styles: Mapping[str, Any]) -> None:
    count, status, reason = map(COLUMNS.index, FILLED_IN)
    if filled is not None and filled.count is not None:
        sheet.write_number(row, count, filled.count, styles["number"])
    elif filled is not None and filled.written:
        sheet.write_string(row, count, filled.written, styles["number"])
    else:
        sheet.write_blank(row, count, None, styles["number"])
    sheet.write_string(row, status, STATUSES[filled.status] if filled else "", styles["input"])
    sheet.write_string(row, reason, filled.reason if filled else "", styles["input"])


def read_form(path: Path, data: Data) -> Return:
    """Return what a filled-in form holds.

    A row without a count and without a status is one that was left: it is not supplied, and its reason is blank. Raises
    SourceError, with sheet and cell, for a workbook that is not a form as it was handed out: sheets or columns that it
    does not have, an unknown force or edition, rows of other items or periods, and a cell that is not understood.
    """
    book = open_book(path)
    sheet = _sheet(book.file, {one.name: one for one in book.sheets}, book.hidden)
    cells = sheet.rows()
    force, edition = _whose(sheet, cells, data)
    heading = [as_text(cell) for cell in cells[HEADING_ROW]] if len(cells) > HEADING_ROW else []
    if [fold(one) for one in heading[: len(COLUMNS)]] != [fold(one) for one in COLUMNS]:
        remedy = f"the columns are {', '.join(COLUMNS)}; fill in a form as it was handed out"
        raise SourceError(f"{sheet.place(HEADING_ROW)}: not the heading of a form; {remedy}")
    wanted = {(item.id, period.start.isoformat(), period.end.isoformat()): period for item, period in asked(edition)}
    rows: dict[tuple[str, str, str], Row] = {}
    with Faults(SourceError) as faults:
        for at, given in enumerate(cells[HEADING_ROW + 1 :], start=HEADING_ROW + 1):
            if any(as_text(cell) for cell in given):
                faults.of(_take, rows, wanted, sheet, at, given)
        missing = [f"{item} of {start} to {end}" for item, start, end in wanted if (item, start, end) not in rows]
        if missing and not faults.found:
            remedy = "fill in a form as it was handed out"
            faults.add([f"{sheet.file}, sheet '{RETURN}': no row of {'; '.join(missing)}; {remedy}"])
    return Return(force, edition, tuple(rows.values()), book.file, book.sha256, _word(cells, edition))


def _sheet(file: str, sheets: Mapping[str, Sheet], hidden: tuple[str, ...]) -> Sheet:
    remedy = "fill in a form as it was handed out"
    if hidden:
        raise SourceError(f"{file}: hidden sheets ({', '.join(hidden)}); show or delete them")
    if set(sheets) != {INSTRUCTIONS, RETURN}:
        found = ", ".join(sheets) or "none"
        raise SourceError(f"{file}: the sheets are {found} where a form has {INSTRUCTIONS} and {RETURN}; {remedy}")
    return sheets[RETURN]


def _whose(sheet: Sheet, cells: list[list[Any]], data: Data) -> tuple[Force, Edition]:
    said = {as_text(row[0]): as_text(row[1]) for row in cells[:HEADING_ROW] if len(row) > 1}
    if not said.get(FORCE):
        raise SourceError(f"{sheet.place(2, 1)}: no force; write its name there")
    try:
        force = data.forces.find(said[FORCE])
    except UnknownForceError as error:
        raise SourceError(f"{sheet.place(2, 1)}: {error}") from None
    try:
        return force, data.edition(said.get(EDITION, ""))
    except InputError as error:
        raise SourceError(f"{sheet.place(3, 1)}: {error}") from None


def _word(cells: list[list[Any]], edition: Edition) -> str:
    """Return the word that marks a form in its title, or ""."""
    return ILLUSTRATIVE if cells[0] and as_text(cells[0][0]) == _title(edition, ILLUSTRATIVE) else ""


def _take(
    rows: dict[tuple[str, str, str], Row],
    wanted: Mapping[tuple[str, str, str], Period],
    sheet: Sheet,
    at: int,
    given: list[Any],
) -> None:
    """Add a row of the form to those read. Raises SourceError for one that the form does not have or that is wrong."""
    cells = dict(zip(COLUMNS, map(as_text, given), strict=False))
    key = (cells["Item"], cells["From"], cells["To"])
    if key not in wanted:
        found = f"found {cells['Item']} of {cells['From']} to {cells['To']}, which the form does not ask for"
        raise SourceError(f"{sheet.place(at)}: {found}; put back the item and its period")
    if key in rows:
        raise SourceError(f"{sheet.place(at)}: {cells['Item']} of this period stands in an earlier row; keep one")
    count, written = _count(given[COLUMNS.index("Count")], sheet.place(at, COLUMNS.index("Count")))
    has_count = count is not None or bool(written)
    status = _status(cells.get("Status", ""), has_count, sheet.place(at, COLUMNS.index("Status")))
    rows[key] = Row(key[0], wanted[key], count, status, cells.get("Reason", ""), sheet.place(at), written)


def _count(cell: object, place: str) -> tuple[int | None, str]:
    """Return a count, or the text that was written in its place. Raises SourceError for any other number."""
    text = as_text(cell)
    if not text:
        return None, ""
    if text.isdecimal() and text.isascii() and int(text) <= LARGEST:
        return int(text), ""
    if isinstance(cell, str):
        return None, text
    raise SourceError(f"{place}: found {text!r}; write a whole number, or leave it blank with the status")


def _status(text: str, has_count: bool, place: str) -> str:
    if not text:
        return "reported" if has_count else "not_supplied"
    known = {fold(words): status for status, words in STATUSES.items()}
    if fold(text) not in known:
        raise SourceError(f"{place}: found {text!r}; use one of {', '.join(STATUSES.values())}")
    return known[fold(text)]
