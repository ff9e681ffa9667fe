"""Values that an earlier run wrote: a values file, or a build folder with one of each force."""

from pathlib import Path

import pandas as pd

from peel_analysis.errors import InputError
from peel_analysis.forces import ENGLAND_AND_WALES
from peel_analysis.values import CONTRACT

KEY = ["edition", "measure", "force_id"]
NUMBERS = ("value", "numerator", "denominator")
REPORT_VALUES = "*/values.csv"  # in <out>/<edition>, a folder a force


def read_stored(path: Path) -> pd.DataFrame:
    """Return the values in a file or in a build folder (<out>/<edition>): one row a measure and force.

    Text columns, and value, numerator and denominator as numbers. Raises InputError for a file without the columns of
    the contract, with a repeated row or with text in place of a number, for a folder without values files, and for
    a folder whose files disagree on England and Wales.
    """
    if not path.is_dir():
        return _read(path)
    files = sorted(path.glob(REPORT_VALUES))
    if not files:
        raise InputError(
            f"{path}: no values.csv in any folder there; name the folder of an edition, such as build/2017"
        )
    tables = [_read(file) for file in files]
    _refuse_disagreement(path, files, tables)
    rows = pd.concat([rows if not place else _of_forces(rows) for place, rows in enumerate(tables)], ignore_index=True)
    _refuse_repeats(rows, str(path))
    return rows


def _read(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path}: not a values file: {' '.join(str(error).split())}") from error
    missing = [column for column in CONTRACT if column not in rows.columns]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; a values file has {', '.join(CONTRACT)} (see `peel values`)"
        )
    for column in NUMBERS:
        rows[column] = _numbers(rows[column], path)
    _refuse_repeats(rows, str(path))
    return rows


def _numbers(text: pd.Series, path: Path) -> pd.Series:
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce")
    wrong = (numbers.isna() & (text != "")).to_numpy()
    if wrong.any():
        line = int(wrong.argmax())
        raise InputError(f"{path}, line {line + 2}, column {text.name}: '{text.iloc[line]}' is no number")
    return numbers.astype(float)


def _refuse_repeats(rows: pd.DataFrame, where: str) -> None:
    repeated = rows.duplicated(["measure", "force_id"])
    if repeated.any():
        first = rows.loc[repeated, KEY].iloc[0]
        raise InputError(f"{where}: more than one row for {first['measure']} and {first['force_id']}; keep one edition")


def _of_forces(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["force_id"] != ENGLAND_AND_WALES]


def _refuse_disagreement(path: Path, files: list[Path], tables: list[pd.DataFrame]) -> None:
    """Refuse a folder in which reports were made from different data: England and Wales stands in each of them."""
    first = _national(tables[0])
    for file, rows in zip(files[1:], tables[1:], strict=True):
        if not _national(rows).equals(first):
            names = " and ".join(f"{one.parent.name}/{one.name}" for one in (files[0], file))
            raise InputError(
                f"{path}: {names} disagree on England and Wales; make all the reports again from the same data"
            )


def _national(rows: pd.DataFrame) -> pd.DataFrame:
    national = rows[rows["force_id"] == ENGLAND_AND_WALES]
    return national[[*KEY, *NUMBERS, "status"]].reset_index(drop=True)
