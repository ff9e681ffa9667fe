"""What rates per head and densities divide by: `data/populations.csv` and `data/force_areas.csv`, checked."""

import math
from pathlib import Path

from peel_analysis.data.errors import InputError
from peel_analysis.data.files import Rows, rows_of
from peel_analysis.data.forces import Forces

POPULATIONS, AREAS = "populations.csv", "force_areas.csv"
POPULATIONS_COLUMNS = ("force_id", "mid_year", "population", "vintage")
AREAS_COLUMNS = ("force_id", "area_km2")
YEAR_DIGITS = 4
MOST_DIGITS = 15  # of a number: more are a slip, and no table of numbers holds them exactly


def populations_in(path: Path, forces: Forces) -> dict[tuple[str, int, str], float]:
    """Return the populations by force_id, mid_year and vintage. Raises InputError for a row that is wrong."""
    where = f"data/{POPULATIONS}"
    rows = rows_of(path, where, POPULATIONS_COLUMNS)
    known = frozenset(forces.ids)
    table: dict[tuple[str, int, str], float] = {}
    for line, row in zip(rows.lines, rows.cells, strict=True):
        force_id, mid_year, population, vintage = row
        if not (mid_year.isdecimal() and len(mid_year) == YEAR_DIGITS):
            raise InputError(f"{where}, line {line}: expected a mid_year such as 2016; found '{','.join(row)}'")
        if force_id not in known or not _is_population(population):
            raise InputError(
                f"{where}, line {line}: expected the id of a force and a population, a whole number above zero; "
                f"found '{force_id}' and '{population}'"
            )
        key = (force_id, int(mid_year), vintage)
        if key in table:
            raise InputError(f"{where}, line {line}: repeats an earlier row's force, mid-year and vintage")
        table[key] = float(population)
    return table


def _is_population(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS and int(text) > 0


def areas_in(path: Path, forces: Forces) -> dict[str, float]:
    """Return the forces' areas in square kilometres. Raises InputError for one that is wrong, or that lacks a row."""
    where = f"data/{AREAS}"
    rows = rows_of(path, where, AREAS_COLUMNS)
    areas = dict(zip(rows.column("force_id"), _squares(rows, where), strict=True))
    if missing := sorted(set(forces.ids) - set(areas)):
        raise InputError(f"{where}: no area for {', '.join(missing)}; add a row for each force")
    return areas


def _squares(rows: Rows, where: str) -> list[float]:
    areas = []
    for line, text in zip(rows.lines, rows.column("area_km2"), strict=True):
        try:
            area = float(text)
        except ValueError:
            area = math.nan
        if not 0 < area < math.inf:
            raise InputError(
                f"{where}, line {line}: area_km2 is '{text}'; write square kilometres, a number above zero"
            )
        areas.append(area)
    return areas
