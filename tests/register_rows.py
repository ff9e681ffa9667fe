"""The registers in data/ and the tables of the shared folder, read past the package."""

import csv
from pathlib import Path

from shared_folder import shared

DATA = Path(__file__).resolve().parents[1] / "data"
Row = dict[str, str]


def register(name: str) -> list[Row]:
    """Return the rows of a register as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shared_rows(path: str) -> list[Row]:
    """Return the rows of a table of the shared folder; a test that asks for one that is not there is skipped."""
    with shared(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
