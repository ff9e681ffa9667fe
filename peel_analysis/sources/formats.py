"""The published formats: which one a file is, told by what is in it and never by its name, and which release it is.

Tables that were read off public pages have no published file. They are read here too, each by its name in
data/published_files.toml.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.data.forces import Forces
from peel_analysis.data.settings import PublishedFile
from peel_analysis.sources import area_workbooks as areas
from peel_analysis.sources import crime_tables as crime
from peel_analysis.sources import data_return
from peel_analysis.sources.area_tables import DECIMALS, title
from peel_analysis.sources.headings import YEAR_ENDING, Field, days, fold, likeness, year_to
from peel_analysis.sources.limits import told_with_its_place
from peel_analysis.sources.reading import Reading, Request
from peel_analysis.sources.sheets import Book, Sheet, SourceError, sha256

PUBLISHED = re.compile(r"publish|release|last updated|date of", re.IGNORECASE)
LATER = re.compile(r"\bnext\b|\bwill be\b", re.IGNORECASE)  # a cover announces the release after this one
INSTEAD = (  # tables that are not read: what a cell near the top says of them, what they are, and which to take
    (
        r"worker type",
        "the open data table of the police workforce, a row a force, date and worker type",
        "take the workbook of the same publication, which has a table by police force area for each kind of worker",
    ),
    (
        r"(.* )?police force areas?( .*)?",
        "tables by police force area, and none counts anti-social behaviour incidents, populations or a kind of worker",
        "take crimes and outcomes from the Home Office's open data tables, incidents and populations from the ONS "
        "tables of a year ending March, and officers from the Home Office's police workforce tables",
    ),
)
OPEN_ENDED = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:onwards|and later)", re.IGNORECASE)
TRANSCRIBED = "transcribed table"
WHOLE = re.compile(r"\d+")
WITH_DECIMALS = ("workers by day",)  # readers of transcribed tables whose numbers need not be whole
WORKERS_CALLED = {one.removesuffix("s"): one for one in areas.WORKERS.values()}  # police_officer for police_officers
OUTCOME_TYPES = {f"t{number}": str(number) for number in (1, 2, 3, 6, 7, 8, 22)} | {"assigned": "all"}
CITY_POPULATIONS = {"daytime-2014": "total daytime population", "workday-2014": "workday population"}


@dataclass(frozen=True)
class Format:
    """A published format: its name, its name in data/published_files.toml, its reader, and what it is known by.

    That is the `fields` that a heading row names, or the `kind` of tables that sheets with a title hold; `dates` finds
    in a title the days that name a release. `may_lack_forces` says that the reader can be told of forces without rows.
    """

    name: str
    reader: str
    reading_of: Callable[[Request], Reading]
    fields: Sequence[Field] = ()
    kind: Callable[[Sheet], object] | None = None
    dates: Callable[[str], Iterable[date]] | None = None
    may_lack_forces: bool = True

    def read(self, request: Request) -> Reading:
        """Return what is read of a file. Raises InputError, in one line, for whatever stops it."""
        with told_with_its_place(request.book.file):
            return self.reading_of(request)

    def likeness(self, book: Book) -> tuple[int, int]:
        """Return how like this format a file is, to compare with the others: what it lacks, and what it has."""
        return (0, 10 * len(self._tables(book))) if self.kind else likeness(book, self.fields)

    def release(self, book: Book) -> str:
        """Return the latest month that the titles of the tables read name, or the cover: "2018-03"; "" for none."""
        if self.dates and self.kind:
            return _latest(day for sheet in self._tables(book) for day in self.dates(title(sheet)))
        return _release_on_cover(book) if self.dates else ""

    def _tables(self, book: Book) -> list[Sheet]:
        return [sheet for sheet in book.sheets if self.kind and self.kind(sheet) is not None]


def recognise(book: Book) -> Format:
    """Return the format of a file, by its sheets' titles and headings.

    A heading that lacks a column still shows which format is meant, so that its reader can say what is missing.
    Raises SourceError, naming what each sheet starts with, for a file that is like none of the formats.
    """
    with told_with_its_place(book.file):
        likely = [(like, known) for known in FORMATS if (like := known.likeness(book))[1]]
    if likely:
        return max(likely, key=lambda pair: pair[0])[1]
    starts = [
        f"{sheet.place(0).removeprefix(book.file + ', ')} starts with "
        f"{next((cell for row in sheet.top for cell in row if cell), 'nothing')[:60]!r}"
        for sheet in book.sheets[:5]
    ]
    near_top = {fold(cell) for sheet in book.sheets for row in sheet.top for cell in row}
    for said, what, remedy in INSTEAD:
        if any(re.fullmatch(said, cell) for cell in near_top):
            raise SourceError(f"{book.file}: {what}, which is not read ({starts[0]}){book.hidden_in_words}; {remedy}")
    names = "; ".join(known.name for known in FORMATS)
    raise SourceError(
        f"{book.file}: not a format known here ({'; '.join(starts)}){book.hidden_in_words}; the formats are: {names}"
    )


def _release_on_cover(book: Book) -> str:
    """Return the month in which a cover or notes say the file was published, else of the year it covers, or "".

    "Year ending March 2013 onwards" names the first year of many, so it is no release.
    """
    filled = [[list(filter(None, row)) for row in sheet.top] for sheet in book.sheets]
    covers = [rows for rows in filled if sum(len(row) > 4 for row in rows) <= 5]  # open data has rows from the top on
    lines = [" ".join(row) for rows in covers for row in rows]
    said = [line for line in lines if PUBLISHED.search(line) and not LATER.search(line)]
    published = _latest(day for line in said for day in days(line))
    return published or _latest(year for line in lines for year in years_ending(line))


def years_ending(text: str) -> Iterator[date]:
    """Yield the last days of the years that a text names: "year ending March 2018"."""
    for match in YEAR_ENDING.finditer(text):
        year = year_to(match[0])
        if year and not OPEN_ENDED.match(text, match.end()):
            yield year


def _latest(dates: Iterable[date]) -> str:
    latest = max(dates, default=None)
    return f"{latest:%Y-%m}" if latest else ""


FORMATS = (
    Format(crime.CRIME_FORMAT, "recorded crime", crime.read_crime, crime.CRIME_FIELDS, dates=days),
    Format(crime.OUTCOMES_FORMAT, "outcomes", crime.read_outcomes, crime.OUTCOME_FIELDS, dates=days),
    Format(areas.AREAS_FORMAT, "police force areas", areas.read_areas, kind=areas.table_of_areas, dates=years_ending),
    Format(areas.WORKFORCE_FORMAT, "workforce", areas.read_workforce, kind=areas.workers, dates=days),
    Format(data_return.FORMAT, "", data_return.read, data_return.RETURN_FIELDS, may_lack_forces=False),
)
Tables = tuple[list[pd.DataFrame], list[tuple[str, int, int, str]]]  # counts without a release, and populations


def read_transcript(path: Path, published: PublishedFile, forces: Forces) -> Reading:
    """Return a table that was read off public pages, by its reader's name in TRANSCRIPTS.

    Raises SourceError for a column that is missing and a count that is no whole number.
    """
    columns, numbers, tables_of = TRANSCRIPTS[published.reader]
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if missing := [column for column in columns if column not in rows.columns]:
        raise SourceError(f"{path.name}, line 1: no column {', '.join(missing)}; give the table with its columns")
    number = shape.NUMBER if published.reader in WITH_DECIMALS else WHOLE
    for column in filter(re.compile(numbers).fullmatch, rows.columns):
        for line, value in enumerate(rows[column], start=2):
            if not number.fullmatch(value):
                place = f"{path.name}, line {line}, column {column}"
                raise SourceError(f"{place}: found {value!r} where a count should be; correct it")
        rows[column] = rows[column].astype("float64" if number is shape.NUMBER else "int64")
    parts, populations = tables_of(rows, published.release, forces)
    table = shape.combine([part.assign(release=published.release) for part in parts])
    if by_end := published.release_by_end:
        if unknown := set(table["period_end"]) - set(by_end):
            raise SourceError(f"{path.name}: no release of the period to {min(unknown)}; name it under release_by_end")
        table = table.assign(release=table["period_end"].map(by_end))
    request = Request(Book(published.file, sha256(path), ()), published.release, forces)
    return request.reading(TRANSCRIBED, table, populations, rows_read=len(rows))


def _outcomes_by_quarter(rows: pd.DataFrame, *_: object) -> Tables:
    """Return outcomes of the offences recorded in each quarter, by type; dimension "all" is all outcomes together."""
    quarters = list(map(periods.quarter, rows["financial_year"], map(int, rows["quarter"])))
    return [_counts(rows, column, "outcomes_recorded", kind, quarters) for column, kind in OUTCOME_TYPES.items()], []


def _outcomes_by_year(rows: pd.DataFrame, *_: object) -> Tables:
    """Return outcomes of the offences recorded in each period that a row names, by type or "all" of them together."""
    named = rows["item"].str.split(":", expand=True)
    return [
        rows[["force_id", "period_start", "period_end"]].assign(
            item=named[0], dimension=named[1], count=rows["value"], status="reported"
        )
    ], []


def _rolling_recorded_crime(rows: pd.DataFrame, *_: object) -> Tables:
    """Return all recorded crime without fraud in 12-month windows, one column of the file each ("to_2017_06_30")."""
    parts = []
    for column in rows.columns[rows.columns.str.startswith("to_")]:
        window = periods.twelve_months_to(date.fromisoformat(column.removeprefix("to_").replace("_", "-")))
        parts.append(_counts(rows, column, "recorded_crime", "", [window] * len(rows)))
    return parts, []


def _mid_2024_populations(rows: pd.DataFrame, release: str, forces: Forces) -> Tables:
    """Return the mid-2024 populations; the file names forces by their area codes."""
    ids = {force.ons_code: force.id for force in forces}
    named = zip(rows["ons_code"], rows["name"], rows["population_mid_2024"], strict=True)
    return [], [(ids.get(code) or forces.find(name).id, 2024, people, release) for code, name, people in named]


def _mid_year_populations(rows: pd.DataFrame, release: str, *_: object) -> Tables:
    """Return populations of several mid-years; the file names each by the 30 June that it is as at."""
    asked = ("force_id", "item", "period_end", "value")
    of_people = rows.loc[rows["item"] == "population_mid_year", list(asked)].itertuples(index=False, name=None)
    return [], [(force_id, date.fromisoformat(day).year, people, release) for force_id, _, day, people in of_people]


def _city_of_london_daytime(rows: pd.DataFrame, *_: object) -> Tables:
    """Return the City of London's daytime and workday populations of 2014, a vintage each."""
    return [], [
        (str(force_id), int(year), value, vintage)
        for vintage, words in CITY_POPULATIONS.items()
        for force_id, measure, year, value in rows[["force_id", "measure", "year", "value"]].to_numpy()
        if measure.startswith(words)
    ]


