"""Home Office open data tables, a quarter, force and offence code a row: police recorded crime, and crime outcomes.

Outcomes are counted on two bases. Recorded: outcomes, up to the extract, of the offences recorded in the quarter. These
are the tracked outcomes of which shares are made, and with type 0, "not yet assigned", they add up to the crimes
recorded. Assigned: outcomes given in the quarter, whenever the offence was recorded; type 0 has no count there. Type 0
is no outcome. It is kept as dimension "0" because the sum needs it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data import periods
from peel_analysis.data.forces import Forces
from peel_analysis.sources.headings import BLANK_ROW, Field, Heading, fold, headings, is_blank
from peel_analysis.sources.reading import LeftOut, Reading, Request
from peel_analysis.sources.sheets import Column, SourceError, as_text

Cells = npt.NDArray[np.object_]
Used = npt.NDArray[np.bool_]
CRIME_FORMAT, OUTCOMES_FORMAT = "Home Office police recorded crime open data", "Home Office crime outcomes open data"
CRIME_ITEM = "recorded_crime"
OUTCOME_ITEMS = {"recorded": "outcomes_recorded", "assigned": "outcomes_assigned"}  # by basis
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
CRIME_KEY = ("year", "quarter", "force", "code", "description")

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
BODIES = (
    "British Transport Police",
    "Action Fraud",
    "CIFAS",
    "UK Finance",
    "Financial Fraud Action UK",
    "Report Fraud",
)
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
    tallies = Tallies(request, CRIME_FORMAT)
    for heading in found:
        columns = heading.columns()
        rows = _rows(heading, columns, ["offences"], CRIME_KEY, request.forces)
        values = heading.translate("offences", columns["offences"], _count, rows.used)
        if len(missing := np.flatnonzero(rows.used & (values != values))):
            raise SourceError(
                f"{heading.place(int(missing[0]), 'offences')}: found N/A where a number of offences should be"
            )
        tallies.begin(rows)
        tallies.leave_out(rows.reason, np.where(rows.used, values, 0))
        tallies.add(rows, rows.reason, rows.group, values, CRIME_ITEM)
    return tallies.reading(found)


def read_outcomes(request: Request) -> Reading:
    """Return the outcomes of each quarter, force and outcome type: items `outcomes_recorded`, `outcomes_assigned`.

    Left out and counted: bodies that are no force, fraud offences, the "of which" types, and rows whose cell says that
    there is no count ("N/A - offence code expired", "NA"). Raises SourceError for anything else that is not understood.
    """
    found = headings(request.book, OUTCOME_FIELDS, OUTCOMES_FORMAT)
    bases = [name for name in OUTCOME_ITEMS if any(name in one.positions for one in found)]
    if not bases or any(name not in heading.positions for name in bases for heading in found):
        raise SourceError(
            f"{found[0].sheet.place(found[0].row)}: no column {RECORDED.called[0]!r} or {ASSIGNED.called[0]!r} "
            "for the outcomes asked for; give the column its published name"
        )
    tallies = Tallies(request, OUTCOMES_FORMAT)
    for heading in found:
        columns = heading.columns()
        rows = _rows(heading, columns, bases, (*CRIME_KEY, "type"), request.forces)
        types = heading.translate("type", columns["type"], _outcome_type, rows.used)
        rows.reason[pd.Series(types).isin(OF_WHICH).to_numpy() & (rows.reason == "")] = OF_WHICH_REASON
        tallies.begin(rows)
        tallies.leave_out(rows.reason)
        for name in bases:
            values = heading.translate(name, columns[name], _count, rows.used)
            reason = np.full(len(values), "", dtype=object)  # why a row that would be kept has no count
            missing = np.isnan(values.astype(float)) & (rows.reason == "")
            for code in np.unique(columns[name].codes[missing]):
                said = as_text(columns[name].values[code])
                reason[missing & (columns[name].codes == code)] = f"no count on the {name} basis: {said}"
            tallies.leave_out(reason)
            tallies.add(rows, np.where(reason == "", rows.reason, reason), types, values, OUTCOME_ITEMS[name])
    return tallies.reading(found, (OUTCOME_NOTE,))


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one sheet, cell by cell translated; `reason` says why a row is left out, or is ""."""

    heading: Heading
    force: Cells
    group: Cells
    start: Cells
    end: Cells
    reason: Cells
    used: Used  # the rows that are not blank


