"""The populations that rates per head divide by: `data/populations.csv`, checked."""

from pathlib import Path

import pandas as pd

from peel_analysis import forces
from peel_analysis.errors import InputError

POPULATION = "population"


def read_populations(folder: Path) -> dict[tuple[str, int, str], float]:
    """Return data/populations.csv by force_id, mid_year and vintage. Raises InputError for a row that is wrong."""
    path = folder / "populations.csv"
    if not path.exists():
        raise InputError(f"data/populations.csv: the file is missing from {folder}")
    rows = pd.read_csv(path, encoding="utf-8")
    found = [str(name) for name in rows.columns]
    expected = ["force_id", "mid_year", POPULATION, "vintage"]
    if found != expected:
        raise InputError(
            f"data/populations.csv, line 1: expected columns {', '.join(expected)}; found {', '.join(found)}"
        )
    people = pd.to_numeric(rows[POPULATION], errors="coerce")
    wrong = ~(people > 0) | ~rows["force_id"].isin(forces.ids())
    if wrong.any():
        line = int(wrong.to_numpy().argmax())
        force_id, population = rows["force_id"].iloc[line], rows[POPULATION].iloc[line]
        raise InputError(
            f"data/populations.csv, line {line + 2}: expected the id of a force and a population above zero; "
            f"found '{force_id}' and '{population}'"
        )
    key = ["force_id", "mid_year", "vintage"]
    repeated = rows.duplicated(key)
    if repeated.any():
        line = int(repeated.to_numpy().argmax()) + 2
        raise InputError(f"data/populations.csv, line {line}: repeats an earlier row's force, mid-year and vintage")
    keys = zip(rows["force_id"], rows["mid_year"], rows["vintage"], strict=True)
    return dict(zip(keys, rows[POPULATION].astype(float), strict=True))
