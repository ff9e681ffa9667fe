"""Workbooks with a row a police force area: the ONS police force area data tables, and Home Office police workforce.

Tables are found by their titles and headings, not by their numbers. Of the ONS three are read: incidents of anti-social
behaviour and their rates by year (P7 in year ending March 2018), mid-year populations (P9), and the population column
of the table of crime rates (P3). Of the workforce a table is read when it counts one kind of worker by force, as at a
date; tables by rank, by sex or over many years are left.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.sources.area_tables import (
    DECIMALS,
    Area,
    AreaColumn,
    AreaTable,
    AreaWorkbook,
    OtherTableError,
    area_workbook,
    refuse_days_to_come,
    title,
)
from peel_analysis.sources.headings import MARKERS, Marker, days_in, fold, year_to
from peel_analysis.sources.reading import Reading, Request
from peel_analysis.sources.sheets import Sheet, SourceError, as_text

AREAS_FORMAT, WORKFORCE_FORMAT = "ONS police force area data tables", "Home Office police workforce tables"
ITEM = "asb_incidents"
INCIDENTS, MID_YEARS, CRIME_RATES = "incidents", "mid-year populations", "crime rates"
POPULATION_OF_RATES = re.compile(r"population figures?.*mid[ -]?((?:19|20)\d\d)", re.IGNORECASE | re.DOTALL)
MID_YEARS_BEFORE = 2  # the rate of year ending March 2018 divides by the mid-2016 population, and so for each year
RATE = re.compile(r"\brates?\b|\bper (\d|(one )?(hundred|thousand|million)|head|capita|person|mille)")
# A rate is per 1,000 people, or does not say per what; not "per 1,000 households" or "per 10,000"
PER_THOUSAND = re.compile(
    r"\bper (1 ?000|(one )?thousand)(?! (000|adult|household|dwelling|officer|vehicle|crime|offence|victim|incident))\b"
    r"|^(?!.*\bper\b)"
)
THOUSAND_BY_STROKE = re.compile(r"/(?=\s*(1[, ]?000|thousand|head|person)\b)", re.IGNORECASE)
FEW = 4  # cells of a table of headcounts that need not be whole: one in ten forces
EXACT = 1e-4  # persons: rates in full give whole populations to 1e-8; rounded rates miss by hundreds
LONDON, CITY, METROPOLITAN = Area("region", "London"), Area("force", "city-of-london"), Area("force", "metropolitan")
Populations = dict[tuple[str, int], int]
WORKERS = {
    "police officers": "police_officers",
    "police staff": "police_staff",
    "police staff and designated officers": "police_staff_and_designated_officers",
    "designated officers": "designated_officers",
    "police community support officers": "police_community_support_officers",
    "special constables": "special_constables",
    "police support volunteers": "police_support_volunteers",
}
UNITS = {"full time equivalent": "fte", "headcount": "headcount"}
NIL = re.compile(r"['‘\"]?\s*[-–]\s*['’\"]?\s*(?:denotes|=|means)\s*nil", re.IGNORECASE)


def table_of_areas(sheet: Sheet) -> str | None:
    """Return which table a sheet holds, by its title or its headings, or None when it is none of those read."""
    words = fold(title(sheet))
    if "anti social behaviour incidents" in words and not re.search(r"\bcategory|experiences|percentage change", words):
        return INCIDENTS
    if re.search(r"\bmid year population estimates\b", words):
        return MID_YEARS
    if any(POPULATION_OF_RATES.search(cell) for row in sheet.top for cell in row):
        return CRIME_RATES
    return None


def read_areas(request: Request) -> Reading:
    """Return incidents by force and year ending March (item `asb_incidents`), and populations by force and mid-year.

    The populations behind the rates of incidents (incidents / rate * 1,000) get the first of the `vintages`, by default
    the release with "-rates"; printed populations, rounded to hundreds, get the second, else the release. Regions,
    countries and bodies that are no force are left out and counted; so is, by name, a table without all 43 forces or
    with rates alone. Forces in `not_supplied` may be missing, and get blank rows. Raises
    SourceError where no table is left, for cells and headings that are not understood, and for two tables that
    contradict each other.
    """
    workbook = area_workbook(request, table_of_areas, "incidents or populations")
    behind_rates, printed = Populations(), Populations()
    years: dict[str, str] = {}

    def columns_of(what: str, table: AreaTable) -> list[AreaColumn]:
        columns, people = _read_incidents(table, workbook) if what == INCIDENTS else ([], Populations())
        for (force_id, year), number, place in list(_printed_populations(table, mid_years=what == MID_YEARS)):
            if (before := printed.setdefault((force_id, year), number)) != number:
                both = f"population {number:,}, and {before:,} elsewhere in the workbook"
                raise SourceError(f"{place}: {both}; take the corrected file")
        for column in columns:
            _refuse_twice(years, f"incidents of the {column.period.words}", table.sheet)
        behind_rates.update(people)
        return columns

    workbook.each(columns_of)
    of_rates, of_printed = request.vintages[0] or f"{request.release}-rates", request.vintages[1] or request.release
    populations = [
        (force_id, year, people, vintage)
        for vintage, found in ((of_rates, behind_rates), (of_printed, printed))
        for (force_id, year), people in found.items()
    ]
    return workbook.reading(AREAS_FORMAT, populations)


def _refuse_twice(held: dict[str, str], what: str, sheet: Sheet) -> None:
    """Refuse what another sheet holds as well: which of the two is right is not for a reader to choose."""
    if (before := held.setdefault(what, sheet.name)) != sheet.name:
        raise SourceError(f"{sheet.place(0)}: holds {what}, as sheet '{before}' does; take one out")


def _read_incidents(table: AreaTable, workbook: AreaWorkbook) -> tuple[list[AreaColumn], Populations]:
    """Return a table's columns of incidents, and the populations behind its rates."""
    counts, rates = _columns_by_year(table)
    if not counts:
        remedy = "take the table that has the number of incidents beside the rate"
        raise OtherTableError(f"{table.place(-1)}: the table holds rates alone, which are no counts; {remedy}")
    columns: list[AreaColumn] = []
    found: Populations = {}
    for end, position in counts.items():
        values = table.values(position)
        if fraction := next(_fractions(values), None):
            told = f"found {values[fraction]} where a whole number should be; correct it"
            raise SourceError(f"{table.place_of(fraction, position)}: {told}")
        columns.append(AreaColumn(ITEM, periods.twelve_months_to(end), values))
        people = _people(table, position, rates[end], workbook, f"the year to {end}") if end in rates else {}
        found |= {(force_id, end.year - MID_YEARS_BEFORE): number for force_id, number in people.items()}
    names = [f"{force.name} {ending}" for force in workbook.request.forces for ending in ("Police", "Constabulary")]
    workbook.notes.extend(note for note in table.notes if any(name in note for name in names))
    return columns, found


