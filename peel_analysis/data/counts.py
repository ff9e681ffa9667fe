"""The one shape of a count: a table with one row a force, item, dimension, period and release."""

import difflib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import rows_of
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import is_day
from peel_analysis.data.text import as_cell, from_cell

COUNTS_COLUMNS = ("force_id", "item", "dimension", "period_start", "period_end", "count", "status", "release")
COUNTS_KEY = ("force_id", "item", "dimension", "period_start", "period_end", "release")
MAY_BE_BLANK = ("partial", "estimated", "combined", "not_supplied", "not_comparable")
STATUSES = ("reported", "revised", *MAY_BE_BLANK)
GROUP_AND_TYPE = ": "  # between the two parts of a dimension that is an offence group and an outcome type
OWN, OWN_TABLE = "own", "own table {}"  # the release of a table that a user hands over, and what an error calls it
DIGITS = 15  # of a number: more are a slip, and floating point does not hold them exactly
WHOLE_NUMBER = re.compile(rf"-?\d{{1,{DIGITS}}}")
NUMBER = re.compile(rf"-?\d{{1,{DIGITS}}}(\.\d+)?")
FRACTIONAL = frozenset((  # items counted in full-time equivalents; every other count is a whole number
    "police_officers_fte", "police_staff_fte", "police_staff_and_designated_officers_fte", "designated_officers_fte",
    "police_community_support_officers_fte", "special_constables_fte", "police_support_volunteers_fte",
))  # fmt: skip


# Arrow's other pools keep what is freed for themselves, some 15 MB of each process.
pa.set_memory_pool(pa.system_memory_pool())


class TableError(InputError):
    """A table that is not in the shape it should have. The message names file, line, what was found and the remedy."""


def read(path: Path, name: str = "", content: bytes | None = None, *, forces: Forces) -> pd.DataFrame:
    """Return the counts in `<item>/<release>.csv`, checked: text columns, `count` as whole numbers with blanks (Int64).

    `name` is what an error calls the file, where its own name alone would not tell it from others, and `content` what
    it holds, where that has been read.
    A table of FRACTIONAL items alone keeps the decimals (Float64). Raises TableError for anything that `check` refuses,
    for text where a count should be, for an item that is not the folder's name or a release that is not the file's, for
    a row with a cell too many or too few, and for a file that is no CSV in UTF-8.
    """
    name = name or path.name
    try:
        return _read(path, name, path if content is None else io.BytesIO(content), forces)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, TableError) as error:
        try:  # a file that is not UTF-8 or has a row with a cell too many or too few: other faults follow from these
            rows_of(path, name, lambda found: check_columns(found, name))
        except InputError as fault:
            raise TableError(*fault.faults) from fault
        if isinstance(error, TableError):
            raise
        said = f"not a table: {' '.join(str(error).split())}"
        raise TableError(f"{name}: {said}; give a CSV file in UTF-8 with {', '.join(COUNTS_COLUMNS)}") from None


def _read(path: Path, name: str, content: Path | io.BytesIO, forces: Forces) -> pd.DataFrame:
    text = texts_of(pd.read_csv(content, dtype=str, keep_default_na=False, encoding="utf-8-sig"))
    check_columns(text.columns, name)
    fractional = len(text) > 0 and set(text["item"].unique()) <= FRACTIONAL
    with Faults(TableError) as faults:
        numbers, wrong = _numbers(text["count"], name, fractional=fractional)
        faults.add(wrong)
        rows = text.assign(count=numbers)
        if not wrong:
            faults.of(partial(check, forces=forces), rows, name)
        for column, own, called in (("item", path.parent.name, "folder"), ("release", path.stem, "file")):
            for other in rows[column][rows[column] != own].unique():
                told = f"found {other!r} in the {called} of {own!r}; put the row where it belongs, or mend the cell"
                faults.add(_wrong(rows[column] == other, f", column {column}: {told}", name))
    return rows


