"""The populations that rates per head divide by: `data/populations.csv`, checked."""

import csv
import math
from pathlib import Path

from peel_analysis import forces
from peel_analysis.errors import InputError

POPULATION = "population"
COLUMNS = ["force_id", "mid_year", POPULATION, "vintage"]
WHERE = "data/populations.csv"


def read_populations(folder: Path) -> dict[tuple[str, int, str], float]:
    """Return data/populations.csv by force_id, mid_year and vintage. Raises InputError for a row that is wrong."""
    path = folder / "populations.csv"
    if not path.exists():
        raise InputError(f"{WHERE}: the file is missing from {folder}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        found = next(reader, [])
        if found != COLUMNS:
            raise InputError(f"{WHERE}, line 1: expected columns {', '.join(COLUMNS)}; found {', '.join(found)}")
        return _table([(reader.line_num, row) for row in reader if row])


def _table(rows: list[tuple[int, list[str]]]) -> dict[tuple[str, int, str], float]:
    known = frozenset(forces.ids())
    table: dict[tuple[str, int, str], float] = {}
    for line, row in rows:
        if len(row) != len(COLUMNS) or not row[1].isdecimal():
            raise InputError(f"{WHERE}, line {line}: expected {', '.join(COLUMNS)}; found '{','.join(row)}'")
        force_id, mid_year, population, vintage = row
        people = _number(population)
        if not people > 0 or force_id not in known:
            raise InputError(
                f"{WHERE}, line {line}: expected the id of a force and a population above zero; "
                f"found '{force_id}' and '{population}'"
            )
        key = (force_id, int(mid_year), vintage)
        if key in table:
            raise InputError(f"{WHERE}, line {line}: repeats an earlier row's force, mid-year and vintage")
        table[key] = people
    return table


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
