"""Home Office open data tables, a quarter, force and offence code a row: police recorded crime, and crime outcomes.

Outcomes are counted on two bases. Recorded: outcomes, up to the extract, of the offences recorded in the quarter. These
are the tracked outcomes of which shares are made, and with type 0, "not yet assigned", they add up to the crimes
recorded. Assigned: outcomes given in the quarter, whenever the offence was recorded; type 0 has no count there. Type 0
is no outcome. It is kept as dimension "0" because the sum needs it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.data.counts import GROUP_AND_TYPE
from peel_analysis.data.forces import Forces
from peel_analysis.sources import crime_cells as cells
from peel_analysis.sources.crime_cells import FRAUD, NO_FORCES, OF_WHICH, Absent
from peel_analysis.sources.headings import BLANK_ROW, Field, Heading, headings, is_blank
from peel_analysis.sources.reading import LeftOut, Reading, Request
from peel_analysis.sources.sheets import Column, SourceError, as_text

CRIME_FORMAT, OUTCOMES_FORMAT = "Home Office police recorded crime open data", "Home Office crime outcomes open data"
OUTCOME_ITEMS = {"recorded": "outcomes_recorded", "assigned": "outcomes_assigned"}  # by basis
BY_GROUP, OF_BY_GROUP = "outcomes_by_offence_group", "recorded"  # an item by year, and the basis that it is on
BOTH = (
    Field("year", ("Financial Year", "FY", "Year")),
    Field("quarter", ("Financial Quarter", "Quarter", "FQ")),
    Field("force", ("Force Name", "Force", "Police Force", "Police Force Area")),
    Field("partnership", ("CSP Name", "Community Safety Partnership", "CSP"), required=False),
    Field("group", ("Offence Group", "Group")),
    Field("code", ("Offence Code",), required=False),
    Field("description", ("Offence Description",), required=False),
)
OFFENCES = Field(
    "offences",
    ("Number of Offences", "n", "Offence Count", "Offences", "Number of Crimes"),
    required=False,
    counts=True,
)
CRIME_FIELDS = (*BOTH, OFFENCES)
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
    counts=True,
)
ASSIGNED = Field(
    "assigned",
    ("Force outcomes recorded in quarter", "Outcomes recorded in quarter"),
    required=False,
    counts=True,
)
OUTCOME_FIELDS = (
    *BOTH,
    Field("expired", ("Offence Code Expired",), required=False),
    Field("type", ("Outcome Type", "Outcome Type Number", "Outcome Code")),
    RECORDED,
    ASSIGNED,
)
UNASSIGNED = "0"
PERIOD, QUARTERS = ["period_start", "period_end"], 4
GROUPED = ["force_id", "dimension", *PERIOD]
OFFENCE = {"code": cells.offence_code, "description": cells.words, "partnership": cells.partnership}
LACKS = " not provided"  # behind the name of a column of counts: whether one that was due is missing
FRAUD_REASON = "fraud offences, which Action Fraud records for the forces"
OF_WHICH_REASON = "part of another outcome type (1a, 2a, 3a)"
OUTCOME_NOTE = "type 0, not yet assigned, is kept as a dimension; it is no outcome"


def read_crime(request: Request) -> Reading:
    """Return the offences of each quarter, force and offence group (item `recorded_crime`).

    Community safety partnerships are added up by force. Left out and counted: bodies that are no force, fraud
    offences, and cells that say that there is no count. Where a force did not provide some of a sum's cells, the sum is
    `partial`; where it provided none, a blank row is `not_supplied`. Forces in `not_supplied` may be missing, and get
    such rows too. Raises SourceError for anything else that is not understood.
    """
    found = headings(request.book, CRIME_FIELDS, CRIME_FORMAT)
    return _read(request, CRIME_FORMAT, found, {"offences": "recorded_crime"})


def read_outcomes(request: Request) -> Reading:
    """Return the outcomes of each quarter, force and outcome type: items `outcomes_recorded`, `outcomes_assigned`.

    Those of the offences recorded are given once more by offence group and type, for each financial year of which all
    four quarters are there: item `outcomes_by_offence_group`, whose dimension is as "Robbery: 1".

    Left out and counted: bodies that are no force, fraud offences, the "of which" types, and rows whose cell says that
    no count applies ("N/A - offence code expired", "NA"). What a force did not provide is told as by `read_crime`.
    Raises SourceError for anything else that is not understood.
    """
    found = headings(request.book, OUTCOME_FIELDS, OUTCOMES_FORMAT)
    bases = {name: item for name, item in OUTCOME_ITEMS.items() if any(name in one.positions for one in found)}
    for heading in found:
        if lacking := [
            one.called[0] for one in (RECORDED, ASSIGNED) if one.name in set(bases) - set(heading.positions)
        ]:
            here = heading.sheet.place(heading.row)
            raise SourceError(f"{here}: no column {lacking[0]!r}, which another sheet has; give the file as published")
    return _read(request, OUTCOMES_FORMAT, found, bases, (OUTCOME_NOTE,))


def _read(
    request: Request, format_name: str, found: Sequence[Heading], items: Mapping[str, str], notes: Sequence[str] = ()
) -> Reading:
    """Return the counts of each item, by its field, summed over the rows that no reason leaves out."""
    parts: list[pd.DataFrame] = []
    grouped: list[pd.DataFrame] = []
    left: list[pd.DataFrame] = []
    stand: list[pd.DataFrame] = []
    places: dict[tuple[str, ...], str] = {}  # by quarter, the sheet that holds it
    rows_read = 0
    for heading in found:
        columns, here = heading.columns(), heading.sheet.place(heading.row)
        rows = _rows(heading, columns, items, request.forces, format_name)
        kept = rows["reason"] == ""
        for start, end in rows.loc[kept, PERIOD].drop_duplicates().sort_values(PERIOD).itertuples(index=False):
            if before := places.get((start, end)):
                remedy = "give each quarter in one sheet, once"
                raise SourceError(f"{here}: holds {start} to {end}, as {before} does; {remedy}")
            places[start, end] = here
        rows_read += len(rows)
        left.append(rows.loc[~kept, ["reason", *items]])
        for name, item in items.items():
            left.append(_without_count(rows[kept], columns[name], name))
            parts.append(_sums(rows[kept], GROUPED, name).assign(item=item, release=request.release))
        if OF_BY_GROUP in items:
            grouped.append(_sums(rows[kept], ["group", *GROUPED], OF_BY_GROUP))
        stand.append(_cells(rows[kept]))
    for year in _years_by_group(grouped):
        places[year["period_start"].iloc[0], year["period_end"].iloc[0]] = found[0].sheet.place(found[0].row)
        parts.append(year.assign(item=BY_GROUP, release=request.release))
    counts = shape.combine(parts)
    for key, part in counts.groupby(["item", *PERIOD], observed=True):
        _, start, end = map(str, key)
        for force_id in request.missing(set(part["force_id"]), places[start, end], "no row", f" in {start} to {end}"):
            blank = part.drop_duplicates("dimension").assign(force_id=force_id, status="not_supplied")
            parts.append(blank.assign(count=pd.Series(pd.NA, index=blank.index, dtype="Int64")))
    table, sheets = shape.combine(parts), [heading.sheet for heading in found]
    return request.reading(
        format_name,
        table,
        sheets_read=sheets,
        rows_read=rows_read,
        left_out=dict(_left_out(pd.concat(left), request.forces)),
        notes=[*notes, *_not_provided(counts, request.forces)],
        cells=pd.concat(stand, ignore_index=True),
    )


def _rows(
    heading: Heading, columns: Mapping[str, Column], counts: Iterable[str], forces: Forces, format_name: str
) -> pd.DataFrame:
    """Return who, when, what and how many of each row of a sheet; `reason` says why it is left out, or is ""."""
    used = _used(columns, counts)
    force, year, number, dimension = (
        heading.translate(name, columns[name], function, used)
        for name, function in (
            ("force", lambda cell: cells.force_or_body(cell, forces)),
            ("year", cells.financial_year),
            ("quarter", cells.quarter_number),
            ("group", cells.offence_group),
        )
    )
    reason = np.full(len(force), "", dtype=object)
    reason[dimension == FRAUD] = FRAUD_REASON
    for name, why in NO_FORCES.items():
        reason[force == name] = why
    if "type" in columns:
        group, dimension = dimension, heading.translate("type", columns["type"], cells.outcome_type, used)
        reason[pd.Series(dimension).isin(OF_WHICH).to_numpy() & (reason == "")] = OF_WHICH_REASON
    reason[~used] = BLANK_ROW
    starts, ends = np.full(len(year), "", dtype=object), np.full(len(year), "", dtype=object)
    for start_year, of_year in set(zip(year[used], number[used], strict=True)):
        here = (year == start_year) & (number == of_year)
        quarter = periods.quarter(f"{start_year}/{(start_year + 1) % 100:02d}", of_year)
        starts[here], ends[here] = quarter.start.isoformat(), quarter.end.isoformat()
    told = zip(GROUPED, (force, dimension, starts, ends), strict=True)
    rows = pd.DataFrame({name: pd.Categorical(column) for name, column in told}).assign(reason=reason)
    if "type" in columns:
        rows["group"] = pd.Categorical(group)
    for name, function in OFFENCE.items():
        if name in columns:
            rows[name] = pd.Categorical(heading.translate(name, columns[name], function, used))
    _refuse_repeats(heading, rows[used], format_name)
    for name in counts:
        rows[name], rows[name + LACKS] = _counts(heading, columns, name, used)
    if "type" in columns and ASSIGNED.name in rows:
        _refuse_exchanged(heading, rows)
    return rows


def _refuse_exchanged(heading: Heading, rows: pd.DataFrame) -> None:
    """Refuse a table that counts type 0, not yet assigned, among the outcomes assigned in the quarter alone."""
    unassigned = rows[rows["dimension"] == UNASSIGNED]
    counted = unassigned[unassigned[ASSIGNED.name] > 0]
    if len(counted) and RECORDED.name in rows and unassigned[RECORDED.name].isna().all():
        place = heading.place(int(counted.index[0]), ASSIGNED.name)
        found = "counts outcomes of type 0, not yet assigned, among those assigned in the quarter, where there are none"
        raise SourceError(f"{place}: {found}; the two headings look exchanged, so give them as published")


def _used(columns: Mapping[str, Column], counts: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Return which rows are of the table: a blank line, or a note in one cell under the table, is not."""
    blank = {name: is_blank(column) for name, column in columns.items()}
    without = blank["force"] & np.logical_and.reduce([blank[name] for name in counts])
    filled = np.add.reduce([(~cell).astype(int) for cell in blank.values()])
    used: npt.NDArray[np.bool_] = ~(without & (filled <= 1))
    return used


