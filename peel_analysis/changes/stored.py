"""Values that an earlier run wrote: a values file, or a build folder with one of each force.

The numbers that a report's file adds for its figures are left out: they follow from the same counts.
"""

from pathlib import Path

import pandas as pd

from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.show.values import CONTRACT

KEY = ["edition", "measure", "force_id"]
NUMBERS = ("value", "numerator", "denominator")
PART_OF = "part_of"
REPORT_VALUES = "*/values.csv"  # in <out>/<edition>, a folder a force


def read_stored(path: Path) -> pd.DataFrame:
    """Return the values in a file or in a build folder (<out>/<edition>): one row a measure and force.

    Text columns, and value, numerator and denominator as numbers. Of a report's file in a build folder, the force's own
    rows count. Raises InputError for a file without the columns of the contract, with a repeated row or with text in
    place of a number, for a folder without values files, and for one whose files disagree on England and Wales.
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
    own = [_own(rows, file) for file, rows in zip(files, tables, strict=True)]
    rows = pd.concat([*own, _national(tables[0])], ignore_index=True)
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
    measures = rows[rows[PART_OF] == ""] if PART_OF in rows else rows  # earlier versions wrote no parts of figures
    _refuse_repeats(measures, str(path))
    return measures


def _own(rows: pd.DataFrame, file: Path) -> pd.DataFrame:
    mine = rows[rows["force_id"] == file.parent.name]
    if mine.empty:
        raise InputError(
            f"{file}: no row for {file.parent.name}; the folder of a report has the id of its force as name"
        )
    return mine


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


def _refuse_disagreement(path: Path, files: list[Path], tables: list[pd.DataFrame]) -> None:
    """Refuse a folder in which reports were made from different data: England and Wales stands in each of them."""
    first = _compared(tables[0])
    for file, rows in zip(files[1:], tables[1:], strict=True):
        if not _compared(rows).equals(first):
            names = " and ".join(f"{one.parent.name}/{one.name}" for one in (files[0], file))
            raise InputError(
                f"{path}: {names} disagree on England and Wales; make all the reports again from the same data"
            )


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    return _national(rows)[[*KEY, *NUMBERS, "status"]].reset_index(drop=True)


def _national(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["force_id"] == ENGLAND_AND_WALES]
