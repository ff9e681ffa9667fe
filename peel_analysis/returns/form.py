"""The form of a data return: a workbook that a force fills in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Force
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import PUBLISHED_VALUES
from peel_analysis.data.returned import ReturnedItem, periods_asked
from peel_analysis.reports.workbook import A4, NO_TIME, OPTIONS, set_heights
from peel_analysis.sources.workbook_files import letters

INSTRUCTIONS, RETURN = "Instructions", "Return"  # the sheets
FORCE, EDITION = "Force", "Edition"  # what stands beside these words says whose form it is
FORCE_AT, EDITION_AT = (2, 1), (3, 1)  # rows and columns from 0
COLUMNS = ("Asked for", "What is counted", "Period", "Unit", "Year before", "Count", "Status", "Reason", "Item")
WIDTHS = (29, 46, 17, 14, 12, 14, 17, 42, 22)
FIXED = ("Asked for", "What is counted", "Period", "Unit", "Item")  # texts that the form is handed out with
HEADING_ROW = 5  # from 0: title, force, edition and a blank row stand above
STATUSES = {  # of a row, as the form offers them, by the status of a count
    "reported": "Reported",
    "partial": "Partial",
    "estimated": "Estimated",
    "combined": "Combined with another force",
    "not_supplied": "Not supplied",
    "not_comparable": "Not comparable",
}
WITH_COUNT, WITHOUT = ("reported", "partial", "estimated"), ("not_supplied", "not_comparable")
MEANINGS = {
    "reported": "The force counted it as defined. No reason is needed.",
    "partial": "The count leaves something out, such as a month or a part of the force. Say what.",
    "estimated": "The count is an estimate, or partly so. Say how it was made.",
    "combined": "It was counted together with another force. Say with which; one of the two forms has no count.",
    "not_supplied": "There is no count: leave it blank. Say why.",
    "not_comparable": "What the force counts is not what is defined: leave the count blank. Say how it differs.",
}
ILLUSTRATIVE = "Illustrative"  # the word in the title of a form whose counts are invented
LARGEST = 10**9
NOT_HELD, IN_NEXT_ROW = "not held", "in the row below"
TO_FILL_IN = {"locked": False, "bg_color": "#FFF8DC", "border": 1}
STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "small": {"font_size": 8, "font_color": "#595959"},
    "before": {"num_format": "#,##0", "align": "right", "indent": 1},
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "heading": {"bold": True, "bottom": 1},
    "input": TO_FILL_IN,
    "number": {**TO_FILL_IN, "num_format": "#,##0", "align": "right", "indent": 1},
}
LACKING = {"bg_color": "#F4B6B6", "bold": True}  # a cell that does not fit the status beside it
PROTECTED = {"select_locked_cells": True, "format_columns": True, "format_rows": True}  # they may be made larger
Before = Mapping[tuple[str, int], int | str]


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
    place: str = ""  # of the cell of its count
    written: str = ""

    @property
    def fits(self) -> bool:
        """Whether a row with this status has a count, or has none, as this one does."""
        return not self.written and (self.status not in (WITHOUT if self.count is not None else WITH_COUNT))

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


def held_before(edition: Edition, force: Force) -> dict[tuple[str, int], int | str]:
    """Return what the data folder holds of a force for the year before each row of an edition's form.

    By item and the year in which that period ends: a count of any release, the latest by name; else the published value
    of a measure that counts the item alone, with its unit. What is not held is left out.
    """
    before = {(item.id, period.end.year - 1): _a_year_before(period) for item, period in asked(edition)}
    found: dict[tuple[str, int], int | str] = {}
    for row in edition.data.records(PUBLISHED_VALUES):
        measure = next((one for one in edition.data.measures if one.id == row["measure_id"]), None)
        items = measure.numerator.items if measure and row["force_id"] == force.id else ()
        for (item, year), period in before.items():
            if items == (item,) and row["period_words"] == period.words:
                found[item, year] = f"{row['value']} {row['unit']}, as published"
    for item, release in edition.data.tables:
        for (asked_for, year), period in before.items():
            if asked_for == item and (count := _held(edition.data.counts(item, release), force.id, period)) is not None:
                found[item, year] = count
    return found


def _a_year_before(period: Period) -> Period:
    start, end = (day.replace(year=day.year - 1) for day in (period.start, period.end))
    return Period(start, end)


def _held(counts: pd.DataFrame, force_id: str, period: Period) -> int | None:
    days = (counts["period_start"] == period.start.isoformat()) & (counts["period_end"] == period.end.isoformat())
    found = counts[days & (counts["force_id"] == force_id) & (counts["dimension"] == "")]["count"].dropna()
    return None if found.empty else int(found.iloc[0])


def blank_form(edition: Edition, force: Force | None, before: Before | None = None) -> bytes:
    """Return the form of an edition for a force, or for one that picks its name, as the bytes of an .xlsx file.

    `before` is what is held of the year before each row (`held_before`), by item and the year in which it ends.
    """
    return filled_form(edition, force, {}, before or {})


def filled_form(
    edition: Edition, force: Force | None, rows: Mapping[tuple[str, int], Row], before: Before, word: str = ""
) -> bytes:
    """Return a form with rows filled in, by item and year; `word` marks it in its title, as Illustrative."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out := BytesIO(), OPTIONS)
    book.set_properties({"title": title(edition, force, word), "created": NO_TIME})
    usual = {"text_wrap": True, "valign": "top"}
    styles = {name: book.add_format({**usual, **more}) for name, more in STYLES.items()}
    for sheet, write in ((INSTRUCTIONS, _write_instructions), (RETURN, _write_return)):
        page = book.add_worksheet(sheet)
        page.protect("", PROTECTED)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L{title(edition, force, word).replace('&', '&&')}&RPage &P of &N")
        page.write_string(0, 0, title(edition, force, word), styles["title"])
        write(page, edition, force, styles)
    _write_filled(page, edition, rows, before, styles)
    _write_checks(page, book.add_format(LACKING), len(list(asked(edition))))
    book.get_worksheet_by_name(RETURN).activate()
    book.close()
    return out.getvalue()