def _fractions(values: Mapping[Area, float | Marker]) -> Iterator[Area]:
    """Yield the forces whose number is not whole."""
    for area, value in values.items():
        if area.kind == "force" and isinstance(value, float) and not value.is_integer():
            yield area


def _columns_by_year(table: AreaTable) -> tuple[dict[date, int], dict[date, int]]:
    """Return the columns of counts and of rates by the last day of their year; other columns are an error."""
    counts: dict[date, int] = {}
    rates: dict[date, int] = {}
    rates_alone = _is_rate(title(table.sheet)) and not any(map(_is_rate, table.headings))
    for position, heading in enumerate(table.headings):
        if position in table.labels or not any(row[position] != "" for row in table.cells):
            continue
        words = fold(heading)
        if re.search(r"per ?cent|change", words) or "%" in heading or POPULATION_OF_RATES.search(heading):
            continue
        place, end = table.place(-1, position), year_to(heading)
        if end is None or not (_is_rate(heading) or re.search(r"number|incidents", words)):
            wrong = "names no year, or no number or rate; give it its published heading"
            raise SourceError(f"{place}: the heading {heading!r} {wrong}")
        refuse_days_to_come(end, place)
        if _is_rate(heading) and not PER_THOUSAND.search(_rate_words(heading)):
            wrong = "is a rate per something else than 1,000 population; give the table as published"
            raise SourceError(f"{place}: the heading {heading!r} {wrong}")
        into = rates if rates_alone or _is_rate(heading) else counts
        if end in into:
            raise SourceError(f"{place}: a second column for the year to {end}; take out one")
        into[end] = position
    return counts, rates


