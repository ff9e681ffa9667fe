"""The populations that rates per head divide by: `data/populations.csv`, checked."""

from pathlib import Path

from peel_analysis.data import forces
from peel_analysis.data.csv_files import Rows, rows_of
from peel_analysis.data.errors import InputError

POPULATION = "population"
COLUMNS = ("force_id", "mid_year", POPULATION, "vintage")
YEAR_DIGITS = 4
DIGITS = 15  # of a number: more are a slip, and no table of numbers holds them exactly
WHERE = "data/populations.csv"


def read_populations(folder: Path) -> dict[tuple[str, int, str], float]:
    """Return data/populations.csv by force_id, mid_year and vintage. Raises InputError for a row that is wrong."""
    return _table(rows_of(folder / "populations.csv", WHERE, COLUMNS))


def _table(rows: Rows) -> dict[tuple[str, int, str], float]:
    known = frozenset(forces.ids())
    table: dict[tuple[str, int, str], float] = {}
    for line, row in zip(rows.lines, rows.cells, strict=True):
        force_id, mid_year, population, vintage = row
        if not (mid_year.isdecimal() and len(mid_year) == YEAR_DIGITS):
            raise InputError(f"{WHERE}, line {line}: expected a mid_year such as 2016; found '{','.join(row)}'")
        if force_id not in known or not _is_population(population):
            raise InputError(
                f"{WHERE}, line {line}: expected the id of a force and a population, a whole number above zero; "
                f"found '{force_id}' and '{population}'"
            )
        key = (force_id, int(mid_year), vintage)
        if key in table:
            raise InputError(f"{WHERE}, line {line}: repeats an earlier row's force, mid-year and vintage")
        table[key] = float(population)
    return table


def _is_population(text: str) -> bool:
    return text.isdecimal() and len(text) <= DIGITS and int(text) > 0
