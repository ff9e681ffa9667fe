"""A table with a row a police force area: which rows are forces, where its columns are, and what they add up to."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.forces import NUMBER_OF_FORCES, Forces, UnknownForceError
from peel_analysis.sources.headings import MARKERS, Marker, number_or_marker
from peel_analysis.sources.reading import LeftOut, PrintedTotal, Reading, members_of, reading_of
from peel_analysis.sources.sheets import Book, Sheet, SourceError, as_text

CODE = re.compile(r"[EWKSN]\d{8}")  # with or without a footnote digit glued to its end
FORCE_CODES = ("E23", "W15")
REGIONS = {
    "north east": "North East",
    "north west": "North West",
    "yorkshire and the humber": "Yorkshire and the Humber",
    "yorkshire and humber": "Yorkshire and the Humber",
    "east midlands": "East Midlands",
    "west midlands": "West Midlands",
    "east": "East",
    "east of england": "East",
    "eastern": "East",
    "eastern region": "East",
    "london": "London",
    "south east": "South East",
    "south west": "South West",
}
COUNTRIES = {
    "england and wales": "England and Wales",
    "england": "England",
    "wales": "Wales",
    "total forces": "England and Wales",  # "Total 43 forces"
    "all forces": "England and Wales",
}
BODIES = {
    "british transport police": "British Transport Police",
    "btp": "British Transport Police",
    "central service secondments": "Central service secondments",
    "central services secondments": "Central service secondments",
    "total": "Total with bodies that are no police force area",
}
NO_FORCES = {"region": "regions", "country": "countries", "body": "bodies that are no force"}
MONTHS = [f"{date(2000, number, 1):%B}" for number in range(1, 13)]
MONTH = rf"({'|'.join(month[:3] for month in MONTHS)})[a-z]*\.?"
# 'YY takes two digits and 20YY four, so that a footnote digit glued behind is not read as part of the year.
YEAR = r"(?:['’‘]\s*(\d\d)|(20\d\d|19\d\d)|(\d\d)(?!\d))"
SPAN = re.compile(rf"{MONTH}\s*{YEAR}\s*(?:to|-|–)\s*{MONTH}\s*{YEAR}", re.IGNORECASE)
YEAR_ENDING = re.compile(rf"year\s+ending\s+(?:\d+\s+)?{MONTH}\s*{YEAR}", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """What a row of a table is about: `kind` is force, region, country or body; `id` is a force's id, else a name."""

    kind: str
    id: str


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
    forces: Forces

    def values(self, position: int, *, whole: bool = False) -> dict[Area, float | Marker]:
        """Return a column's number or marker by area; the first row of an area counts (national rows can repeat).

        Raises SourceError for a cell with other text, for a force that has two rows, and for a force's number that is
        not whole where all must be.
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
        for area, value in values.items():
            if whole and area.kind == "force" and isinstance(value, float) and not value.is_integer():
                place = self.place(self.areas.index(area), position)
                raise SourceError(f"{place}: found {value} where a whole number should be; correct it")
        return values

    def place(self, row: int, position: int | None = None) -> str:
        """Return where a cell is, in words; `row` counts from the first area, and -1 is the heading's last."""
        return self.sheet.place(self.first_row + row, position)


def tables_of(
    book: Book,
    kind: Callable[[Sheet], str | None],
    kinds_in_words: str,
    forces: Forces,
    not_supplied: Collection[str],
) -> list[tuple[str, AreaTable]]:
    """Return the tables of a workbook, each with what `kind` says that its sheet holds; other sheets are left.

    A sheet without numbers repeats a table's title and is no table. Raises SourceError for a table that names no
    forces or lacks one that is not in `not_supplied`, and for a workbook without any of the `kinds_in_words`.
    """
    found: list[tuple[str, AreaTable]] = []
    for sheet in book.sheets:
        what = kind(sheet)
        table = find_table(sheet, forces) if what else None
        if what is None or (table is None and not _has_numbers(sheet)):
            continue
        if table is None:
            raise SourceError(f"{sheet.place(0)}: no column names the forces; give the table as published")
        named = {area.id for area in table.areas if area and area.kind == "force"}
        if missing := [force_id for force_id in forces.ids if force_id not in {*named, *not_supplied}]:
            raise SourceError(
                f"{table.place(0)}: the table has no row for {forces.in_words(missing)}; "
                "take the file as published, or say with --not-supplied that the force gave no figures"
            )
        found.append((what, table))
    if not found:
        names = ", ".join(sheet.name for sheet in book.sheets)
        raise SourceError(f"{book.file}: no table of {kinds_in_words} among the sheets {names}")
    return found