def _workers_by_day(rows: pd.DataFrame, *_: object) -> Tables:
    """Return the workers of each kind as at each day, an item each: those of the workforce tables, in the plural."""
    parts = []
    for called, mine in rows.groupby("item", sort=True):
        worker, unit = str(called).rsplit("_", 1)
        item = f"{WORKERS_CALLED.get(worker, worker)}_{unit}"
        days = list(map(periods.Period.parse, mine["period_start"], mine["period_end"]))
        counts = mine["value"].round(DECIMALS) if item in shape.FRACTIONAL else mine["value"].astype("int64")
        parts.append(_counts(mine.assign(value=counts), "value", item, "", days))
    return parts, []


# By a reader's name: the columns asked for, those with numbers, and what makes tables of the rows
TRANSCRIPTS: dict[str, tuple[tuple[str, ...], str, Callable[[pd.DataFrame, str, Forces], Tables]]] = {
    "outcomes by quarter": (
        ("force_id", "financial_year", "quarter", *OUTCOME_TYPES),
        "|".join(OUTCOME_TYPES),
        _outcomes_by_quarter,
    ),
    "outcomes by year": (("force_id", "item", "period_start", "period_end", "value"), "value", _outcomes_by_year),
    "rolling recorded crime": (("force_id",), "to_.*", _rolling_recorded_crime),
    "mid-2024 populations": (("ons_code", "name", "population_mid_2024"), "population_mid_2024", _mid_2024_populations),
    "workers by day": (("force_id", "item", "period_start", "period_end", "value"), "value", _workers_by_day),
    "mid-year populations": (("force_id", "item", "period_end", "value"), "value", _mid_year_populations),
    "City of London daytime": (("force_id", "measure", "year", "value"), "value", _city_of_london_daytime),
}


def _counts(rows: pd.DataFrame, column: str, item: str, dimension: str, of: Sequence[periods.Period]) -> pd.DataFrame:
    """Return a column as rows of counts; `of` has each row's period."""
    return rows[["force_id"]].assign(
        item=item,
        dimension=dimension,
        period_start=[period.start.isoformat() for period in of],
        period_end=[period.end.isoformat() for period in of],
        count=rows[column],
        status="reported",
    )
