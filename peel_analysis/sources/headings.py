"""Finding a table's heading row by the names in it, wherever it stands and whatever else stands there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peel_analysis.sources.sheets import Book, Sheet, SourceError

ENOUGH = 3  # names that make a row a heading of this format, though a renamed one


@dataclass(frozen=True)
class Field:
    """A column that a format has, and the names it goes by. The first name is the one that an error gives."""

    name: str
    called: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Heading:
    """The heading row of a sheet: where each field's column is."""

    sheet: Sheet
    row: int
    positions: dict[str, int]

    def place(self, row_below: int, field: str) -> str:
        """Return where a cell is, in words; `row_below` counts the rows under the heading from 0."""
        return self.sheet.place(self.row + 1 + row_below, self.positions.get(field))


def fold(text: str) -> str:
    """Return a name without case, punctuation, note marks and the footnote digits glued to its end."""
    plain = re.sub(r"\[[^\]]*\]", " ", text.lower())
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def find_heading(sheet: Sheet, fields: Sequence[Field]) -> Heading | None:
    """Return the heading row with all required fields, or None when the sheet has nothing like it (a cover, notes).

    A name that stands twice counts where it stands first: the Home Office's sheet for 2013/14 repeats three names over
    empty columns. Raises SourceError for a row with some of the names and not all.
    """
    partial: tuple[int, dict[str, int]] | None = None
    for row, cells in enumerate(sheet.top):
        positions = match(cells, fields)
        if all(field.name in positions for field in fields if field.required):
            return Heading(sheet, row, positions)
        if len(positions) >= ENOUGH and (partial is None or len(positions) > len(partial[1])):
            partial = row, positions
    if partial is None:
        return None
    row, positions = partial
    missing = [field.called[0] for field in fields if field.required and field.name not in positions]
    others = [cell for position, cell in enumerate(sheet.top[row]) if cell and position not in positions.values()]
    raise SourceError(
        f"{sheet.place(row)}: no column {' or '.join(repr(name) for name in missing)}; found besides the others: "
        f"{', '.join(repr(cell) for cell in others) or 'nothing'}; give the column its published name"
    )


def match(cells: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Return the position of each field that a row of cells names."""
    positions: dict[str, int] = {}
    folded = [fold(cell) for cell in cells]
    for field in fields:
        names = {fold(name) for name in field.called}
        for position, name in enumerate(folded):
            if name and (name in names or name.rstrip("0123456789 ") in names):
                positions[field.name] = position
                break
    return positions


def likeness(book: Book, fields: Sequence[Field]) -> tuple[int, int]:
    """Return how like a format a file is: minus the required fields missing in its best row, and the fields found."""
    best = (-len(fields), 0)
    for sheet in book.sheets:
        for cells in sheet.top:
            positions = match(cells, fields)
            missing = sum(field.required and field.name not in positions for field in fields)
            if len(positions) >= ENOUGH:
                best = max(best, (-missing, len(positions)))
    return best


def headings(book: Book, fields: Sequence[Field], format_name: str) -> list[Heading]:
    """Return the headings of the sheets that hold the table.

    Raises SourceError when no sheet does, and for a sheet named like a financial year without the heading.
    """
    found: list[Heading] = []
    for sheet in book.sheets:
        heading = find_heading(sheet, fields)
        if heading:
            found.append(heading)
        elif re.fullmatch(r"(20)?\d\d[/_ -]\d\d(\d\d)?", sheet.name):
            names = ", ".join(field.called[0] for field in fields if field.required)
            raise SourceError(f"{sheet.place(0)}: no heading row in the first rows; it should name {names}")
    if not found:
        raise SourceError(f"{book.file}: no sheet with the columns of {format_name}; give the file as published")
    return found
