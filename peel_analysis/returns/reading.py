"""The strict reading of a form that came back: what was filled in, or what was changed that nobody fills in."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import Faults, InputError, in_one_line
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Force, UnknownForceError
from peel_analysis.data.periods import Period
from peel_analysis.data.text import slug
from peel_analysis.returns.form import (
    COLUMNS,
    EDITION_AT,
    FORCE_AT,
    HEADING_ROW,
    ILLUSTRATIVE,
    INSTRUCTIONS,
    LARGEST,
    RETURN,
    STATUSES,
    Return,
    Row,
    asked,
    cell_name,
    fixed_texts,
    title,
)
from peel_analysis.sources.headings import fold
from peel_analysis.sources.limits import told_with_its_place
from peel_analysis.sources.sheets import Sheet, SourceError, as_text, error_in, open_book
from peel_analysis.sources.workbook_files import Layout, layouts

AS_HANDED_OUT = "fill in a form as it was handed out"
MOST_ROWS, MOST_CELLS = 5_000, 200_000  # of a sheet: some spreadsheets save a thousand empty rows of 26 cells
MOST_TOLD = 25  # faults of one form
Cells = Mapping[tuple[int, int], object]  # by row and column, those that are not blank


def read_form(path: Path, data: Data) -> Return:
    """Return what a filled-in form holds; the file is only read.

    A row without a count and without a status is one that was left: it is not supplied, and its reason is blank. Raises
    SourceError, with file, sheet and cell, for a workbook that is not a form as it was handed out, for a force that is
    not the one of the file's name, and for a cell that is not understood. A text in the place of a count is none of
    these: the row has it as `written`.
    """
    with told_with_its_place(file := in_one_line(path.name)):
        found = layouts(path)
    _refuse_layouts(file, found)
    book = open_book(path)
    _refuse_sheets(file, [one.name for one in book.sheets], book.hidden)
    sheet = next(one for one in book.sheets if one.name == RETURN)
    cells = {
        (row, column): cell
        for row, of_row in enumerate(sheet.rows())
        for column, cell in enumerate(of_row)
        if as_text(cell)
    }
    force, edition = _whose(sheet, cells, data)
    _refuse_other_force(path, force, data)
    with Faults(SourceError) as faults:
        _check_cells(faults, sheet, cells, edition)
        word = faults.of(_word, sheet, cells, force, edition) or ""
        every = enumerate(asked(edition), start=HEADING_ROW + 1)
        rows = [faults.of(_row, sheet, cells, at, item.id, period) for at, (item, period) in every]
        _tell_the_first(faults, file)
    return Return(force, edition, tuple(row for row in rows if row), book.file, book.sha256, word)


def _refuse_layouts(file: str, found: list[Layout]) -> None:
    with Faults(SourceError) as faults:
        for one in found:
            where = f"{file}, sheet '{one.name}'"
            if one.rows > MOST_ROWS or one.cells > MOST_CELLS:
                told = f"{one.rows:,} rows with {one.cells:,} cells, up to {one.last}, most of them empty"
                faults.add([f"{where}: {told}; copy what was filled in to a form as it was handed out"])
                continue
            faults.add(f"{where}, cell {cell}: a formula; put the number itself in its place" for cell in one.formulas)
            faults.add(f"{where}, cells {merged}: merged; part them again" for merged in one.merged)
            faults.add(f"{where}, {hidden}: hidden; show it again" for hidden in one.hidden)
        _tell_the_first(faults, file)


def _tell_the_first(faults: Faults, file: str) -> None:
    """Keep the first faults of a form of which nothing is as it was handed out, and say how many more there are."""
    if (more := len(faults.found) - MOST_TOLD) > 0:
        faults.found = dict.fromkeys(list(faults.found)[:MOST_TOLD])
        faults.add([f"{file}: {more:,} more of the kind; {AS_HANDED_OUT}"])


def _refuse_sheets(file: str, shown: list[str], hidden: tuple[str, ...]) -> None:
    if hidden:
        raise SourceError(f"{file}: hidden sheets ({', '.join(hidden)}); delete them, or {AS_HANDED_OUT}")
    if sorted(shown) != sorted((INSTRUCTIONS, RETURN)):
        has = f"a form has {INSTRUCTIONS} and {RETURN}"
        raise SourceError(f"{file}: the sheets are {', '.join(shown) or 'none'} where {has}; {AS_HANDED_OUT}")


def _whose(sheet: Sheet, cells: Cells, data: Data) -> tuple[Force, Edition]:
    if (said := as_text(cells.get(FORCE_AT))) == "":
        raise SourceError(f"{sheet.place(*FORCE_AT)}: no force; write its name there")
    try:
        force = data.forces.find(said)
    except UnknownForceError as error:
        raise SourceError(f"{sheet.place(*FORCE_AT)}: {error}") from None
    try:
        return force, data.edition(as_text(cells.get(EDITION_AT)))
    except InputError as error:
        raise SourceError(f"{sheet.place(*EDITION_AT)}: {error}") from None


def _refuse_other_force(path: Path, force: Force, data: Data) -> None:
    """Raise SourceError where the file's name names another force and not this one, or the folder has one's name."""
    of_file, of_folder = (f"-{slug(name).replace('_', '-')}-" for name in (path.stem, path.absolute().parent.name))
    named = {one: [f"-{slug(name)}-" for name in (one.id, one.name, one.official_name)] for one in data.forces}
    in_file = [one for one, names in named.items() if any(name in of_file for name in names)]
    whose = [one for one, names in named.items() if of_folder in names]
    for what, found in (("file's name", in_file), ("folder's name", whose)):
        if found and force not in found:
            told = f"the form of {force.official_name}, and the {what} says {found[0].official_name}"
            remedy = f"write the right force into cell {cell_name(*FORCE_AT)} of the sheet '{RETURN}', or name it anew"
            raise SourceError(f"{in_one_line(path.name)}: {told}; {remedy}")


def _word(sheet: Sheet, cells: Cells, force: Force, edition: Edition) -> str:
    """Return the word that marks a form in its title, or ""."""
    words = {title(edition, whose, word): word for whose in (force, None) for word in ("", ILLUSTRATIVE)}
    if (found := as_text(cells.get((0, 0)))) not in words:
        remedy = f"put it back, or {AS_HANDED_OUT}"
        raise SourceError(f"{sheet.place(0, 0)}: found {found!r}, which is no form's title; {remedy}")
    return words[found]


def _check_cells(faults: Faults, sheet: Sheet, cells: Cells, edition: Edition) -> None:
    """Add what is not as the form was handed out: its texts, and cells beside those that are filled in."""
    fixed = fixed_texts(edition)
    for at, text in fixed.items():
        if (found := " ".join(as_text(cells.get(at)).split())) != text:
            told = f"found {found!r} where a form of edition {edition.id} has {text!r}"
            faults.add([f"{sheet.place(*at)}: {told}; put it back, or {AS_HANDED_OUT}"])
    of_form = {(0, 0), FORCE_AT, EDITION_AT, *fixed}
    last = HEADING_ROW + len(list(asked(edition)))
    for at, cell in cells.items():
        if at not in of_form and not (HEADING_ROW < at[0] <= last and at[1] < len(COLUMNS)):
            faults.add([f"{sheet.place(*at)}: found {as_text(cell)!r} beside the form; delete it"])
        elif problem := error_in(cell):
            faults.add([f"{sheet.place(*at)}: {problem}"])


def _row(sheet: Sheet, cells: Cells, at: int, item: str, period: Period) -> Row:
    counted, status, reason = ((at, COLUMNS.index(name)) for name in ("Count", "Status", "Reason"))
    count, written = _count(cells.get(counted), sheet.place(*counted))
    known = _status(as_text(cells.get(status)), count is not None or bool(written), sheet.place(*status))
    return Row(item, period, count, known, as_text(cells.get(reason)), sheet.place(*counted), written)


def _count(cell: object, place: str) -> tuple[int | None, str]:
    """Return a count, or the text that was written in its place. Raises SourceError for any other number."""
    text = as_text(cell)
    if not text:
        return None, ""
    if text.isdecimal() and text.isascii() and int(text) <= LARGEST:
        return int(text), ""
    if isinstance(cell, str):
        return None, text
    found = f"the date {cell:%d %B %Y}" if isinstance(cell, date) else repr(text)
    raise SourceError(f"{place}: found {found}; write a whole number, or leave it blank with the status")


def _status(text: str, has_count: bool, place: str) -> str:
    if not text:
        return "reported" if has_count else "not_supplied"
    known = {fold(words): status for status, words in STATUSES.items()}
    if fold(text) not in known:
        raise SourceError(f"{place}: found {text!r}; use one of {', '.join(STATUSES.values())}")
    return known[fold(text)]
