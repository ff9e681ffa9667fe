"""Home Office open data tables, a quarter, force and offence code a row: police recorded crime, and crime outcomes.

Outcomes are counted on two bases. Recorded: outcomes, up to the extract, of the offences recorded in the quarter. These
are the tracked outcomes of which shares are made, and with type 0, "not yet assigned", they add up to the crimes
recorded. Assigned: outcomes given in the quarter, whenever the offence was recorded; type 0 has no count there. Type 0
is no outcome. It is kept as dimension "0" because the sum needs it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.data.counts import GROUP_AND_TYPE
from peel_analysis.data.forces import Forces
from peel_analysis.sources.headings import BLANK_ROW, Field, Heading, fold, headings, is_blank
from peel_analysis.sources.reading import LeftOut, Reading, Request
from peel_analysis.sources.sheets import Column, SourceError, as_text

CRIME_FORMAT, OUTCOMES_FORMAT = "Home Office police recorded crime open data", "Home Office crime outcomes open data"
OUTCOME_ITEMS = {"recorded": "outcomes_recorded", "assigned": "outcomes_assigned"}  # by basis
BY_GROUP, OF_BY_GROUP = "outcomes_by_offence_group", "recorded"  # an item by year, and the basis that it is on
BOTH = (
    Field("year", ("Financial Year", "FY", "Year")),
    Field("quarter", ("Financial Quarter", "Quarter", "FQ")),
    Field("force", ("Force Name", "Force", "Police Force", "Police Force Area")),
    Field("group", ("Offence Group", "Group")),
    Field("code", ("Offence Code",), required=False),
    Field("description", ("Offence Description",), required=False),
)
CRIME_FIELDS = (*BOTH, Field("offences", ("Number of Offences", "n", "Offence Count", "Offences", "Number of Crimes")))
RECORDED = Field(
    "recorded",
    (
        "Force outcomes for offences recorded in quarter",
        "Outcomes for offences recorded in quarter",
        "Outcomes for offences recorded in the quarter",
        "Number of Outcomes",
        "n",
    ),
    required=False,
)
ASSIGNED = Field("assigned", ("Force outcomes recorded in quarter", "Outcomes recorded in quarter"), required=False)
OUTCOME_FIELDS = (*BOTH, Field("type", ("Outcome Type", "Outcome Type Number", "Outcome Code")), RECORDED, ASSIGNED)
PERIOD, QUARTERS = ["period_start", "period_end"], 4
GROUPED = ["force_id", "dimension", *PERIOD]

# The offence groups under the names of the April 2026 release, and their names elsewhere.
OTHER_NAMES = {
    "Criminal damage and arson": ("Criminal damage and arson offences",),
    "Drug offences": (),
    "Miscellaneous crimes against society": ("Miscellaneous crimes",),
    "Possession of weapons offences": ("Possession of weapons", "Possession of weapon offences"),
    "Public order offences": ("Public order",),
    "Robbery": ("Robbery offences",),
    "Sexual offences": (),
    "Theft offences": ("Theft",),
    "Violence against the person": ("Violence against the person offences", "Violent offences"),
}
GROUP_OF = {fold(name): group for group, others in OTHER_NAMES.items() for name in (group, *others)}
FRAUD, FRAUD_REASON = "Fraud offences", "fraud offences, which Action Fraud records for the forces"
# Bodies that record crime and have no area; a name of theirs may stand in any letters' case.
BODIES = "British Transport Police", "Action Fraud", "CIFAS", "UK Finance", "Financial Fraud Action UK", "Report Fraud"
TOTALS = ("England and Wales", "England", "Wales", "Total")
NO_FORCES = {name: f"{name} is no police force area" for name in BODIES}
NO_FORCES |= {name: f"{name} is a total of forces" for name in TOTALS}
NO_FORCE_OF = {fold(name): name for name in NO_FORCES}
TYPES = {str(number) for number in range(23)}
OF_WHICH = {"1a", "2a", "3a"}  # parts of types 1, 2 and 3, counted there: what an offender got for another offence
OF_WHICH_REASON = "part of another outcome type (1a, 2a, 3a)"
OUTCOME_NOTE = "type 0, not yet assigned, is kept as a dimension; it is no outcome"
NOTE_MARK = re.compile(r"\[[^\]]*\]|\([^)]*\)")

# A cell with a dash is nil: the accounting format that the publisher's spreadsheet shows a nil with. The 2017/18 file
# in an older release has 5,792 cells "-00" and not one "0"; of those that the April 2026 release also has, 97.6% are 0
# there and the others were revised.
NIL = re.compile(r"-\s*0*")


def read_crime(request: Request) -> Reading:
    """Return the offences of each quarter, force and offence group (item `recorded_crime`).

    Left out and counted: bodies that are no force, and fraud offences. Forces in `not_supplied` may be missing, and get
    blank rows that say so. Raises SourceError for anything else that is not understood.
    """
    found = headings(request.book, CRIME_FIELDS, CRIME_FORMAT)
    return _read(request, CRIME_FORMAT, found, {"offences": "recorded_crime"})


def read_outcomes(request: Request) -> Reading:
    """Return the outcomes of each quarter, force and outcome type: items `outcomes_recorded`, `outcomes_assigned`.

    Those of the offences recorded are given once more by offence group and type, for each financial year of which all
    four quarters are there: item `outcomes_by_offence_group`, whose dimension is as "Robbery: 1".

    Left out and counted: bodies that are no force, fraud offences, the "of which" types, and rows whose cell says that
    there is no count ("N/A - offence code expired", "NA"). Raises SourceError for anything else that is not understood.
    """
    found = headings(request.book, OUTCOME_FIELDS, OUTCOMES_FORMAT)
    bases = {name: item for name, item in OUTCOME_ITEMS.items() if any(name in one.positions for one in found)}
    if not bases or any(name not in heading.positions for name in bases for heading in found):
        here, names = found[0].sheet.place(found[0].row), f"{RECORDED.called[0]!r} or {ASSIGNED.called[0]!r}"
        raise SourceError(f"{here}: no column {names} for the outcomes asked for; give it its published name")
    return _read(request, OUTCOMES_FORMAT, found, bases, (OUTCOME_NOTE,))


def _read(
    request: Request, format_name: str, found: Sequence[Heading], items: Mapping[str, str], notes: Sequence[str] = ()
) -> Reading:
    """Return the counts of each item, by its field, summed over the rows that no reason leaves out."""
    parts: list[pd.DataFrame] = []
    grouped: list[pd.DataFrame] = []
    left: list[pd.DataFrame] = []
    places: dict[tuple[str, ...], str] = {}  # by quarter, the sheet that holds it
    rows_read = 0
    for heading in found:
        columns, here = heading.columns(), heading.sheet.place(heading.row)
        rows = _rows(heading, columns, items, request.forces)
        kept = rows["reason"] == ""
        for start, end in rows.loc[kept, PERIOD].drop_duplicates().sort_values(PERIOD).itertuples(index=False):
            if before := places.get((start, end)):
                raise SourceError(f"{here}: holds {start} to {end}, as {before} does; take out one of the two")
            places[start, end] = here
        rows_read += len(rows)
        left.append(rows.loc[~kept, ["reason", *items]])
        for name, item in items.items():
            missing = kept & rows[name].isna()
            said = [as_text(columns[name].values[code]) for code in columns[name].codes[missing]]
            left.append(pd.DataFrame({"reason": [f"no count on the {name} basis: {text}" for text in said]}))
            sums = rows[kept & ~missing].groupby(GROUPED, observed=True)[name].sum().rename("count").reset_index()
            parts.append(sums.assign(item=item, status="reported", release=request.release))
        if OF_BY_GROUP in items:
            whole = rows[kept & rows[OF_BY_GROUP].notna()]
            grouped.append(whole.groupby(["group", *GROUPED], observed=True)[OF_BY_GROUP].sum().reset_index())
    for year in _years_by_group(grouped):
        places[year["period_start"].iloc[0], year["period_end"].iloc[0]] = found[0].sheet.place(found[0].row)
        parts.append(year.assign(item=BY_GROUP, status="reported", release=request.release))
    counts = shape.combine(parts)
    for key, part in counts.groupby(["item", *PERIOD], observed=True):
        _, start, end = map(str, key)
        for force_id in request.missing(set(part["force_id"]), places[start, end], "no row", f" in {start} to {end}"):
            blank = part.drop_duplicates("dimension").assign(force_id=force_id, status="not_supplied")
            parts.append(blank.assign(count=pd.Series(pd.NA, index=blank.index, dtype="Int64")))
    left_out = {
        str(why): LeftOut(len(of), int(of["offences"].sum()) if "offences" in items and why != BLANK_ROW else None)
        for why, of in pd.concat(left).groupby("reason", sort=False)
    }
    table, sheets = shape.combine(parts), [heading.sheet for heading in found]
    return request.reading(format_name, table, sheets_read=sheets, rows_read=rows_read, left_out=left_out, notes=notes)


def _years_by_group(quarters: Sequence[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the counts by offence group and outcome type of each financial year that has all four quarters."""
    if not quarters:
        return
    rows = pd.concat(quarters, ignore_index=True).astype({"period_start": "str", "group": "str", "dimension": "str"})
    first = rows["period_start"].str[:4].astype(int) - (rows["period_start"].str[5:7] < "04")
    for year, of_year in rows.groupby(first):
        if of_year["period_start"].nunique() < QUARTERS:
            continue
        name = f"{year}/{(int(str(year)) + 1) % 100:02d}"
        start, end = (periods.quarter(name, number) for number in (1, QUARTERS))
        cells = of_year.assign(dimension=of_year["group"] + GROUP_AND_TYPE + of_year["dimension"])
        sums = cells.groupby(["force_id", "dimension"], observed=True)[OF_BY_GROUP].sum().rename("count").reset_index()
        yield sums.assign(period_start=start.start.isoformat(), period_end=end.end.isoformat())


