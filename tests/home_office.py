"""Invented rows of the Home Office's open data tables, and the files that hold them."""

import gzip
from pathlib import Path

import pandas as pd
from workbooks import FORCES, Row

from peel_analysis.sources.reading import Reading

CRIME_HEADING: list[object] = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence Code",
    "Number of Offences",
]
OUTCOME_HEADING: list[object] = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Code",
    "Outcome Type",
    "Force outcomes for offences recorded in quarter",
    "Force outcomes recorded in quarter",
]


def crime(force: str, number: object, group: str = "Robbery", code: str = "34", year: str = "2016/17") -> Row:
    """Return a row of recorded crime."""
    return [year, 1, force, f"Offence {code}", group, group, code, number]


def all_forces_crime(year: str = "2016/17") -> list[Row]:
    """Return ten offences in each force, in the first quarter of a year."""
    return [crime(force.name, 10, year=year) for force in FORCES]


def outcome(force: str, kind: object, recorded: object, assigned: object = 1, group: str = "Robbery") -> Row:
    """Return a row of outcomes, on both bases."""
    return ["2018/19", 1, force, "Offence 34", group, "34", kind, recorded, assigned]


def all_forces_outcomes() -> list[Row]:
    """Return two outcome types in each force."""
    return [outcome(force.name, kind, 3) for force in FORCES for kind in (0, 1)]


def csv_file(path: Path, rows: list[Row], encoding: str = "utf-8-sig") -> Path:
    """Write the rows as a CSV file, packed where its name says so, and return its path."""
    content = pd.DataFrame(rows).to_csv(index=False, header=False).encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def count_of(reading: Reading, force_id: str, dimension: str, item: str = "recorded_crime") -> int:
    """Return the sum of the counts that were read of one force and dimension."""
    rows = reading.counts.query("force_id == @force_id and dimension == @dimension and item == @item")
    return int(rows["count"].sum())
