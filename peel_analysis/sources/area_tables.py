"""A table with a row a police force area: where its rows and columns are, found by content."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from peel_analysis.data import forces
from peel_analysis.sources.areas import Area, classify, is_code
from peel_analysis.sources.markers import Marker, number_or_marker
from peel_analysis.sources.sheets import Sheet, SourceError, as_text

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"({'|'.join(MONTHS)})[a-z]*\.?"
# 'YY takes two digits and 20YY four, so that a footnote digit glued behind is not read as part of the year.
YEAR = r"(?:['’‘]\s*(\d\d)|(20\d\d|19\d\d)|(\d\d)(?!\d))"
SPAN = re.compile(rf"{MONTH}\s*{YEAR}\s*(?:to|-|–)\s*{MONTH}\s*{YEAR}", re.IGNORECASE)
YEAR_ENDING = re.compile(rf"year\s+ending\s+(?:\d+\s+)?{MONTH}\s*{YEAR}", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class AreaTable:
    """A sheet's rows from its first area to its last: what each is about, and each column's heading in one line."""

    sheet: Sheet
    title: str
    first_row: int
    areas: tuple[Area | None, ...]
    cells: tuple[tuple[object, ...], ...]
    headings: tuple[str, ...]
    labels: frozenset[int]
    notes: tuple[str, ...]

    def values(self, position: int) -> dict[Area, float | Marker]:
        """Return a column's number or marker by area; the first row of an area counts (national rows can repeat).

        Raises SourceError for a cell with other text, and for a force that has two rows.
        """
        values: dict[Area, float | Marker] = {}
        for row, (area, cells) in enumerate(zip(self.areas, self.cells, strict=True)):
            if area is None:
                continue
            if area in values and area.kind == "force":
                raise SourceError(f"{self.place(row, position)}: a second row for {area.id}; take out one of the two")
            try:
                value = number_or_marker(cells[position] if position < len(cells) else "")
            except ValueError as problem:
                raise SourceError(f"{self.place(row, position)}: {problem}") from None
            values.setdefault(area, value)
        return values

    def place(self, row: int, position: int | None = None) -> str:
        """Return where a cell is, in words; `row` counts from the first area."""
        return self.sheet.place(self.first_row + row, position)

    def heading_place(self, position: int) -> str:
        """Return where a column's heading is, in words."""
        return self.sheet.place(self.first_row - 1, position)

    def refuse_missing_forces(self, not_supplied: Collection[str]) -> None:
        """Raise SourceError unless each of the 43 forces has a row, or the publisher says that it gave no figures."""
        found = {area.id for area in self.areas if area and area.kind == "force"}
        if missing := [force_id for force_id in forces.ids() if force_id not in {*found, *not_supplied}]:
            raise SourceError(
                f"{self.sheet.place(self.first_row)}: the table has no row for {forces.in_words(missing)}; "
                "take the file as published, or say with --not-supplied that the force gave no figures"
            )


def title(sheet: Sheet) -> str:
    """Return the text above a table: the first cells of the sheet's first rows that have any."""
    return " ".join(cell for row in [row for row in sheet.top if any(row)][:5] for cell in row[:2] if cell)


def has_numbers(sheet: Sheet) -> bool:
    """Return True for a sheet with the numbers of a table; a list of contents repeats a table's title without them."""
    return sum(isinstance(cell, float) for row in sheet.rows() for cell in row) >= forces.NUMBER_OF_FORCES