def _rows(heading: Heading, columns: Mapping[str, Column], counts: Iterable[str], forces: Forces) -> pd.DataFrame:
    """Return who, when, what and how many of each row of a sheet; `reason` says why it is left out, or is ""."""
    used = ~(is_blank(columns["force"]) & np.logical_and.reduce([is_blank(columns[name]) for name in counts]))
    force, year, number, dimension = (
        heading.translate(name, columns[name], function, used)
        for name, function in (
            ("force", lambda cell: _force_or_body(cell, forces)),
            ("year", lambda cell: periods.financial_year_start(NOTE_MARK.sub(" ", as_text(cell)))),
            ("quarter", _quarter_number),
            ("group", _offence_group),
        )
    )
    _refuse_repeats(heading, columns, used)
    reason = np.full(len(force), "", dtype=object)
    reason[dimension == FRAUD] = FRAUD_REASON
    for name, why in NO_FORCES.items():
        reason[force == name] = why
    if "type" in columns:
        group, dimension = dimension, heading.translate("type", columns["type"], _outcome_type, used)
        reason[pd.Series(dimension).isin(OF_WHICH).to_numpy() & (reason == "")] = OF_WHICH_REASON
    reason[~used] = BLANK_ROW
    starts, ends = np.full(len(year), "", dtype=object), np.full(len(year), "", dtype=object)
    for start_year, of_year in set(zip(year[used], number[used], strict=True)):
        here = (year == start_year) & (number == of_year)
        quarter = periods.quarter(f"{start_year}/{(start_year + 1) % 100:02d}", of_year)
        starts[here], ends[here] = quarter.start.isoformat(), quarter.end.isoformat()
    cells = zip(GROUPED, (force, dimension, starts, ends), strict=True)
    rows = pd.DataFrame({name: pd.Categorical(column) for name, column in cells}).assign(reason=reason)
    if "type" in columns:
        rows["group"] = pd.Categorical(group)
    for name in counts:
        read = _offences if name == "offences" else _count
        rows[name] = heading.translate(name, columns[name], read, used).astype(float)
    return rows