def rows_of_counts(
    values: Mapping[Area, float | Marker], item: str, start: date, end: date, forces: Forces
) -> Iterator[dict[str, object]]:
    """Yield a column as rows of counts without their release, one for each of the 43 forces.

    A force without a row is one that the caller says gave no figures.
    """
    for force_id in forces.ids:
        value = values.get(Area("force", force_id), MARKERS["[x]"])
        yield {
            "force_id": force_id,
            "item": item,
            "dimension": "",
            "period_start": start.isoformat(),
            "period_end": end.isoformat(),
            "count": pd.NA if isinstance(value, Marker) else value,
            "status": value.status if isinstance(value, Marker) else "reported",
        }


def printed_totals(
    values: Mapping[Area, float | Marker], item: str, period_end: str, forces: Forces
) -> Iterator[PrintedTotal]:
    """Yield each printed region and country of a column beside the sum of its forces that have a figure.

    A printed total may hold bodies that are no force as well, or leave one force out without saying so in its row:
    where exactly that makes the two agree, the sum yielded is that one, and `without` names the force left out.
    """
    figures = {area: value for area, value in values.items() if not isinstance(value, Marker)}
    bodies = sum(value for area, value in figures.items() if area.kind == "body" and not area.id.startswith("Total"))
    for area, printed in figures.items():
        if area.kind not in ("region", "country"):
            continue
        members = members_of(area.id, forces)
        with_figure = {force_id: figures[one] for force_id in members if (one := Area("force", force_id)) in figures}
        if not with_figure:
            continue
        without = tuple(force_id for force_id in members if force_id not in with_figure)
        total = sum(with_figure.values())
        as_summed = PrintedTotal(item, area.id, period_end, printed, total, without)
        others = [PrintedTotal(item, area.id, period_end, printed, total + bodies, without, bodies)]
        others += [
            PrintedTotal(item, area.id, period_end, printed, total - figure, tuple(sorted((*without, force_id))))
            for force_id, figure in with_figure.items()
            if figure
        ]
        yield as_summed if as_summed.agrees else next((other for other in others if other.agrees), as_summed)


def reading_of_tables(
    book: Book,
    format_name: str,
    release: str,
    tables: Sequence[AreaTable],
    rows: Sequence[Mapping[str, object]],
    forces: Forces,
    not_supplied: Collection[str],
    populations: Sequence[tuple[str, int, int, str]] = (),
    notes: Sequence[str] = (),
    printed_totals: Sequence[PrintedTotal] = (),
) -> Reading:
    """Return what was read of a workbook's tables of areas: `rows` of counts and populations, with the account."""
    areas = [area for table in tables for area in table.areas if area]
    kinds = Counter(area.kind for area in areas)
    return reading_of(
        book,
        format_name,
        release,
        shape.combine([pd.DataFrame(rows).assign(release=release)]),
        forces,
        populations,
        sheets_read=[table.sheet for table in tables],
        rows_read=len(areas),
        left_out={plural: LeftOut(kinds[one]) for one, plural in NO_FORCES.items() if kinds[one]},
        forces_read=NUMBER_OF_FORCES - len(set(not_supplied)),
        notes=notes,
        printed_totals=printed_totals,
    )


def title(sheet: Sheet) -> str:
    """Return the text above a table: the first cells of the sheet's first rows that have any."""
    return " ".join(cell for row in [row for row in sheet.top if any(row)][:5] for cell in row[:2] if cell)


def year_to(text: str) -> date | None:
    """Return the last day of the 12 months that a heading names ("Apr '16 to Mar '175, 6"), or None."""
    for match in SPAN.finditer(text):
        first, last = month_number(match[1]), month_number(match[5])
        end = _year(match.groups()[5:8])
        if end == _year(match.groups()[1:4]) + 1 and (last - first) % 12 == 11:
            return _last_day(end, last)
    if ending := YEAR_ENDING.search(text):
        return _last_day(_year(ending.groups()[1:4]), month_number(ending[1]))
    return None


def month_number(name: str) -> int:
    """Return the number of a month by its first three letters."""
    return [month[:3] for month in MONTHS].index(name[:3].title()) + 1


def _year(groups: tuple[str | None, ...]) -> int:
    digits = next(group for group in groups if group)
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _last_day(year: int, month: int) -> date:
    return date(year + (month == 12), month % 12 + 1, 1) - timedelta(days=1)


def _has_numbers(sheet: Sheet) -> bool:
    """Return True for a sheet with the numbers of a table; a list of contents repeats a table's title without them."""
    return sum(isinstance(cell, float) for row in sheet.rows() for cell in row) >= NUMBER_OF_FORCES