def find_table(sheet: Sheet) -> AreaTable | None:
    """Return the sheet's table of areas, or None when no column names at least half of the forces.

    Raises SourceError for a row of numbers that names no area within the table, or a force under another's code.
    """
    rows = sheet.rows()
    names = _name_column(rows)
    if names is None:
        return None
    text = [[as_text(cell) for cell in row] for row in rows]
    codes = next((column for column in range(names) if sum(is_code(_at(row, column)) for row in text) > 20), None)
    pairs = [(_at(row, codes) if codes is not None else "", _at(row, names)) for row in text]
    first, last = _extent(pairs, [any(map(_is_figure, row[names + 1 :])) for row in rows])
    body = pairs[first : last + 1]
    areas = _classified(sheet, first, body, names)
    for offset, (area, row) in enumerate(zip(areas, rows[first : last + 1], strict=True)):
        if area is None and any(isinstance(cell, (int, float)) for cell in row[names + 1 :]):
            place = sheet.place(first + offset, names)
            raise SourceError(f"{place}: {pairs[first + offset][1]!r} is no force, region or country; correct the name")
    labels = {names} if codes is None else {codes, names}
    return AreaTable(
        sheet=sheet,
        title=title(sheet),
        first_row=first,
        areas=tuple(areas),
        cells=tuple(tuple(row) for row in rows[first : last + 1]),
        headings=tuple(_headings(text[:first], max(len(row) for row in rows))),
        labels=frozenset(labels),
        notes=tuple(row[0] for row in text[last + 1 :] if row and row[0]),
    )


def year_to(text: str) -> date | None:
    """Return the last day of the 12 months that a heading names ("Apr '16 to Mar '175, 6"), or None."""
    for match in SPAN.finditer(text):
        start = _year(match.groups()[1:4])
        end = _year(match.groups()[5:8])
        if end == start + 1 and (MONTHS.index(match[5][:3].lower()) - MONTHS.index(match[1][:3].lower())) % 12 == 11:
            return _last_day(end, MONTHS.index(match[5][:3].lower()) + 1)
    if match_ending := YEAR_ENDING.search(text):
        return _last_day(_year(match_ending.groups()[1:4]), MONTHS.index(match_ending[1][:3].lower()) + 1)
    return None


def _year(groups: tuple[str | None, ...]) -> int:
    digits = next(group for group in groups if group)
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _last_day(year: int, month: int) -> date:
    after = date(year + (month == 12), month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


def _at(row: list[str], position: int) -> str:
    return row[position] if position < len(row) else ""


def _name_column(rows: list[list[object]]) -> int | None:
    """Return the column with the forces' names: of the first four, the one that names most."""
    best = (forces.NUMBER_OF_FORCES // 2, -1)
    for column in range(4):
        cells = [as_text(row[column]) for row in rows if column < len(row) and isinstance(row[column], str)]
        areas = classify(("", cell) for cell in cells if len(cell) < 60)
        named = {area.id for area in areas if area and area.kind == "force"}
        best = max(best, (len(named), -column)) if len(named) > best[0] else best
    return None if best[0] == forces.NUMBER_OF_FORCES // 2 else -best[1]


def _extent(pairs: list[tuple[str, str]], with_figures: list[bool]) -> tuple[int, int]:
    """Return the first and the last row with an area; a line "England and Wales" above the heading is none."""
    areas = classify(("", name) for _, name in pairs)
    with_area = [
        row for row, (code, _) in enumerate(pairs) if is_code(code) or (areas[row] is not None and with_figures[row])
    ]
    return min(with_area), max(with_area)


def _is_figure(cell: object) -> bool:
    """Return True for a number or a mark in place of one, and False for a blank and for words."""
    try:
        return as_text(cell) != "" and number_or_marker(cell) is not None
    except ValueError:
        return False


def _classified(sheet: Sheet, first: int, pairs: list[tuple[str, str]], names: int) -> list[Area | None]:
    try:
        return classify(pairs)
    except ValueError as problem:
        wrong = next(row for row, pair in enumerate(pairs) if _is_refused(pair))
        raise SourceError(f"{sheet.place(first + wrong, names)}: {problem}") from None


def _is_refused(pair: tuple[str, str]) -> bool:
    try:
        classify([pair])
    except ValueError:
        return True
    return False


def _headings(above: list[list[str]], width: int) -> list[str]:
    """Return the text above each column in one line; a heading that names a period covers the blanks to its right."""
    headings = [""] * width
    for row in above:
        filled = [position for position, cell in enumerate(row) if cell]
        if not filled or filled == [0]:  # a title, or a line of text about the table
            continue
        over = ""
        for position in range(width):
            cell = _at(row, position)
            if cell:
                over = cell if year_to(cell) else ""
            headings[position] = f"{headings[position]} {cell or over}".strip()
    return headings