def _counts(
    heading: Heading, columns: Mapping[str, Column], name: str, used: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return a column's counts, NaN where there is none, and whether one is missing that was due.

    "N/A" without a reason is refused for offences. On the recorded basis it says that an expired code has no count, and
    of any other code that the force gave none; on the assigned basis, where type 0 has none, that none applies.
    """
    found = heading.translate(name, columns[name], cells.offences if name == "offences" else cells.count, used)
    of = {why: np.array([one is why for one in found], dtype=bool) for why in Absent}
    lacks = of[Absent.NOT_PROVIDED]
    if name == OF_BY_GROUP:
        lacks |= of[Absent.BARE] & (is_blank(columns["expired"]) if "expired" in columns else True)
    found[np.logical_or.reduce(list(of.values()))] = None
    return found.astype(np.float64), lacks


def _refuse_repeats(heading: Heading, rows: pd.DataFrame, format_name: str) -> None:
    """Refuse a row that repeats an earlier one's key, as they are read; without an offence code there is no key.

    A cell that names several codes may stand in as many rows, though in no more than elsewhere in the sheet: homicide,
    "1/4.1/4.10/4.2", has four in 2017/18.
    """
    if "code" not in rows:
        return
    key = np.zeros(len(rows), dtype=np.int64)
    by_type = ["dimension"] if "group" in rows else []
    for name in ("force_id", *PERIOD, *by_type, *(name for name in OFFENCE if name in rows)):
        key = pd.factorize(key * (len(rows[name].cat.categories) + 1) + rows[name].cat.codes.to_numpy() + 1)[0]
    keys = pd.Series(key)
    if keys.is_unique:
        return
    several = rows["code"].map({code: 1 + str(code).count("/") for code in rows["code"].cat.categories}).astype(int)
    times = keys.map(keys.value_counts())
    usual = times.groupby(rows["code"].to_numpy()).transform(lambda those: those.value_counts().idxmax())
    most = np.minimum(several.to_numpy(), usual.to_numpy())
    repeated = keys.groupby(keys).cumcount().to_numpy() >= most
    if repeated.any():
        again = int(np.flatnonzero(repeated)[0])
        first = int(np.flatnonzero(key == key[again])[0])
        both = int(rows.index[first]), int(rows.index[again])
        raise SourceError(_repeats(heading, *both, int(most[again]), format_name))


def _repeats(heading: Heading, first: int, again: int, most: int, format_name: str) -> str:
    """Return what is wrong with two rows of one key, counted from the heading, and what to do about it.

    Where a column that is not read tells them apart, the file is another table, and no row is to be taken out.
    """
    sheet, below = heading.sheet, heading.row + 1
    place, other = heading.place(again, "code"), sheet.place(below + first).removeprefix(f"{sheet.file}, ")
    found = sheet.rows(below + again + 1)
    one, two = ([as_text(cell).casefold() for cell in found[below + row]] for row in (first, again))
    read = set(heading.positions.values())
    names = [(at, name) for at, name in enumerate(sheet.top[heading.row]) if name and at not in read]
    if told := [name for at, name in names if one[at : at + 1] != two[at : at + 1]]:
        table = f"this looks like a table by {told[0]!r}, which is not read, and not like the one by force and offence"
        remedy = f"take no row out, and give the {format_name} by police force area"
    elif most > 1:
        table, remedy = f"an offence of several codes stands in {most} rows here", "give the file as published"
    elif one == two:
        table, remedy = "its cells are the same", "keep the row once"
    else:
        table, remedy = "its cells are not all the same", "find out at the publisher's which is right, and keep that"
    return f"{place}: repeats the quarter, force and offence of {other}; {table}; {remedy}"


def _sums(rows: pd.DataFrame, keys: Sequence[str], name: str) -> pd.DataFrame:
    """Return the counts by key: `partial` where one that was due is missing, and blank where there is none at all."""
    of_keys = rows[rows[name].notna() | rows[name + LACKS]].groupby(list(keys), observed=True)
    sums = of_keys[[name]].sum(min_count=1).rename(columns={name: "count"})
    return _with_status(sums, of_keys[name + LACKS].any()).reset_index()


def _with_status(sums: pd.DataFrame, lacks: "pd.Series[bool]") -> pd.DataFrame:
    told = np.select([~lacks.to_numpy(dtype=bool), sums["count"].notna()], ["reported", "partial"], "not_supplied")
    return sums.assign(status=told)


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
        named = of_year.assign(
            dimension=of_year["group"] + GROUP_AND_TYPE + of_year["dimension"], lacks=of_year["status"] != "reported"
        )
        of_cells = named.groupby(["force_id", "dimension"], observed=True)
        sums = _with_status(of_cells[["count"]].sum(min_count=1), of_cells["lacks"].any()).reset_index()
        yield sums.assign(period_start=start.start.isoformat(), period_end=end.end.isoformat())


def _without_count(rows: pd.DataFrame, column: Column, name: str) -> pd.DataFrame:
    """Return the reason of each row without a count; `of` is the force, where one was due."""
    rows = rows[rows[name].isna()]
    on = "no count" if name == "offences" else f"no count on the {name} basis"
    said = np.array([f"{on}: {as_text(value)}" for value in column.values], dtype=object)
    return pd.DataFrame(
        {
            "reason": said[column.codes[rows.index]],
            "of": rows["force_id"].astype("str").where(rows[name + LACKS], ""),
        }
    )


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows each force has of a quarter, offence group, outcome type and offence code.

    Of those that all forces have alike, which are nearly all of a whole file, the first of each group is enough.
    """
    by_type = "group" in rows  # of outcomes the dimension is the type
    named = rows[["force_id", *PERIOD]].assign(
        group=rows["group" if by_type else "dimension"],
        type=rows["dimension"] if by_type else "",
        code=rows.get("code", ""),
    )
    cells = named.groupby(list(named.columns), observed=True).size().rename("rows").reset_index()
    keys = [*PERIOD, "group", "type", "code"]
    cell = cells.groupby(keys, observed=True)
    of_cell, number = cell["rows"], cell.ngroup()
    most = cells.groupby(PERIOD, observed=True)["force_id"].transform("nunique")
    alike = (of_cell.transform("min") == of_cell.transform("max")) & (of_cell.transform("size") == most)
    is_first = number.isin(number[~cells[[*PERIOD, "group"]].duplicated()])
    return cells[~alike | is_first].astype(dict.fromkeys(("force_id", *keys), "str"))


def _left_out(rows: pd.DataFrame, forces: Forces) -> Iterator[tuple[str, LeftOut]]:
    """Yield each reason with its rows, and with what they count where they count offences."""
    for why, of in rows.groupby("reason", sort=False):
        due = sorted(filter(None, of["of"].dropna().unique()))
        total = of["offences"].sum(min_count=1) if "offences" in of else float("nan")
        named = f"{why} ({forces.in_words(due)})" if due else str(why)
        yield named, LeftOut(len(of), None if pd.isna(total) else int(total))


def _not_provided(counts: pd.DataFrame, forces: Forces) -> Iterator[str]:
    """Yield a sentence on the sums that are partial or blank, and whose they are."""
    told = Counter(counts["status"])
    if told["partial"] or told["not_supplied"]:
        whose = forces.in_words(sorted(counts.loc[counts["status"] != "reported", "force_id"].unique()))
        yield f"not provided: {told['partial']:,} sums are partial and {told['not_supplied']:,} are blank, of {whose}"