def of_frame(rows: pd.DataFrame, item: str, *, forces: Forces) -> pd.DataFrame:
    """Return a user's DataFrame as counts of an item, checked as those of a file are.

    `force_id` may be any name of a force; `dimension`, `status`, `item` and `release` may be left out: "", reported,
    and the item's own table. A count may have decimals. Raises TableError as `check` does, with the row by its label.
    """
    name, given = OWN_TABLE.format(item), rows.reset_index() if "force_id" in rows.index.names else rows
    usual = {"item": item, "dimension": "", "status": "reported", "release": OWN}
    filled = given.assign(**{column: value for column, value in usual.items() if column not in given})
    check_columns(filled.columns, name, line="")
    if filled.empty:
        raise TableError(f"{name}: no row; give one for each force and period that has a count")
    text = pd.DataFrame({column: [_as_given(one) for one in filled[column]] for column in COUNTS_COLUMNS}, dtype="str")
    text["force_id"] = [forces.id_or_text(one) for one in text["force_id"]]
    places = [f"row {label}" for label in rows.index]
    with Faults(TableError) as faults:
        numbers, wrong = _numbers(text["count"], name, places, fractional=True)
        faults.add(wrong)
        counted = text.assign(count=numbers)
        if not wrong:
            faults.of(partial(check, forces=forces), counted, name, places)
        for column, own in (("item", item), ("release", OWN)):
            told = f", column {column}: only {own!r} belongs here; give another table to another call"
            faults.add(_wrong(counted[column] != own, told, name, places))
    return counted


def _as_given(cell: object) -> str:
    """Return a cell of a DataFrame as a file would hold it: a day as 2017-06-30, 12.0 as 12, what is missing as ""."""
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return ""
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    return f"{int(cell)}" if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def check(rows: pd.DataFrame, name: str, lines: Sequence[int | str] | None = None, *, forces: Forces) -> pd.DataFrame:
    """Return the rows unchanged when they are in the shape of this module; `name` is the file that an error names.

    `lines` are the rows' line numbers in that file (by default 2, 3, ...), or what else their places are called. A
    negative count is a published correction and passes. Raises TableError for missing or renamed columns, an unknown
    force id or status, a blank or a count that its status contradicts, a date that is none, a period that ends before
    it starts, and a repeated key.
    """
    check_columns(rows.columns, name)
    with Faults(TableError) as faults:
        faults.add(_faults(rows, name, lines, forces))
    return rows


def _faults(rows: pd.DataFrame, name: str, lines: Sequence[int | str] | None, forces: Forces) -> Iterator[str]:
    """Yield what is wrong with the rows, each kind with the first line that has it."""
    for column, known, remedy in (
        ("force_id", forces.ids, "the ids are in data/forces.csv"),
        ("status", STATUSES, f"use one of {', '.join(STATUSES)}"),
    ):
        for other in rows[column][~rows[column].isin(known)].unique():
            close = difflib.get_close_matches(str(other), known, n=2, cutoff=0.5)
            hint = f" (did you mean {' or '.join(close)}?)" if close else ""
            told = f"unknown {column.replace('_', ' ')} {other!r}{hint}; {remedy}"
            yield from _wrong(rows[column].isin([other]), f", column {column}: {told}", name, lines)
    for column in ("period_start", "period_end"):
        for other in rows[column].unique():
            if not is_day(other):
                told = f"{other!r} is no date; write one as 2017-06-30"
                yield from _wrong(rows[column].isin([other]), f", column {column}: {told}", name, lines)
    blank = rows["count"].isna()
    for status in set(STATUSES) - set(MAY_BE_BLANK):
        told = f"no count, and the status is '{status}'; give the count or the status that says why"
        yield from _wrong(blank & (rows["status"] == status), f", column count: {told}", name, lines)
    told = "a count, and the status is 'not_supplied'; leave the cell blank or give the status that the count has"
    yield from _wrong(~blank & (rows["status"] == "not_supplied"), f", column count: {told}", name, lines)
    told = "the period ends before it starts; exchange the dates"
    yield from _wrong(rows["period_end"] < rows["period_start"], f", column period_end: {told}", name, lines)
    repeated = rows.duplicated(list(COUNTS_KEY))
    for key in rows.loc[repeated.to_numpy(), list(COUNTS_KEY)].head(1).itertuples(index=False):
        words = ", ".join(str(value) or "(blank)" for value in key)
        told = f": repeats the key of an earlier line ({words}); keep one of the two"
        yield from _wrong(repeated, told, name, lines)


