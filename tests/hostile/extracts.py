"""Small extracts of each published format, in its layout: rows of the project's own tables, or invented counts.

A return is invented. The rest is cut from data/, so that what is held beside it agrees with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Any

import pandas as pd
from area_sheets import area_rows, sums
from home_office import CRIME_HEADING, OUTCOME_HEADING
from workbooks import DATA, FORCES, Row

FORMATS, KINDS = ("crime", "outcomes", "areas", "workforce", "return"), ("csv", "xlsx", "ods", "parquet")
FORCE_CODES = ("E23", "W15")
NAMES = {force.name for force in FORCES} - {"West Midlands"}  # which is a region too
LEFT = {"areas": 2, "workforce": 1}  # columns that name the areas stand at the left
PEOPLE = 1000  # of the rates


@dataclass
class Sheet:
    """A sheet of cells; `state` is that of openpyxl: visible, hidden or veryHidden."""

    name: str
    rows: list[Row]
    state: str = "visible"


@dataclass
class Extract:
    """A file that is not written yet: its sheets, and where the columns of the table on the sheet `main` are.

    The table's rows stand under `heading`, whose first row is `top`, and `below` counts those under the table. `text`
    says how a CSV file of it is written: delimiter, encoding, line ends.
    """

    format: str
    sheets: list[Sheet]
    columns: dict[str, int]
    heading: int = 0
    below: int = 0
    main: str = ""
    text: dict[str, Any] = field(default_factory=dict)

    def copy(self) -> "Extract":
        """Return an extract whose sheets, rows and columns may be changed without changing this one's."""
        sheets = [Sheet(sheet.name, [list(row) for row in sheet.rows], sheet.state) for sheet in self.sheets]
        return replace(self, sheets=sheets, columns=dict(self.columns), text=dict(self.text))

    @property
    def main_sheet(self) -> Sheet:
        """The sheet with the table."""
        return next(sheet for sheet in self.sheets if sheet.name == self.main)

    @property
    def rows(self) -> list[Row]:
        """All rows of the sheet with the table."""
        return self.main_sheet.rows

    @property
    def top(self) -> int:
        """The first row of the heading: the areas' has years above it."""
        return self.heading - (self.format == "areas")

    @property
    def table(self) -> range:
        """The numbers of the table's rows."""
        return range(self.heading + 1, len(self.rows) - self.below)

    def row(self, random: Random) -> Row:
        """Return a row of the table."""
        return self.rows[random.choice(self.table)]

    def forces_rows(self) -> list[Row]:
        """Return the rows of the table that count something of a force."""
        rows = [self.rows[at] for at in self.table]
        if self.format == "areas":
            return [row for row in rows if str(row[0]).startswith(FORCE_CODES)]
        return [row for row in rows if str(row[self.columns["force"]]).strip() in NAMES and "Fraud" not in row]


Change = Callable[[Extract, Random], object]
Right = frozenset[str]


@dataclass(frozen=True)
class Mutation:
    """A change of an extract, and what is right; `of` are the formats and `files` the kinds of file that it suits."""

    name: str
    change: Change
    right: Right
    of: tuple[str, ...] = FORMATS
    files: tuple[str, ...] = KINDS


def _held(item: str, release: str, **only: list[str]) -> pd.DataFrame:
    rows = DATA.counts(item, release)
    for name, values in only.items():
        rows = rows[rows[name].isin(values)]
    return rows.astype({"dimension": "str", "force_id": "str"})


def crime() -> Extract:
    """Return two quarters of recorded crime, an offence code a group, with fraud and a body that is no force."""
    quarters = {"2024-04-01": 1, "2024-07-01": 2}
    held = _held("recorded_crime", "2026-04", period_start=list(quarters))
    codes = {group: str(number) for number, group in enumerate(sorted(held["dimension"].unique()), start=30)}
    rows: list[Row] = [["2024/25", 1, "Norfolk", "Fraud", "Fraud offences", "Fraud", "51", 7]]
    rows += [["2024/25", 2, "British Transport Police", "Robbery, all", "Robbery", "Robbery", "34", 8]]
    rows += [
        ["2024/25", quarters[start], FORCES.name(force), f"{group}, all", group, group, codes[group], int(count)]
        for force, group, start, count in held[["force_id", "dimension", "period_start", "count"]].to_numpy()
    ]
    columns = {"year": 0, "quarter": 1, "force": 2, "description": 3, "group": 4, "code": 6, "count": 7}
    return Extract("crime", [_cover(), Sheet("2024_25", [list(CRIME_HEADING), *rows])], columns, main="2024_25")


def outcomes() -> Extract:
    """Return a quarter of outcomes, a row a force and type; the assigned ones are invented, and the groups too."""
    held = _held("outcomes_recorded", "2024-25", period_start=["2024-04-01"])
    groups = sorted(_held("recorded_crime", "2026-04", period_start=["2024-04-01"])["dimension"].unique())
    rows: list[Row] = []
    for force, kind, count in held[["force_id", "dimension", "count"]].to_numpy():
        group = groups[int(kind) % len(groups)]
        given: object = "N/A" if kind == "0" else int(count) + 1
        rows.append(["2024/25", 1, FORCES.name(force), f"{group}, all", group, "34", kind, int(count), given])
    columns = {
        "year": 0,
        "quarter": 1,
        "force": 2,
        "description": 3,
        "group": 4,
        "code": 5,
        "type": 6,
        "count": 7,
        "assigned": 8,
    }
    return Extract("outcomes", [_cover(), Sheet("2024_25", [list(OUTCOME_HEADING), *rows])], columns, main="2024_25")


