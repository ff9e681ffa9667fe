"""A table with a row a police force area: which rows are forces, where its columns are, and what they add up to."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.forces import NUMBER_OF_FORCES, Forces, UnknownForceError, plain_words
from peel_analysis.data.periods import Period
from peel_analysis.sources.headings import MARKERS, Marker, number_or_marker, year_to
from peel_analysis.sources.reading import LeftOut, PrintedTotal, Reading, Request, members_of
from peel_analysis.sources.sheets import Sheet, SourceError, as_text

CODE = re.compile(r"[EWKSN]\d{8}")  # with or without a footnote digit glued to its end
FORCE_CODES = ("E23", "W15")
OTHER_REGION_NAMES = {"yorkshire and humber": "Yorkshire and the Humber"}
OTHER_REGION_NAMES |= dict.fromkeys(("east of england", "eastern", "eastern region"), "East")
COUNTRIES = {name.lower(): name for name in ("England and Wales", "England", "Wales")}
COUNTRIES |= dict.fromkeys(("total forces", "all forces"), "England and Wales")  # "Total 43 forces"
BODIES = {name.lower(): name for name in ("British Transport Police", "Central service secondments")} | {
    "btp": "British Transport Police",
    "central services secondments": "Central service secondments",
    "total": "Total with bodies that are no police force area",
}
DECIMALS = 6  # a workbook's binary fractions carry noise behind the ninth
NO_FORCES = {"region": "regions", "country": "countries", "body": "bodies that are no force"}


class OtherTableError(SourceError):
    """A table that is not the one that its title says, or not whole: it is left by name, and the others are taken.

    What is wrong within a table that is laid out as it should be refuses the file.
    """


@dataclass(frozen=True)
class Area:
    """What a row of a table is about: `kind` is force, region, country or body; `id` is a force's id, else a name."""

    kind: str
    id: str


@dataclass(frozen=True, eq=False)
class AreaTable:
    """A sheet's rows from its first area to its last: what each is about, and each column's heading in one line."""

    sheet: Sheet
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
            place, is_force = self.place(row, position), area.kind == "force"
            if area in values and is_force:
                raise SourceError(f"{place}: a second row for {area.id}; take out one of the two")
            try:
                values.setdefault(area, number_or_marker(cells[position]))
            except ValueError as problem:
                raise SourceError(f"{place}: {problem}") from None
        return values

    def place_of(self, area: Area, position: int) -> str:
        """Return where an area's cell in a column is, in words."""
        return self.place(self.areas.index(area), position)

    def place(self, row: int, position: int | None = None) -> str:
        """Return where a cell is, in words; `row` counts from the first area, and -1 is the heading's last."""
        return self.sheet.place(self.first_row + row, position)