def check_columns(
    found: Iterable[object], name: str, expected: Sequence[str] = COUNTS_COLUMNS, *, line: str = ", line 1"
) -> None:
    """Raise TableError unless the columns are exactly the expected ones, in any order, and say which were renamed."""
    names = [str(column) for column in found]
    missing = [column for column in expected if column not in names]
    unknown = [column for column in names if column not in expected]
    if not missing and not unknown and len(names) == len(expected):
        return
    parts = []
    for column in missing:
        close = difflib.get_close_matches(column, unknown, n=1, cutoff=0.5)
        parts.append(f"no column {column}" + (f" (is it the column {close[0]!r}?)" if close else ""))
    if not missing:
        parts.append(f"columns that do not belong: {', '.join(unknown) or 'one of them twice'}")
    raise TableError(f"{name}{line}: {'; '.join(parts)}; the columns are {', '.join(expected)}")


def combine(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the tables one after the other; counts are Int64, or Float64 where an item is one of FRACTIONAL."""
    kept = [part for part in parts if len(part)]
    rows = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(COUNTS_COLUMNS), dtype=str)
    number = "Int64" if FRACTIONAL.isdisjoint(rows["item"].unique()) else "Float64"
    types = {column: number if column == "count" else "str" for column in COUNTS_COLUMNS}
    return rows[list(COUNTS_COLUMNS)].astype(types)


def as_text(rows: pd.DataFrame, key: Sequence[str] = COUNTS_KEY) -> str:
    """Return the rows as CSV text, sorted by `key`: the same rows always give the same bytes.

    A text that a spreadsheet would run has an apostrophe before it, which is no part of it when it is read again.
    """
    ordered = cells_of(rows.sort_values(list(key), kind="stable"))
    return str(ordered.to_csv(index=False, lineterminator="\n"))


def cells_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with their texts as cells of a CSV file; what is no text stays as it is."""
    return _with_texts(rows, as_cell)


def texts_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a CSV file with the texts that `cells_of` made cells of."""
    return _with_texts(rows, from_cell)


def _with_texts(rows: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    changed = {}
    for name, column in rows.items():
        if column.dtype in ("object", "str"):
            texts = (one for one in column.unique() if isinstance(one, str))
            others = {one: other for one in texts if (other := change(one)) != one}
            if others:
                changed[str(name)] = [others.get(one, one) for one in column]
    return rows.assign(**changed)


def as_bytes(rows: pd.DataFrame) -> bytes:
    """Return the rows as an Arrow file, which is read much faster than CSV and holds the same values and types.

    Without threads, as it is read: the process that forks a batch's kernels may have one only.
    """
    table = pa.Table.from_pandas(rows, preserve_index=False, nthreads=1)
    options = pa.ipc.IpcWriteOptions(use_threads=False, compression="zstd")
    with pa.ipc.new_file(out := io.BytesIO(), table.schema, options=options) as file:
        file.write_table(table)
    return out.getvalue()


def from_bytes(held: bytes) -> pd.DataFrame:
    """Return the rows of an Arrow file."""
    read = pa.ipc.open_file(held, options=pa.ipc.IpcReadOptions(use_threads=False)).read_all()
    rows: pd.DataFrame = read.to_pandas(use_threads=False)
    return rows


def _wrong(wrong: "pd.Series[bool]", told: str, name: str, lines: Sequence[int | str] | None = None) -> Iterator[str]:
    """Yield what is told of the first row that is marked wrong, if any is, with file and line."""
    positions = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if len(positions):
        first = int(positions[0])
        place = first + 2 if lines is None else lines[first]
        yield f"{name}, {place if isinstance(place, str) else f'line {place}'}{told}"


def _numbers(
    text: "pd.Series[str]", name: str, lines: Sequence[int | str] | None = None, *, fractional: bool
) -> tuple[pd.Series, list[str]]:
    """Return the counts in a column of text, blank as missing, and what is no count; each text is looked at once."""
    allowed, make, kind, remedy = (
        (NUMBER, float, "Float64", "a number") if fractional else (WHOLE_NUMBER, int, "Int64", "a whole number")
    )
    places, different = pd.factorize(text)
    other = {value for value in different if value and not allowed.fullmatch(value)}
    wrong: list[str] = []
    for value in filter(other.__contains__, different):
        told = f"{value!r} where a count should be; write {remedy} of at most {DIGITS} digits, or leave it blank"
        wrong += _wrong(text == value, f", column count: found {told} with a status that says why", name, lines)
    counts = [make(value) if value and value not in other else pd.NA for value in different]
    return pd.Series(pd.Series(counts, dtype=kind).array.take(places), text.index), wrong
