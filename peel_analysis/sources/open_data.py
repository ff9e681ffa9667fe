"""The rows of the Home Office's open data tables: a quarter, force and offence code each, and counts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import forces, periods
from peel_analysis.sources.headings import Field, Heading, fold
from peel_analysis.sources.offence_groups import FRAUD, offence_group
from peel_analysis.sources.sheets import Column, SourceError, as_text

YEAR = Field("year", ("Financial Year", "FY", "Year"))
QUARTER = Field("quarter", ("Financial Quarter", "Quarter", "FQ"))
FORCE = Field("force", ("Force Name", "Force", "Police Force", "Police Force Area"))
GROUP = Field("group", ("Offence Group", "Group"))
CODE = Field("code", ("Offence Code",), required=False)
DESCRIPTION = Field("description", ("Offence Description",), required=False)
FIELDS = (YEAR, QUARTER, FORCE, GROUP, CODE, DESCRIPTION)

# Bodies that record crime and have no area; a name of theirs may stand in any letters' case.
NO_FORCES = {
    fold(name): name
    for name in (
        "British Transport Police",
        "Action Fraud",
        "CIFAS",
        "UK Finance",
        "Financial Fraud Action UK",
        "Report Fraud",
    )
}
TOTALS = {fold(name): name for name in ("England and Wales", "England", "Wales", "Total")}
NOTE_MARK = re.compile(r"\[[^\]]*\]|\([^)]*\)")
BLANK_ROW = "blank line or note under the table"
FRAUD_REASON = "fraud offences, which Action Fraud records for the forces"

# A cell with a dash is nil: the accounting format that the publisher's spreadsheet shows a nil with. The 2017/18 file
# in an older release has 5,792 cells "-00" and not one "0"; of those that the April 2026 release also has, 97.6% are 0
# there and the others were revised.
NIL = re.compile(r"-\s*0*")


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one sheet, cell by cell translated; `reason` says why a row is left out, or is ""."""

    heading: Heading
    force: npt.NDArray[np.object_]
    start: npt.NDArray[np.object_]
    end: npt.NDArray[np.object_]
    reason: npt.NDArray[np.object_]


def force_or_body(cell: object) -> str:
    """Return the force id, or the name of a body that is no force or of a total. Raises ValueError for another name."""
    name = NOTE_MARK.sub(" ", as_text(cell)).strip()
    other = NO_FORCES.get(fold(name)) or TOTALS.get(fold(name))
    return other or forces.find(name).id