def _rows(
    heading: Heading, columns: dict[str, Column], counts: Sequence[str], key: Sequence[str], forces: Forces
) -> Rows:
    """Return who, when and what of each row of a sheet, and why it is left out, if it is."""
    used = ~(is_blank(columns["force"]) & np.logical_and.reduce([is_blank(columns[name]) for name in counts]))
    force, year, number, group = (
        heading.translate(name, columns[name], function, used)
        for name, function in (
            ("force", lambda cell: _force_or_body(cell, forces)),
            ("year", lambda cell: periods.financial_year_start(NOTE_MARK.sub(" ", as_text(cell)))),
            ("quarter", _quarter_number),
            ("group", _offence_group),
        )
    )
    _refuse_repeats(heading, columns, key, used)
    reason = np.full(len(force), "", dtype=object)
    reason[group == FRAUD] = FRAUD_REASON
    for name, why in NO_FORCES.items():
        reason[force == name] = why
    reason[~used] = BLANK_ROW
    starts, ends = np.full(len(year), "", dtype=object), np.full(len(year), "", dtype=object)
    for start_year, of_year in set(zip(year[used], number[used], strict=True)):
        here = (year == start_year) & (number == of_year)
        quarter = periods.quarter(f"{start_year}/{(start_year + 1) % 100:02d}", of_year)
        starts[here], ends[here] = quarter.start.isoformat(), quarter.end.isoformat()
    return Rows(heading, force, group, starts, ends, reason, used)


def _refuse_repeats(heading: Heading, columns: dict[str, Column], key: Sequence[str], used: Used) -> None:
    """Refuse a row that repeats an earlier one's key; without an offence code a sheet has no key to compare.

    A cell that names several codes may stand in as many rows: homicide, "1/4.1/4.10/4.2", has four in 2017/18.
    """
    if "code" not in columns:
        return
    combined = np.zeros(len(used), dtype=np.int64)
    for name in key:
        if name in columns:
            combined = combined * max(len(columns[name].values), 1) + columns[name].codes
    here = pd.Series(combined[used])
    allowed = np.array([1 + as_text(value).count("/") for value in columns["code"].values])[columns["code"].codes][used]
    repeated = here.groupby(here).cumcount().to_numpy() >= allowed
    if repeated.any():
        row = int(np.flatnonzero(used)[np.flatnonzero(repeated)[0]])
        raise SourceError(
            f"{heading.place(row, 'code')}: repeats an earlier row's quarter, force and offence; take one out"
        )


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
        raise ValueError(
            f"unknown offence group {str(cell)!r}; if the publisher renamed one, add the name to OTHER_NAMES in "
            "peel_analysis/sources/crime_tables.py"
        )
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
    raise ValueError(
        f"found {as_text(cell) or 'a blank'!r} where a count should be; put the published whole number back"
    )


@dataclass
class Tallies:
    """What the sheets of one file have given so far; `places` says by quarter which sheet holds it."""

    request: Request
    format_name: str
    parts: list[pd.DataFrame] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    rows_read: int = 0

    def begin(self, rows: Rows) -> None:
        """Count a sheet's rows, and note its quarters. Raises SourceError for one that an earlier sheet holds too."""
        here = rows.heading.sheet.place(rows.heading.row)
        kept = rows.reason == ""
        for start, end in sorted(set(zip(rows.start[kept], rows.end[kept], strict=True))):
            if before := self.places.get((start, end)):
                raise SourceError(f"{here}: holds {start} to {end}, as {before} does; take out one of the two")
            self.places[start, end] = here
        self.rows_read += len(rows.reason)

    def leave_out(self, reason: Cells, values: Cells | None = None) -> None:
        """Add a sheet's rows left out to those of other sheets, by reason, with what they count."""
        out = reason != ""
        counted = pd.Series(0 if values is None else values[out], index=range(int(out.sum())), dtype=float)
        for why, counts in counted.groupby(reason[out], sort=False):
            before = self.left_out.get(str(why), LeftOut(0))
            total = None if values is None or why == BLANK_ROW else int(counts.sum()) + (before.total or 0)
            self.left_out[str(why)] = LeftOut(before.rows + len(counts), total)

    def add(self, rows: Rows, reason: Cells, dimension: Cells, values: Cells, item: str) -> None:
        """Add the counts of one item, summed over the rows that no reason leaves out."""
        kept = reason == ""
        key = {"force_id": rows.force, "dimension": dimension, "period_start": rows.start, "period_end": rows.end}
        table = pd.DataFrame({name: pd.Categorical(cells[kept]) for name, cells in key.items()})
        counted = table.assign(count=values[kept].astype(float)).groupby(list(key), observed=True)
        sums = counted["count"].sum().reset_index()
        self.parts.append(sums.assign(item=item, status="reported", release=self.request.release))

    def reading(self, found: Sequence[Heading], notes: Sequence[str] = ()) -> Reading:
        """Return what was read of all sheets, with blank rows for the forces in `not_supplied` that have none.

        Raises SourceError for another force without rows.
        """
        counts = shape.combine(self.parts)
        added: list[pd.DataFrame] = []
        for key, part in counts.groupby(["item", "period_start", "period_end"], observed=True):
            _, start, end = map(str, key)
            place, when = self.places[start, end], f" in {start} to {end}"
            for force_id in self.request.missing(set(part["force_id"]), place, "no row", when):
                rows = part.drop_duplicates("dimension").assign(force_id=force_id, status="not_supplied")
                added.append(rows.assign(count=pd.Series(pd.NA, index=rows.index, dtype="Int64")))
        return self.request.reading(
            self.format_name,
            shape.combine([counts, *added]),
            sheets_read=[heading.sheet for heading in found],
            rows_read=self.rows_read,
            left_out=self.left_out,
            notes=notes,
        )