def title(edition: Edition, force: Force | None, word: str) -> str:
    """Return what stands over a form, with the word that marks it, if any."""
    whose = f", {force.official_name}" if force else ""
    return f"{word + ': ' if word else ''}{'d' if word else 'D'}ata return for {edition.title}{whose}"


def _instructions(edition: Edition, force: Force | None) -> Iterator[tuple[str, str]]:
    """Yield what the instructions say: a heading and nothing, or a label and what stands beside it."""
    whose = force.official_name if force else f"choose it in cell {cell_name(*FORCE_AT)} of the sheet '{RETURN}'"
    yield "Whose form it is", ""
    yield FORCE, whose
    yield EDITION, f"{edition.id} ({edition.title})"
    yield "How to fill it in", ""
    yield (
        "What",
        f"The pale cells of the sheet '{RETURN}': a count, a status and, for any status but {STATUSES['reported']}, "
        "the reason. The other cells are protected. A cell turns red while it does not fit the status beside it.",
    )
    yield (
        "Count",
        "A whole number, without words, decimals or a formula. Write 0 only where the force counted and found none; "
        "where there is no count leave the cell blank, and say with the status why.",
    )
    yield "Reason", "It is printed in the reports, in the force's name: write a whole sentence."
    yield (
        "Leave as it is",
        "Do not add, move or hide rows, columns or sheets, merge cells or write formulas: a form that was changed so "
        "is refused, with the place, and nothing of it is used. Rows and columns may be made larger.",
    )
    yield "Statuses", ""
    yield from ((STATUSES[status], meaning) for status, meaning in MEANINGS.items())
    yield "What happens with it", ""
    yield (
        "1. It is queried",
        "Counts that do not fit each other, those of the year before or those of other forces are queried. Each query "
        "has an id and a sentence. The force corrects the count here, confirms it, or has it left out with a reason.",
    )
    yield (
        "2. It is signed off",
        "Every value that is to be printed about the force comes back on one page, with what is said beside it, to be "
        "signed. Nothing of another force's return is on it.",
    )
    yield (
        "3. It is printed",
        "The values, the statuses and the reasons stand in the reports and in the tables beside them.",
    )
    if force is None:
        yield "The forces", ""
        yield from (("", one.official_name) for one in edition.forces)


def _write_instructions(sheet: Any, edition: Edition, force: Force | None, styles: Mapping[str, Any]) -> None:
    widths = (24, 104)
    lines = list(_instructions(edition, force))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, styles["plain" if text else "heading"])
        sheet.write_string(row, 1, text, styles["plain" if text else "heading"])
    set_heights(sheet, 2, lines, widths)