def areas() -> Extract:
    """Return a table of incidents and rates of two years, and one of mid-year populations."""
    ends = {"2017-03-31": 2015, "2018-03-31": 2016}
    held = _held("asb_incidents", "2018-03", period_end=list(ends)).set_index(["force_id", "period_end"])["count"]
    people = {
        (force, year): round(DATA.populations[force, year, "2017"], -2)
        for force in FORCES.ids
        for year in ends.values()
    }
    figures: dict[str, Row] = {}
    for force in FORCES.ids:
        figures[force] = []
        for end, year in ends.items():
            count = held[force, end]
            both: Row = [".."] * 2 if pd.isna(count) else [int(count), float(count / people[force, year] * PEOPLE)]
            figures[force] += both
    first: list[Row] = [
        ["Table P7: Anti-social behaviour incidents, by police force area, year ending March 2017 to March 20181,2"],
        ["England and Wales"],
        [None, None, "Apr '16 to Mar '175, 6", None, "Apr '17 to Mar '18", None],
        ["Area Code", "Area Name", *["Number of Incidents", "Rate per 1,000 population"] * 2],
    ]
    below: list[Row] = [["Source: Police recorded incidents"], ["8. Norfolk Constabulary gave 11 months."]]
    mid_years: list[Row] = [
        ["Table P9: Mid-year population estimates for police force areas, 2015 to 2016"],
        ["Area Code", "Area Name", 2015, 2016],
        *area_rows({force: [people[force, year] for year in ends.values()] for force in FORCES.ids}, []),
    ]
    sheets = [
        _cover(),
        Sheet("Table P7", [*first, *area_rows(figures, [], _of_region), *below]),
        Sheet("Table P9", mid_years),
    ]
    columns = {"code": 0, "force": 1, "count": 2, "rate": 3, "later": 4}
    return Extract("areas", sheets, columns, heading=3, below=2, main="Table P7")


def _of_region(inside: list[Row]) -> Row:
    first, later = (sum(cell for row in inside if isinstance(cell := row[at], int)) or ".." for at in (0, 2))
    return [first, "..", later, ".."]


def workforce() -> Extract:
    """Return police officers in full-time equivalents, and special constables as a headcount, as at two days."""
    days = {"2018-03-31": "31 March 2018", "2018-09-30": "30 September 2018"}
    sheets = [_cover()]
    for name, item, title, unit in (
        ("Table_1", "police_officers_fte", "Police officers", "Full-time equivalents"),
        ("Table_9", "special_constables_headcount", "Special constables", "Headcount"),
    ):
        held = _held(item, "2018-09", period_end=list(days)).set_index(["force_id", "period_end"])["count"]
        figures: dict[str, Row] = {force: [*(float(held[force, day]) for day in days), 0.5] for force in FORCES.ids}
        rows = [[f"{row[1]} ", *row[2:]] for row in area_rows(figures, [], sums)]
        top: list[Row] = [
            [f"Table 1: {title} by police force area, England and Wales, 31 March 2018 and 30 September 20181"],
            ["England and Wales", None, None, unit],
            ["As at:", *days.values(), "Change in 6 months"],
        ]
        last: Row = ["Total 43 forces", *sums(list(figures.values()))]
        sheets.append(Sheet(name, [*top, *rows, last, ["Notes"], ["1. Words about the table."]]))
    return Extract(
        "workforce", sheets, {"force": 0, "count": 1, "later": 2, "change": 3}, heading=2, below=3, main="Table_1"
    )


def returned() -> Extract:
    """Return a data return of three forces; its counts are invented."""
    flows = ("calls", "domestic_abuse_offences", "domestic_abuse_arrests", "dispersal_orders")
    rows: list[Row] = [
        [force, item, "2016-07-01", "2017-06-30", 1234 + 10 * at, "reported"]
        for force in ("Norfolk", "Suffolk", "Devon and Cornwall")
        for at, item in enumerate(flows)
    ]
    rows.append(["Norfolk", "organised_crime_groups", "2017-07-01", "2017-07-01", 45, "reported"])
    rows.append(["Suffolk", "organised_crime_groups", "2017-07-01", "2017-07-01", None, "not_supplied"])
    names: Row = ["force", "item", "from", "to", "count", "status"]
    columns = {str(name): at for at, name in enumerate(names)}
    return Extract("return", [Sheet("Return", [names, *rows])], columns, main="Return")


def _cover() -> Sheet:
    return Sheet("Notes", [["Notes"], ["Released on 24 July 2025"]])


@cache
def extracts() -> dict[str, Extract]:
    """Return the extract of each format; who changes one changes a copy."""
    return {made.format: made for made in (crime(), outcomes(), areas(), workforce(), returned())}
