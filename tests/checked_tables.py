"""Invented tables of counts for the checks, and the holdings that they look at."""

import shutil
from pathlib import Path

import pandas as pd
from workbooks import DATA, FORCES

from peel_analysis.checks.rules import PRINTED_COLUMNS, TablesHeld
from peel_analysis.data import counts
from peel_analysis.data.folder import Data
from peel_analysis.data.periods import Period, quarter
from peel_analysis.data.writing import write_text

CRIME = ("recorded_crime", "2020-01")
OUTCOMES = ("outcomes_recorded", "2020-01")


def quarters(number: int, first_year: int = 2010) -> list[Period]:
    """Return the first quarters from April of a year on."""
    return [
        quarter(f"{first_year + index // 4}/{(first_year + index // 4 + 1) % 100:02d}", index % 4 + 1)
        for index in range(number)
    ]


def table(
    periods: list[Period],
    item: str = "recorded_crime",
    dimension: str = "",
    count: int = 1000,
    release: str = "2020-01",
) -> pd.DataFrame:
    """A table with the same count for each force and period, give or take 1%."""
    rows = [
        (
            force_id,
            item,
            dimension,
            one.start.isoformat(),
            one.end.isoformat(),
            count + (place + at) % 7,
            "reported",
            release,
        )
        for place, force_id in enumerate(FORCES.ids)
        for at, one in enumerate(periods)
    ]
    return counts.combine([pd.DataFrame(rows, columns=list(counts.COUNTS_COLUMNS))])


def held(tmp_path: Path, rows: pd.DataFrame, *more: pd.DataFrame, printed: pd.DataFrame | None = None) -> TablesHeld:
    """Return these tables and printed totals alone, of a data folder with the project's forces and notes on counts."""
    for name in ("forces.csv", "force_names.csv", "count_notes.csv"):
        if not (tmp_path / name).exists():
            shutil.copy(DATA.folder / name, tmp_path)
    added = {(str(part["item"].iloc[0]), str(part["release"].iloc[0])): part for part in (rows, *more)}
    return TablesHeld(
        Data(tmp_path), added, printed if printed is not None else pd.DataFrame(columns=list(PRINTED_COLUMNS))
    )


def write_table(folder: Path, rows: pd.DataFrame) -> Path:
    """Write a table of one item and release to its place in `folder`, a folder of counts, and return the place."""
    item, release = (str(rows[column].iloc[0]) for column in ("item", "release"))
    path = folder / item / f"{release}.csv"
    write_text(path, counts.as_text(rows))
    return path


def set_count(rows: pd.DataFrame, force_id: str, start: str, count: int, dimension: str = "") -> pd.DataFrame:
    """Return the table with another count in one row."""
    where = (rows["force_id"] == force_id) & (rows["period_start"] == start) & (rows["dimension"] == dimension)
    assert where.sum() == 1
    changed = rows.copy()
    changed.loc[where, "count"] = count
    return changed