def _refuse_repeats(heading: Heading, columns: Mapping[str, Column], used: npt.NDArray[np.bool_]) -> None:
    """Refuse a row that repeats an earlier one's key; without an offence code a sheet has no key to compare.

    A cell that names several codes may stand in as many rows: homicide, "1/4.1/4.10/4.2", has four in 2017/18.
    """
    if "code" not in columns:
        return
    combined = np.zeros(len(used), dtype=np.int64)
    for name in ("year", "quarter", "force", "code", "description", "type"):
        if name in columns:
            combined = combined * max(len(columns[name].values), 1) + columns[name].codes
    here = pd.Series(combined[used])
    allowed = np.array([1 + as_text(value).count("/") for value in columns["code"].values])[columns["code"].codes][used]
    repeated = here.groupby(here).cumcount().to_numpy() >= allowed
    if repeated.any():
        place = heading.place(int(np.flatnonzero(used)[np.flatnonzero(repeated)[0]]), "code")
        raise SourceError(f"{place}: repeats an earlier row's quarter, force and offence; take one out")


def _force_or_body(cell: object, forces: Forces) -> str:
    """Return the force id, or the name of a body that is no force or of a total. Raises ValueError for another name."""
    name = NOTE_MARK.sub(" ", as_text(cell)).strip()
    return NO_FORCE_OF.get(fold(name)) or forces.find(name).id


def _quarter_number(cell: object) -> int:
    text = as_text(cell).upper().removeprefix("Q")
    if text not in ("1", "2", "3", "4"):
        raise ValueError(f"found {as_text(cell)!r} where a financial quarter, 1 to 4, should be; correct it")
    return int(text)


def _offence_group(cell: object) -> str:
    """Return the group that a cell names; "Fraud offences to 2012/13" and the like are FRAUD. Raises ValueError."""
    name = fold(str(cell))
    group = FRAUD if name.startswith("fraud") else GROUP_OF.get(name.rstrip("0123456789 "))  # glued footnote digits
    if group is None:
        where = "OTHER_NAMES in peel_analysis/sources/crime_tables.py"
        raise ValueError(f"unknown offence group {str(cell)!r}; if the publisher renamed one, add it to {where}")
    return group


def _outcome_type(cell: object) -> str:
    """Return an outcome type, "0" to "22", or one of the "of which" types. Raises ValueError for anything else."""
    text = re.sub(r"^(outcome )?(type )?", "", as_text(cell).lower())
    if text in TYPES or text in OF_WHICH:
        return text
    raise ValueError(f"unknown outcome type {as_text(cell)!r}; the types are 0 to 22")


def _count(cell: object) -> float:
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
    raise ValueError(f"found {as_text(cell) or 'a blank'!r} where a count should be; put the published number back")


def _offences(cell: object) -> float:
    count = _count(cell)
    if count != count:
        raise ValueError("found N/A where a number of offences should be")
    return count
