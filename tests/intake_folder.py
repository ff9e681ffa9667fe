"""An empty data folder to take files into, an invented file of recorded crime, and what taking it in changed."""

import shutil
from pathlib import Path

import pandas as pd
from workbooks import FORCES, Row

from peel_analysis.data.folder import Data
from peel_analysis.intake.published import Addition, plan
from peel_analysis.sources.crime_cells import OTHER_NAMES

DATA = Path(__file__).resolve().parents[1] / "data"
CRIME = ["Financial Year", "Financial Quarter", "Force Name", "Offence Group", "Offence Code", "Number of Offences"]


GROUPS = tuple(OTHER_NAMES)  # the nine offence groups that a whole file has


def crime_rows(
    years: tuple[str, ...] = ("2016/17",), number: int = 1000, groups: tuple[str, ...] = ("Robbery",)
) -> list[Row]:
    """Return the same count for each force, quarter and offence group of these years."""
    return [
        [year, quarter, force.name, group, "34" if group == "Robbery" else group[:2], number]
        for year in years
        for quarter in (1, 2, 3, 4)
        for force in FORCES
        for group in groups
    ]


def crime_file(folder: Path, rows: list[Row], name: str = "download (3).csv") -> Path:
    """Write these rows as a file of recorded crime, and return its path."""
    path = folder / name
    pd.DataFrame(rows, columns=CRIME).to_csv(path, index=False)
    return path


def empty_folder(tmp_path: Path) -> Path:
    """Return a data folder with nothing but the forces, the notes on counts and the list of published files."""
    made = tmp_path / "data"
    made.mkdir()
    for name in ("forces.csv", "force_names.csv", "count_notes.csv", "published_files.toml"):
        shutil.copy(DATA / name, made)
    return made


def contents(folder: Path) -> dict[str, bytes]:
    """Return what is in every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def added(file: Path, folder: Path, release: str = "") -> Addition:
    """Take a file into a folder, and return what that changed."""
    addition = plan(file, Data(folder), release)
    addition.write()
    return addition


def differences(addition: Addition) -> list[tuple[int, int, int]]:
    """Return how many rows of each table are new, revised and unchanged."""
    return list(addition.differences.values())


def found(addition: Addition, rule: str) -> list[str]:
    """Return what a check finds in what would be added, a finding each."""
    return [one.found for result in addition.results if result.rule.id == rule for one in result.findings]