def _rate_words(heading: str) -> str:
    """Return a heading's words, with "per" for a stroke: "rate / 1,000" says what "rate per 1,000" says."""
    return fold(THOUSAND_BY_STROKE.sub(" per ", re.sub(r"['’‘]000\b", "1000", heading)))


def _is_rate(heading: str) -> bool:
    return bool(RATE.search(_rate_words(heading)))


def _people(table: AreaTable, counts: int, rates: int, workbook: AreaWorkbook, year: str) -> dict[str, int]:
    """Return the populations behind a year's rates, or none where these are rounded, which a note says.

    Raises SourceError for incidents and a rate that no population gives.
    """
    of_counts, of_rates = table.values(counts), table.values(rates)
    people = _behind_rates(of_counts, of_rates)
    for force_id, number in people.items():
        if number < 1:
            told = f"the incidents of {year} and their rate give a population of {number:,.0f}; correct one of the two"
            raise SourceError(f"{table.place_of(Area('force', force_id), counts)}: {told}")
    lacking = [area.id for area, rate in of_rates.items() if area.kind == "force" and rate in (0, MARKERS[""])]
    if lacking := [force_id for force_id in lacking if force_id not in people]:
        names = workbook.request.forces.in_words(lacking)
        workbook.notes.append(f"{table.sheet.name}: no rate for {names} in {year}, so no population behind it")
    if any(abs(number - round(number)) > EXACT for number in people.values()):
        workbook.notes.append(f"{table.sheet.name}: rates of {year} are rounded, so they give no exact populations")
        return {}
    return {force_id: round(number) for force_id, number in people.items()}


def _behind_rates(counts: dict[Area, float | Marker], rates: dict[Area, float | Marker]) -> dict[str, float]:
    """Return the populations by force that a year's rates were divided by; whole when the rates are printed in full.

    The City of London has no rate of its own before 2019: its population is London's less the Metropolitan Police's.
    """
    people: dict[Area, float] = {}
    for area, rate in rates.items():
        incidents = counts[area]
        if isinstance(rate, float) and isinstance(incidents, float) and rate:
            people[area] = incidents / rate * 1000
    if CITY not in people and LONDON in people and METROPOLITAN in people:
        people[CITY] = people[LONDON] - people[METROPOLITAN]
    return {area.id: value for area, value in people.items() if area.kind == "force"}


def _printed_populations(table: AreaTable, *, mid_years: bool) -> Iterator[tuple[tuple[str, int], int, str]]:
    """Yield the printed populations by force_id and mid-year, each with its place.

    They are in each column of a table of mid-years, elsewhere in the one beside the rates of crime.
    """
    for position, heading in enumerate(table.headings):
        year = re.search(r"((?:19|20)\d\d)\d?$", fold(heading)) if mid_years else POPULATION_OF_RATES.search(heading)
        if year is None or (mid_years and position in table.labels):
            continue
        for area, value in table.values(position).items():
            if area.kind == "force" and not isinstance(value, Marker):
                yield (area.id, int(year[1])), round(value), table.place_of(area, position)


def workers(sheet: Sheet) -> str | None:
    """Return the item that a sheet counts by force, without its unit, or None when it is none of those read."""
    words = re.sub(r"\([^)]*\)", " ", title(sheet))
    before, by_area, _ = fold(words).partition(" by police force area")
    kind = re.sub(r"^(table [a-z]?\d+[a-z]? )?(number of )?|full time equivalents? |\bfte\b|\d+| combined$", "", before)
    return WORKERS.get(" ".join(kind.split())) if by_area else None