def count(cell: object) -> float:
    """Return a count, or NaN for "N/A" (whatever follows it). Raises ValueError for anything else that is no number.

    Blanks around a number, commas in it and a mark like "[r]" behind it are dropped; a dash is nil (see NIL); a
    negative count is a correction.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and float(cell).is_integer():
        return float(cell)
    text = re.sub(r"\s*\[[a-z]\]$", "", as_text(cell)).replace(",", "")
    if re.fullmatch(r"-?\d+", text):
        return float(text)
    if NIL.fullmatch(text):
        return 0.0
    if re.match(r"n/?a\b", text, re.IGNORECASE):
        return float("nan")
    found = as_text(cell) or "a blank"
    raise ValueError(f"found {found!r} where a count should be; put the published whole number back")


def read_rows(heading: Heading, columns: dict[str, Column], counts: Sequence[str], keys: Sequence[str]) -> Rows:
    """Return who and when of each row of a sheet, and why it is left out, if it is.

    Raises SourceError for an unknown force, year, quarter or offence group, and for a row that stands twice.
    """
    force_column = columns["force"]
    empty = blank(force_column) & np.logical_and.reduce([blank(columns[name]) for name in counts])
    force = translate(heading, "force", force_column, force_or_body, ~empty)
    year = translate(heading, "year", columns["year"], _year, ~empty)
    number = translate(heading, "quarter", columns["quarter"], _quarter_number, ~empty)
    group = translate(heading, "group", columns["group"], offence_group, ~empty)
    _refuse_repeats(heading, columns, keys, ~empty)
    reason = np.full(len(force), "", dtype=object)
    reason[group == FRAUD] = FRAUD_REASON
    for body in NO_FORCES.values():
        reason[force == body] = f"{body} is no police force area"
    for total in TOTALS.values():
        reason[force == total] = f"{total} is a total of forces"
    reason[empty] = BLANK_ROW
    start, end = _dates(year, number, ~empty)
    return Rows(heading, force, start, end, reason)


def translate(
    heading: Heading,
    field: str,
    column: Column,
    function: Callable[[object], object],
    used: npt.NDArray[np.bool_],
) -> npt.NDArray[np.object_]:
    """Return the function's answer for each cell, None where `used` is False; it is asked once for each different cell.

    A ValueError of the function becomes a SourceError that names the first cell with that value.
    """
    answers = np.full(len(column.values), None, dtype=object)
    for code in np.unique(column.codes[used]):
        try:
            answers[code] = function(column.values[code])
        except ValueError as problem:
            row = int(np.flatnonzero(used & (column.codes == code))[0])
            raise SourceError(f"{heading.place(row, field)}: {problem}") from None
    found: npt.NDArray[np.object_] = answers[column.codes]
    found[~used] = None
    return found


def blank(column: Column) -> npt.NDArray[np.bool_]:
    """Return True for each cell without text."""
    is_blank = np.array([as_text(value) == "" for value in column.values], dtype=bool)
    return np.asarray(is_blank[column.codes] if len(is_blank) else np.zeros(0, dtype=bool), dtype=bool)


def _year(cell: object) -> int:
    return periods.financial_year_start(NOTE_MARK.sub(" ", as_text(cell)))


def _quarter_number(cell: object) -> int:
    text = as_text(cell).upper().removeprefix("Q")
    if text not in ("1", "2", "3", "4"):
        raise ValueError(f"found {as_text(cell)!r} where a financial quarter, 1 to 4, should be; correct it")
    return int(text)


def _dates(
    year: npt.NDArray[np.object_], number: npt.NDArray[np.object_], used: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    code = np.full(len(year), -1, dtype=np.int64)
    code[used] = year[used].astype(np.int64) * 10 + number[used].astype(np.int64)
    different, codes = np.unique(code, return_inverse=True)
    quarters = [_quarter(int(value)) for value in different]
    starts = np.array([quarter.start.isoformat() if quarter else "" for quarter in quarters], dtype=object)
    ends = np.array([quarter.end.isoformat() if quarter else "" for quarter in quarters], dtype=object)
    return starts[codes], ends[codes]


def _quarter(code: int) -> periods.Period | None:
    year, number = divmod(code, 10)
    return None if code < 0 else periods.quarter(f"{year}/{(year + 1) % 100:02d}", number)


def _refuse_repeats(
    heading: Heading, columns: dict[str, Column], keys: Sequence[str], used: npt.NDArray[np.bool_]
) -> None:
    """Refuse a row that repeats an earlier one's key; without an offence code a sheet has no key to compare.

    A cell that names several codes may stand in as many rows: homicide, "1/4.1/4.10/4.2", has four in 2017/18.
    """
    if "code" not in columns:
        return
    combined = np.zeros(len(used), dtype=np.int64)
    for name in keys:
        if name in columns:
            combined = combined * max(len(columns[name].values), 1) + columns[name].codes
    here = pd.Series(combined[used])
    if not here.duplicated().any():
        return
    allowed = np.array([1 + as_text(value).count("/") for value in columns["code"].values])[columns["code"].codes][used]
    repeated = here.groupby(here).cumcount().to_numpy() >= allowed
    if repeated.any():
        row = int(np.flatnonzero(used)[np.flatnonzero(repeated)[0]])
        raise SourceError(
            f"{heading.place(row, 'code')}: repeats an earlier row's quarter, force and offence; take one out"
        )
