"""Tables that were read off public pages and have no published file: put into the shapes of this project."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import forces, periods
from peel_analysis.sources.published_files import PublishedFile
from peel_analysis.sources.reading import Reading, reading_of
from peel_analysis.sources.sheets import Book, SourceError, sha256

FORMAT = "transcribed table"
OUTCOME_TYPES = {f"t{number}": str(number) for number in (1, 2, 3, 6, 7, 8, 22)} | {"assigned": "all"}
CITY_POPULATIONS = {"daytime-2014": "total daytime population", "workday-2014": "workday population"}


def outcomes_by_quarter(path: Path, published: PublishedFile) -> Reading:
    """Return outcomes of the offences recorded in each quarter, by type; dimension "all" is all outcomes together."""
    rows = _read(path, ("force_id", "financial_year", "quarter", *OUTCOME_TYPES))
    quarters = [
        periods.quarter(year, int(number)) for year, number in zip(rows["financial_year"], rows["quarter"], strict=True)
    ]
    parts = [_counts(rows, path, column, "outcomes_recorded", kind, quarters) for column, kind in OUTCOME_TYPES.items()]
    return _reading(path, published, rows, counts=parts)


def rolling_recorded_crime(path: Path, published: PublishedFile) -> Reading:
    """Return all recorded crime without fraud in 12-month windows, one column of the file each ("to_2017_06_30")."""
    rows = _read(path, ("force_id",))
    parts = []
    for column in (name for name in rows.columns if name.startswith("to_")):
        window = periods.twelve_months_to(date.fromisoformat(column.removeprefix("to_").replace("_", "-")))
        parts.append(_counts(rows, path, column, "recorded_crime", "", [window] * len(rows)))
    return _reading(path, published, rows, counts=parts)


def mid_2024_populations(path: Path, published: PublishedFile) -> Reading:
    """Return the mid-2024 populations; the file names forces by their area codes."""
    rows = _read(path, ("ons_code", "name", "population_mid_2024"))
    ids = {force.ons_code: force.id for force in forces.all_forces()}
    people = _numbers(rows, "population_mid_2024", path)
    populations = [
        (ids.get(code) or forces.find(name).id, 2024, number, published.release)
        for code, name, number in zip(rows["ons_code"], rows["name"], people, strict=True)
    ]
    return _reading(path, published, rows, populations=populations)


def city_of_london_daytime(path: Path, published: PublishedFile) -> Reading:
    """Return the City of London's daytime and workday populations of 2014, a vintage each."""
    rows = _read(path, ("force_id", "measure", "year", "value"))
    values = _numbers(rows, "value", path)
    populations = [
        (str(force_id), int(year), value, vintage)
        for vintage, words in CITY_POPULATIONS.items()
        for force_id, measure, year, value in zip(rows["force_id"], rows["measure"], rows["year"], values, strict=True)
        if str(measure).startswith(words)
    ]
    return _reading(path, published, rows, populations=populations)


READERS: dict[str, Callable[[Path, PublishedFile], Reading]] = {
    "outcomes by quarter": outcomes_by_quarter,
    "rolling recorded crime": rolling_recorded_crime,
    "mid-2024 populations": mid_2024_populations,
    "City of London daytime": city_of_london_daytime,
}


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if missing := [column for column in columns if column not in rows.columns]:
        raise SourceError(f"{path.name}, line 1: no column {', '.join(missing)}; give the table with its columns")
    return rows


def _numbers(rows: pd.DataFrame, column: str, path: Path) -> list[int]:
    for line, value in enumerate(rows[column], start=2):
        if not value.isdecimal():
            raise SourceError(
                f"{path.name}, line {line}, column {column}: found {value!r} where a count should be; correct it"
            )
    return [int(value) for value in rows[column]]


def _counts(
    rows: pd.DataFrame, path: Path, column: str, item: str, dimension: str, of: Sequence[periods.Period]
) -> pd.DataFrame:
    """Return a column as rows of counts without their release; `of` has each row's period."""
    return rows[["force_id"]].assign(
        item=item,
        dimension=dimension,
        period_start=[period.start.isoformat() for period in of],
        period_end=[period.end.isoformat() for period in of],
        count=_numbers(rows, column, path),
        status="reported",
    )


def _reading(
    path: Path,
    published: PublishedFile,
    rows: pd.DataFrame,
    *,
    counts: Sequence[pd.DataFrame] = (),
    populations: Sequence[tuple[str, int, int, str]] = (),
) -> Reading:
    table = shape.combine([part.assign(release=published.release) for part in counts])
    named = {*table["force_id"], *(force_id for force_id, *_ in populations)}
    book = Book(published.file, sha256(path), ())
    return reading_of(book, FORMAT, published.release, table, populations, rows_read=len(rows), forces=len(named))