@dataclass(frozen=True)
class AreaWorkbook:
    """The tables of one workbook, each with what its sheet holds, and what they have given so far."""

    request: Request
    tables: tuple[tuple[str, AreaTable], ...]
    problems: list[OtherTableError]
    read: list[AreaTable] = field(default_factory=list)
    parts: list[pd.DataFrame] = field(default_factory=list)
    printed: list[PrintedTotal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def each(self, read: Callable[[str, AreaTable], Iterable["AreaColumn"]]) -> None:
        """Add the counts of each table, which `read` returns as columns; one that is another is left, and told of.

        Raises SourceError for what is wrong within a table, and the first refusal where none is left that can be read.
        """
        for what, table in self.tables:
            notes = len(self.notes)
            try:
                columns = list(read(what, table))
            except OtherTableError as problem:
                self.problems.append(problem)
                del self.notes[notes:]
                continue
            self.read.append(table)
            for column in columns:
                self._add(table, column)
        if not self.read and self.problems:
            raise self.problems[0]

    def _add(self, table: AreaTable, column: "AreaColumn") -> None:
        """Add a column's counts, one for each of the 43 forces, and the totals that are printed in it."""
        forces, values = self.request.forces, column.values
        found = [values.get(Area("force", force_id), MARKERS["[x]"]) for force_id in forces.ids]
        rows = {
            "force_id": forces.ids,
            "count": [pd.NA if isinstance(value, Marker) else value for value in found],
            "status": [value.status if isinstance(value, Marker) else "reported" for value in found],
        }
        same = {"item": column.item, "dimension": "", "release": self.request.release}
        same |= {"period_start": column.period.start.isoformat(), "period_end": column.period.end.isoformat()}
        self.parts.append(pd.DataFrame(rows).assign(**same))
        if blank := [force_id for force_id, value in zip(forces.ids, found, strict=True) if value == MARKERS[""]]:
            told = f"no figure for {forces.in_words(blank)}, {column.period.words}: the cell is blank"
            self.notes.append(f"{table.sheet.name}: {told}")
        figures = {area: value for area, value in values.items() if not isinstance(value, Marker)}
        for area in figures:
            if area.kind in ("region", "country"):
                total = _printed_total(area, figures, column.item, column.period.end, forces)
                self.printed.extend([total] if total else [])

    def reading(self, format_name: str, populations: Sequence[tuple[str, int, int, str]] = ()) -> Reading:
        """Return what was read of the workbook: counts and populations, with the account of both."""
        areas = [area for table in self.read for area in table.areas if area]
        kinds = Counter(area.kind for area in areas)
        left = [f"a table is left out: {problem}" for problem in self.problems]
        return self.request.reading(
            format_name,
            shape.combine(self.parts),
            populations,
            sheets_read=[table.sheet for table in self.read],
            rows_read=len(areas),
            left_out={plural: LeftOut(kinds[one]) for one, plural in NO_FORCES.items() if kinds[one]},
            notes=list(dict.fromkeys((*left, *self.notes))),
            printed_totals=self.printed,
        )


@dataclass(frozen=True)
class AreaColumn:
    """A column of a table: what it counts, in which period, and each area's number or marker."""

    item: str
    period: Period
    values: Mapping[Area, float | Marker]


def area_workbook(request: Request, kind: Callable[[Sheet], str | None], kinds_in_words: str) -> AreaWorkbook:
    """Return the tables of a workbook, each with what `kind` says that its sheet holds; other sheets are left.

    A table that names no forces, or lacks one that is not in `not_supplied`, is among the problems. Raises SourceError
    for a workbook with neither a table of the `kinds_in_words` nor a problem.
    """
    found: list[tuple[str, AreaTable]] = []
    problems: list[OtherTableError] = []
    for sheet in request.book.sheets:
        what = kind(sheet)
        if what is None:
            continue
        try:
            table = _whole_table(sheet, request)
        except OtherTableError as problem:
            problems.append(problem)
            continue
        found += [(what, table)] if table else []
    if not (found or problems):
        names = ", ".join(sheet.name for sheet in request.book.sheets)
        raise SourceError(f"{request.book.file}: no table of {kinds_in_words} among the sheets {names}")
    return AreaWorkbook(request, tuple(found), problems)


def _whole_table(sheet: Sheet, request: Request) -> AreaTable | None:
    """Return the sheet's table, or None for a list of contents, which repeats a table's title.

    Raises OtherTableError for a table that names no forces or lacks one that is not in `not_supplied`, and SourceError
    for a row that is no area's.
    """
    table = _find_table(sheet, request.forces)
    if table is None:
        if sum(isinstance(cell, float) for row in sheet.rows() for cell in row) < NUMBER_OF_FORCES:
            return None
        raise OtherTableError(f"{sheet.place(0)}: no column names the forces; give the table as published")
    named = {area.id for area in table.areas if area and area.kind == "force"}
    try:
        request.missing(named, table.place(0), "the table has no row")
    except SourceError as problem:
        raise OtherTableError(str(problem)) from None
    return table


def refuse_days_to_come(day: date, place: str) -> None:
    """Raise SourceError for a heading that names a day after today: nothing has been counted then."""
    if day > datetime.now(tz=UTC).date():
        raise SourceError(f"{place}: the heading names {day}, which is still to come; correct the year")


def _printed_total(
    area: Area, figures: Mapping[Area, float], item: str, end: date, forces: Forces
) -> PrintedTotal | None:
    """Return a printed region or country beside the sum of its forces that have a figure, or None when none has.

    A printed total may hold bodies that are no force as well, or leave one force out without saying so in its row:
    where exactly that makes the two agree, the sum returned is that one, and `without` names the force left out.
    """
    members = members_of(area.id, forces)
    with_figure = {force_id: figures[one] for force_id in members if (one := Area("force", force_id)) in figures}
    if not with_figure:
        return None
    without = tuple(force_id for force_id in members if force_id not in with_figure)
    bodies = sum(value for one, value in figures.items() if one.kind == "body" and not one.id.startswith("Total"))

    candidates = [(0, without, 0), (bodies, without, bodies)]
    candidates += [(-figure, tuple(sorted((*without, one))), 0) for one, figure in with_figure.items() if figure]
    summed, printed = sum(with_figure.values()), (item, area.id, end.isoformat(), figures[area])
    totals = [
        PrintedTotal(*printed, round(summed + added, DECIMALS), left_out, round(held, DECIMALS))
        for added, left_out, held in candidates
    ]
    return next((one for one in totals if one.agrees), totals[0])


def title(sheet: Sheet) -> str:
    """Return the text above a table: the first cells of the sheet's first rows that have any."""
    return " ".join(cell for row in [row for row in sheet.top if any(row)][:5] for cell in row[:2] if cell)


def _find_table(sheet: Sheet, forces: Forces) -> AreaTable | None:
    """Return the sheet's table of areas, or None when no column names at least half of the forces.

    Raises SourceError for a row of numbers that names no area within the table, or a force under another's code.
    """
    found = sheet.rows()
    names = _name_column(found, forces)
    if names is None:
        return None
    width = max(map(len, found))
    rows = [[*row, *[""] * (width - len(row))] for row in found]
    text = [[as_text(cell) for cell in row] for row in rows]
    codes = next((at for at in range(names) if sum(bool(CODE.match(row[at])) for row in text) > 20), None)
    pairs = [(row[codes] if codes is not None else "", row[names]) for row in text]
    by_name = list(classify((("", name) for _, name in pairs), forces))
    inside = [  # not a line "England and Wales" above the heading
        at
        for at, (code, _) in enumerate(pairs)
        if CODE.match(code) or (by_name[at] is not None and any(map(_is_figure, rows[at][names + 1 :])))
    ]
    first, last = min(inside), max(inside)
    areas: list[Area | None] = []
    try:
        for area in classify(pairs[first : last + 1], forces):
            areas.append(area)
    except ValueError as problem:
        raise SourceError(f"{sheet.place(first + len(areas), names)}: {problem}") from None
    for at, area in enumerate(areas, start=first):
        if area is None and any(isinstance(cell, (int, float)) for cell in rows[at][names + 1 :]):
            place = sheet.place(at, names)
            raise SourceError(f"{place}: {pairs[at][1]!r} is no force, region or country; correct the name")
    return AreaTable(
        sheet=sheet,
        first_row=first,
        areas=tuple(areas),
        cells=tuple(tuple(row) for row in rows[first : last + 1]),
        headings=tuple(_headings(text[:first], width)),
        labels=frozenset({names} if codes is None else {codes, names}),
        notes=tuple(row[0] for row in text[last + 1 :] if row[0]),
    )


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
    with suppress(ValueError):
        return as_text(cell) != "" and number_or_marker(cell) is not None
    return False


def _headings(above: list[list[str]], width: int) -> list[str]:
    """Return the text above each column in one line; a heading that names a period covers the blanks to its right."""
    headings = [""] * width
    for row in above:
        filled = [position for position, cell in enumerate(row) if cell]
        if not filled or filled == [0]:  # a title, or a line of text about the table
            continue
        over = ""
        for position, cell in enumerate(row):
            if cell:
                over = cell if year_to(cell) else ""
            headings[position] = f"{headings[position]} {cell or over}".strip()
    return headings


def classify(rows: Iterable[tuple[str, str]], forces: Forces) -> Iterator[Area | None]:
    """Yield what each (code, name) row is about, or None for a row that names no area.

    The code decides where there is one. "West Midlands" without a code is a region and a force: it is the force where
    the row before is a force of that region or the region itself. Raises ValueError when a force's code and name do
    not agree.
    """
    regions = {force.region.lower(): force.region for force in forces} | OTHER_REGION_NAMES
    before: Area | None = None
    for code, name in rows:
        area = _classify(code, name, before, forces, regions)
        yield area
        before = area or before


def _classify(code: str, name: str, before: Area | None, forces: Forces, regions: Mapping[str, str]) -> Area | None:
    plain = _plain_name(name)
    if CODE.match(code) and code.startswith(FORCE_CODES):
        return _force_of_code(code, name, forces)
    if plain in COUNTRIES:
        return Area("country", COUNTRIES[plain])
    if CODE.match(code):
        return Area("region", regions.get(plain, name.strip()))
    if plain == "west midlands" and before and before.kind in ("force", "region"):
        region = before.id if before.kind == "region" else forces.find(before.id).region
        if region == "West Midlands":
            return Area("force", "west-midlands")
    if plain in regions:
        return Area("region", regions[plain])
    return Area("body", BODIES[plain]) if plain in BODIES else _force_of_name(plain, forces)


def _plain_name(text: str) -> str:
    """Return an area's name without note marks, footnote digits, brackets, and "excluding" or "including" another."""
    without_brackets = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text)
    return re.sub(r" (exc|excl|excluding|inc|incl|including) .*", "", f"{plain_words(without_brackets)} ").strip()


def _force_of_code(code: str, name: str, forces: Forces) -> Area:
    named = _force_of_name(_plain_name(name), forces)
    coded = next((Area("force", force.id) for force in forces if force.ons_code == code[:9]), None)
    if coded and named and coded != named:
        both = f"code {code} is {forces.name(coded.id)}, and the name is {name!r}"
        raise ValueError(f"{both}; take the corrected file from the publisher")
    if area := coded or named:
        return area
    raise ValueError(
        f"area {code} {name!r} is none of the 43 forces; if a force has a new name, add it to data/force_names.csv"
    )


def _force_of_name(plain: str, forces: Forces) -> Area | None:
    with suppress(UnknownForceError):
        return Area("force", forces.find(plain).id) if plain else None
    return None