def _write_return(sheet: Any, edition: Edition, force: Force | None, styles: Mapping[str, Any]) -> None:
    sheet.freeze_panes(HEADING_ROW + 1, 1)
    sheet.repeat_rows(HEADING_ROW)
    for (row, column), text in fixed_texts(edition).items():
        of_table = "small" if column == COLUMNS.index("Item") else "plain"
        sheet.write_string(row, column, text, styles[of_table if row > HEADING_ROW else "heading"])
    sheet.write_string(*EDITION_AT, edition.id, styles["plain"])
    sheet.write_string(*FORCE_AT, force.official_name if force else "", styles["plain" if force else "input"])
    if force is None:
        last = 1 + len(list(_instructions(edition, None)))
        among = f"={INSTRUCTIONS}!$B${last - len(edition.forces.ids) + 2}:$B${last + 1}"
        told = {"input_title": "Whose form", "input_message": "Choose the force in the list."}
        sheet.data_validation(*FORCE_AT, *FORCE_AT, {"validate": "list", "source": among, **told})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    texts = [(item.title, item.definition, period.words, item.unit) for item, period in asked(edition)]
    set_heights(sheet, HEADING_ROW + 1, texts, WIDTHS[:4])
    sheet.print_area(0, 0, HEADING_ROW + len(texts), COLUMNS.index("Reason"))


def fixed_texts(edition: Edition) -> dict[tuple[int, int], str]:
    """Return the texts that every form of an edition has, by row and column."""
    texts = {(FORCE_AT[0], 0): FORCE, (EDITION_AT[0], 0): EDITION}
    texts |= {(HEADING_ROW, column): name for column, name in enumerate(COLUMNS)}
    for row, (item, period) in enumerate(asked(edition), start=HEADING_ROW + 1):
        of_row = zip(FIXED, (item.title, item.definition, period.words, item.unit, item.id), strict=True)
        texts |= {(row, COLUMNS.index(name)): text for name, text in of_row}
    return texts


def cell_name(row: int, column: int) -> str:
    """Return a cell as a spreadsheet names it: B3."""
    return f"{letters(column)}{row + 1}"


def _write_filled(
    sheet: Any,
    edition: Edition,
    rows: Mapping[tuple[str, int], Row],
    before: Before,
    styles: Mapping[str, Any],
) -> None:
    earlier, count, status, reason = map(COLUMNS.index, ("Year before", "Count", "Status", "Reason"))
    every = {(item.id, period.end.year) for item, period in asked(edition)}
    for at, (item, period) in enumerate(asked(edition), start=HEADING_ROW + 1):
        key, year_before = (item.id, period.end.year), (item.id, period.end.year - 1)
        lacking = IN_NEXT_ROW if year_before in every else NOT_HELD
        sheet.write(at, earlier, before.get(year_before, lacking), styles["before"])
        filled = rows.get(key)
        if filled is not None and filled.count is not None:
            sheet.write_number(at, count, filled.count, styles["number"])
        else:
            sheet.write_string(at, count, filled.written if filled else "", styles["number"])
        sheet.write_string(at, status, STATUSES[filled.status] if filled else "", styles["input"])
        sheet.write_string(at, reason, filled.reason if filled else "", styles["input"])


def _write_checks(sheet: Any, lacking: Any, number: int) -> None:
    """Have the cells that are filled in take only what they are for, say what that is, and show what does not fit."""
    first, last = HEADING_ROW + 1, HEADING_ROW + number
    columns = {name: COLUMNS.index(name) for name in ("Count", "Status", "Reason")}
    count, status, reason = (f"${letters(column)}{first + 1}" for column in columns.values())
    reported = STATUSES["reported"]
    is_given = f"LEN(TRIM({reason}))>0"
    checks: dict[str, dict[str, Any]] = {
        "Count": {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": LARGEST,
            "input_message": "A whole number; 0 only where the force counted and found none. Blank without a count.",
            "error_title": "Not a count",
            "error_message": "Write a whole number, or leave the cell blank.",
        },
        "Status": {
            "validate": "list",
            "source": list(STATUSES.values()),
            "input_message": f"One of the list; the sheet '{INSTRUCTIONS}' says what they mean.",
            "error_title": "Not a status",
            "error_message": f"Choose one of: {', '.join(STATUSES.values())}.",
        },
        "Reason": {
            "validate": "custom",
            "value": f'=OR({status}="",{status}="{reported}",{is_given})',
            "ignore_blank": False,
            "input_message": f"Needed for any status but {reported}: a whole sentence, which is printed.",
            "error_title": "A reason is needed",
            "error_message": f"Say why the status is not {reported}.",
        },
    }
    for name, check in checks.items():
        sheet.data_validation(first, columns[name], last, columns[name], {"input_title": name, **check})
    with_count, without = (
        ",".join(f'{status}="{STATUSES[one]}"' for one in some)
        for some in (("reported", "partial", "estimated"), ("not_supplied", "not_comparable"))
    )
    wrong = {
        "Count": f'=OR(AND({count}="",OR({with_count})),AND({count}<>"",OR({without})))',
        "Reason": f'=AND({status}<>"",{status}<>"{reported}",NOT({is_given}))',
    }
    for name, formula in wrong.items():
        shown = {"type": "formula", "criteria": formula, "format": lacking}
        sheet.conditional_format(first, columns[name], last, columns[name], shown)
