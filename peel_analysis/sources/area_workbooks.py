"""Workbooks with a row a police force area: the ONS police force area data tables, and Home Office police workforce.

Tables are found by their titles and headings, not by their numbers. Of the ONS three are read: incidents of anti-social
behaviour and their rates by year (P7 in year ending March 2018), mid-year populations (P9), and the population column
of the table of crime rates (P3). Of the workforce a table is read when it counts one kind of worker by force, as at a
date; tables by rank, by sex or over many years are left.
"""

import re
from datetime import date

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.sources.area_tables import DECIMALS, Area, AreaTable, AreaWorkbook, area_workbook, title
from peel_analysis.sources.headings import MARKERS, Marker, days_in, fold, year_to
from peel_analysis.sources.reading import Reading, Request
from peel_analysis.sources.sheets import Sheet, SourceError, as_text

AREAS_FORMAT, WORKFORCE_FORMAT = "ONS police force area data tables", "Home Office police workforce tables"
ITEM = "asb_incidents"
INCIDENTS, MID_YEARS, CRIME_RATES = "incidents", "mid-year populations", "crime rates"
POPULATION_OF_RATES = re.compile(r"population figures?.*mid[ -]?((?:19|20)\d\d)", re.IGNORECASE | re.DOTALL)
MID_YEARS_BEFORE = 2  # the rate of year ending March 2018 divides by the mid-2016 population, and so for each year
RATE = re.compile(r"\brates?\b|\bper (\d[\d ]*|thousand|head|person)")  # in a heading without its punctuation
PER_THOUSAND = ("1000", "thousand")
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
    countries and bodies that are no force are left out and counted. Forces in `not_supplied` may be missing, and get
    blank rows. Raises SourceError for a table without all 43 forces and for cells and headings not understood.
    """
    workbook = area_workbook(request, table_of_areas, "incidents or populations")
    behind_rates, printed = Populations(), Populations()
    for what, table in workbook.tables:
        if what == INCIDENTS:
            behind_rates |= _read_incidents(table, workbook)
        _add_printed(table, printed, mid_years=what == MID_YEARS)
    of_rates, of_printed = request.vintages[0] or f"{request.release}-rates", request.vintages[1] or request.release
    populations = [
        (force_id, year, people, vintage)
        for vintage, found in ((of_rates, behind_rates), (of_printed, printed))
        for (force_id, year), people in found.items()
    ]
    return workbook.reading(AREAS_FORMAT, populations)


def _read_incidents(table: AreaTable, workbook: AreaWorkbook) -> Populations:
    """Add a table of incidents to what the workbook gives; return the populations behind its rates."""
    counts, rates = _columns_by_year(table)
    found: Populations = {}
    for end, position in counts.items():
        values = table.values(position, whole=True)
        workbook.add(values, ITEM, periods.twelve_months_to(end).start, end)
        people = _behind_rates(values, table.values(rates[end])) if end in rates else {}
        if any(abs(value - round(value)) > EXACT for value in people.values()):
            rounded = f"rates of the year to {end} are rounded, so they give no exact populations"
            workbook.notes.append(f"{table.sheet.name}: {rounded}")
        else:
            found |= {(force_id, end.year - MID_YEARS_BEFORE): round(value) for force_id, value in people.items()}
    names = [f"{force.name} {ending}" for force in workbook.request.forces for ending in ("Police", "Constabulary")]
    workbook.notes.extend(note for note in table.notes if any(name in note for name in names))
    return found


def _columns_by_year(table: AreaTable) -> tuple[dict[date, int], dict[date, int]]:
    """Return the columns of counts and of rates by the last day of their year; other columns are an error."""
    counts: dict[date, int] = {}
    rates: dict[date, int] = {}
    for position, heading in enumerate(table.headings):
        if position in table.labels or not any(row[position] != "" for row in table.cells):
            continue
        words = fold(heading)
        if re.search(r"per ?cent|change", words) or "%" in heading or POPULATION_OF_RATES.search(heading):
            continue
        end = year_to(heading)
        if end is None or not (RATE.search(words) or re.search(r"number|incidents", words)):
            wrong = "names no year, or no number or rate; give it its published heading"
            raise SourceError(f"{table.place(-1, position)}: the heading {heading!r} {wrong}")
        rate = RATE.search(words)
        if rate and rate[1] and rate[1].replace(" ", "") not in PER_THOUSAND:
            wrong = "is a rate per something else than 1,000 population; give the table as published"
            raise SourceError(f"{table.place(-1, position)}: the heading {heading!r} {wrong}")
        into = rates if rate else counts
        if end in into:
            raise SourceError(f"{table.place(-1, position)}: a second column for the year to {end}; take out one")
        into[end] = position
    return counts, rates


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


def _add_printed(table: AreaTable, found: Populations, *, mid_years: bool) -> None:
    """Add the printed populations: each column of a table of mid-years, elsewhere the one beside the rates of crime.

    Raises SourceError for a population that another table of the workbook prints otherwise.
    """
    for position, heading in enumerate(table.headings):
        year = re.search(r"((?:19|20)\d\d)\d?$", fold(heading)) if mid_years else POPULATION_OF_RATES.search(heading)
        if year is None or (mid_years and position in table.labels):
            continue
        for area, value in table.values(position).items():
            if area.kind != "force" or isinstance(value, Marker):
                continue
            before = found.setdefault((area.id, int(year[1])), round(value))
            if before != round(value):
                here, both = table.place(table.areas.index(area), position), f"{round(value):,}, and {before:,}"
                raise SourceError(f"{here}: population {both} elsewhere in the workbook; take the corrected file")


def workers(sheet: Sheet) -> str | None:
    """Return the item that a sheet counts by force, without its unit, or None when it is none of those read."""
    words = re.sub(r"\([^)]*\)", " ", title(sheet))
    before, by_area, _ = fold(words).partition(" by police force area")
    kind = re.sub(r"^(table [a-z]?\d+[a-z]? )?(number of )?|full time equivalents? |\bfte\b|\d+| combined$", "", before)
    return WORKERS.get(" ".join(kind.split())) if by_area else None


def read_workforce(request: Request) -> Reading:
    """Return the workers of each kind by force and date, an item each: `police_officers_fte` and so on.

    Full-time equivalents keep their decimals; `..` and other marks become blank counts with their reason, and a dash is
    nil where a note says so. Regions, totals and bodies that are no force are left out and counted; columns of change
    are not read. Forces in `not_supplied` may be missing, and get blank rows. Raises SourceError for a table without
    all 43 forces, for two tables of one item, and for a date or a cell that is not understood.
    """
    workbook = area_workbook(request, workers, "one kind of worker by force")
    sheets: dict[str, str] = {}
    for workers_of, table in workbook.tables:
        item = f"{workers_of}_{_unit(table.sheet)}"
        columns = _columns_by_day(table)
        if item in sheets:
            raise SourceError(f"{table.sheet.place(0)}: holds {item}, as sheet '{sheets[item]}' does; take one out")
        sheets[item] = table.sheet.name
        dash_is_nil = any(NIL.match(cell) for row in table.sheet.rows() for cell in row if isinstance(cell, str))
        for day, position in columns.items():
            values = table.values(position, whole=item not in shape.FRACTIONAL)
            for area, value in values.items():
                if not isinstance(value, Marker):
                    values[area] = round(value, DECIMALS)
                elif dash_is_nil and value in (MARKERS["-"], MARKERS["–"]):
                    values[area] = 0.0
            workbook.add(values, item, day, day)
    return workbook.reading(WORKFORCE_FORMAT)


def _unit(sheet: Sheet) -> str:
    """Return "fte" or "headcount", which a cell above the table says. Raises SourceError when none does."""
    cells = (fold(cell) for row in sheet.top for cell in row)
    if unit := next((unit for cell in cells for words, unit in UNITS.items() if words in cell), None):
        return unit
    raise SourceError(f"{sheet.place(0)}: neither 'Full-time equivalents' nor 'Headcount' is above the table; add it")


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
        if len(set(named)) > 1 or named[0] in columns:
            raise SourceError(f"{table.place(-1, position)}: {named[0]} heads another column too; take one out")
        columns[named[0]] = position
    if not columns:
        raise SourceError(f"{table.place(-1, 1)}: no column is headed by a day, such as 30 September 2018; add it")
    return columns