def find_table(sheet: Sheet, forces: Forces) -> AreaTable | None:
    """Return the sheet's table of areas, or None when no column names at least half of the forces.

    Raises SourceError for a row of numbers that names no area within the table, or a force under another's code.
    """
    rows = sheet.rows()
    names = _name_column(rows, forces)
    if names is None:
        return None
    text = [[as_text(cell) for cell in row] for row in rows]
    codes = next((at for at in range(names) if sum(bool(CODE.match(_at(row, at))) for row in text) > 20), None)
    pairs = [(_at(row, codes) if codes is not None else "", _at(row, names)) for row in text]
    by_name = classify((("", name) for _, name in pairs), forces)
    inside = [  # not a line "England and Wales" above the heading
        at
        for at, (code, _) in enumerate(pairs)
        if CODE.match(code) or (by_name[at] is not None and any(map(_is_figure, rows[at][names + 1 :])))
    ]
    first, last = min(inside), max(inside)
    areas = _classified(sheet, first, pairs[first : last + 1], names, forces)
    for at, area in enumerate(areas, start=first):
        if area is None and any(isinstance(cell, (int, float)) for cell in rows[at][names + 1 :]):
            place = sheet.place(at, names)
            raise SourceError(f"{place}: {pairs[at][1]!r} is no force, region or country; correct the name")
    return AreaTable(
        sheet=sheet,
        title=title(sheet),
        first_row=first,
        areas=tuple(areas),
        cells=tuple(tuple(row) for row in rows[first : last + 1]),
        headings=tuple(_headings(text[:first], max(len(row) for row in rows))),
        labels=frozenset({names} if codes is None else {codes, names}),
        notes=tuple(row[0] for row in text[last + 1 :] if row and row[0]),
        forces=forces,
    )


def _at(row: list[str], position: int) -> str:
    return row[position] if position < len(row) else ""


def _name_column(rows: list[list[object]], forces: Forces) -> int | None:
    """Return the column with the forces' names: of the first four, the first that names most, and half of them."""
    named = []
    for column in range(4):
        cells = [as_text(row[column]) for row in rows if column < len(row) and isinstance(row[column], str)]
        areas = classify((("", cell) for cell in cells if len(cell) < 60), forces)
        named.append(len({area.id for area in areas if area and area.kind == "force"}))
    return named.index(max(named)) if max(named) > NUMBER_OF_FORCES // 2 else None


def _is_figure(cell: object) -> bool:
    """Return True for a number or a mark in place of one, and False for a blank and for words."""
    try:
        return as_text(cell) != "" and number_or_marker(cell) is not None
    except ValueError:
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


def classify(rows: Iterable[tuple[str, str]], forces: Forces) -> list[Area | None]:
    """Return what each (code, name) row is about, or None for a row that names no area.

    The code decides where there is one. "West Midlands" without a code is a region and a force: it is the force where
    the row before is a force of that region or the region itself. Raises ValueError when a force's code and name do
    not agree.
    """
    areas: list[Area | None] = []
    before: Area | None = None
    for code, name in rows:
        areas.append(_classify(code, name, before, forces))
        before = areas[-1] or before
    return areas


def _classified(
    sheet: Sheet, first: int, pairs: list[tuple[str, str]], names: int, forces: Forces
) -> list[Area | None]:
    """Return `classify` of the rows from `first` on; what it refuses is told with its cell."""
    for at, (code, name) in enumerate(pairs):
        try:
            _classify(code, name, None, forces)
        except ValueError as problem:
            raise SourceError(f"{sheet.place(first + at, names)}: {problem}") from None
    return classify(pairs, forces)


def _classify(code: str, name: str, before: Area | None, forces: Forces) -> Area | None:
    plain = _plain_name(name)
    if CODE.match(code) and code.startswith(FORCE_CODES):
        return _force_of_code(code, name, forces)
    if plain in COUNTRIES:
        return Area("country", COUNTRIES[plain])
    if CODE.match(code):
        return Area("region", REGIONS.get(plain, name.strip()))
    if plain == "west midlands" and _is_in_west_midlands(before, forces):
        return Area("force", "west-midlands")
    if plain in REGIONS:
        return Area("region", REGIONS[plain])
    return Area("body", BODIES[plain]) if plain in BODIES else _force_of_name(plain, forces)


def _plain_name(text: str) -> str:
    """Return an area's name without note marks, footnote digits, brackets, and "excluding" or "including" another."""
    without_brackets = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text)
    words = re.sub(r"[^a-z]+", " ", without_brackets.lower().replace("&", " and "))
    return re.sub(r" (exc|excl|excluding|inc|incl|including) .*", "", f"{words} ").strip()


def _is_in_west_midlands(area: Area | None, forces: Forces) -> bool:
    if area is None or area.kind not in ("force", "region"):
        return False
    return (area.id if area.kind == "region" else forces.find(area.id).region) == "West Midlands"


def _force_of_code(code: str, name: str, forces: Forces) -> Area:
    named = _force_of_name(_plain_name(name), forces)
    coded = next((Area("force", force.id) for force in forces if force.ons_code == code[:9]), None)
    if coded and named and coded != named:
        raise ValueError(
            f"code {code} is {forces.name(coded.id)}, and the name is {name!r}; "
            "take the corrected file from the publisher"
        )
    if area := coded or named:
        return area
    raise ValueError(f"area {code} {name!r} is none of the 43 forces; if it is a new code, add it to data/forces.csv")


def _force_of_name(plain: str, forces: Forces) -> Area | None:
    try:
        return Area("force", forces.find(plain).id) if plain else None
    except UnknownForceError:
        return None