def read_workforce(request: Request) -> Reading:
    """Return the workers of each kind by force and date, an item each: `police_officers_fte` and so on.

    Full-time equivalents keep their decimals; `..` and other marks become blank counts with their reason, and a dash is
    nil where a note says so. So does a headcount that is not whole, which is told of. Regions, totals and bodies that
    are no force are left out and counted; columns of change are not read; a table without all 43 forces, a date or a
    unit is left by name. Forces in `not_supplied` may be missing, and get blank rows.
    Raises SourceError where no table is left, for a cell that is not understood, and for two tables of one item.
    """
    workbook = area_workbook(request, workers, "one kind of worker by force")
    items: dict[str, str] = {}

    def columns_of(workers_of: str, table: AreaTable) -> list[AreaColumn]:
        item = f"{workers_of}_{_unit(table.sheet)}"
        _refuse_twice(items, item, table.sheet)
        columns = _columns_by_day(table)
        dash_is_nil = any(NIL.match(cell) for row in table.sheet.rows() for cell in row if isinstance(cell, str))
        return [
            AreaColumn(item, periods.Period(day, day), _workers_in(table, position, item, workbook, nil=dash_is_nil))
            for day, position in columns.items()
        ]

    workbook.each(columns_of)
    return workbook.reading(WORKFORCE_FORMAT)


def _workers_in(
    table: AreaTable, position: int, item: str, workbook: AreaWorkbook, *, nil: bool
) -> dict[Area, float | Marker]:
    """Return a column's workers by area; a dash is none of them where `nil`.

    A published headcount that is not whole counts something else than people: its cell is blank, and a note names it.
    Raises SourceError for more than a few of these: the table is not of heads then.
    """
    values = table.values(position)
    fractions = [] if item in shape.FRACTIONAL else list(_fractions(values))
    if len(fractions) > FEW:
        told = f"found {values[fractions[0]]} where a whole number should be, and {len(fractions) - 1} more such cells"
        raise OtherTableError(f"{table.place_of(fractions[0], position)}: {told}; the table says that it counts heads")
    for area in fractions:
        place, told = table.place_of(area, position), f"{values[area]} is no whole number of people"
        workbook.notes.append(f"{place}: {told}; the count is left blank, as not comparable")
        values[area] = MARKERS["*"]
    for area, value in values.items():
        if not isinstance(value, Marker):
            values[area] = round(value, DECIMALS)
        elif nil and value in (MARKERS["-"], MARKERS["–"]):
            values[area] = 0.0
    return values


def _unit(sheet: Sheet) -> str:
    """Return "fte" or "headcount", which a cell above the table says. Raises SourceError when none does."""
    cells = (fold(cell) for row in sheet.top for cell in row)
    if unit := next((unit for cell in cells for words, unit in UNITS.items() if words in cell), None):
        return unit
    raise OtherTableError(
        f"{sheet.place(0)}: neither 'Full-time equivalents' nor 'Headcount' is above the table; add it"
    )


def _columns_by_day(table: AreaTable) -> dict[date, int]:
    """Return the columns headed by one day; columns of change are headed by words."""
    columns: dict[date, int] = {}
    rows = table.sheet.rows(table.first_row)[-6:]
    for position in range(len(table.headings)):
        above = [row[position] for row in rows if position < len(row) and row[position] != ""]
        if position in table.labels or re.search(r"change|%|per ?cent", " ".join(map(as_text, above)), re.IGNORECASE):
            continue
        named = [day for cell in above for day in days_in(cell)]
        if not named:
            continue
        place = table.place(-1, position)
        if len(set(named)) > 1 or named[0] in columns:
            raise SourceError(f"{place}: {named[0]} heads another column too; take one out")
        refuse_days_to_come(named[0], place)
        columns[named[0]] = position
    if not columns:
        raise OtherTableError(f"{table.place(-1, 1)}: no column is headed by a day, such as 30 September 2018; add it")
    return columns
