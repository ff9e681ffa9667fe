"""What a reader is asked for and hands back: counts, populations, and an account of what it read and left out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.errors import escaped
from peel_analysis.data.forces import NATIONAL, NUMBER_OF_FORCES, POPULATIONS_COLUMNS, Forces
from peel_analysis.sources.sheets import Book, Sheet, SourceError

NAMED = 5  # of many forces without a row, so many are named
SAME = 0.001  # full-time equivalents are sums of many binary fractions


@dataclass(frozen=True)
class LeftOut:
    """Rows of one file that are in no table, for one reason; `total` is what they count, where they count anything."""

    rows: int
    total: int | None = None


@dataclass(frozen=True)
class PrintedTotal:
    """A total that the publisher prints beside the forces' figures, and the sum of those figures.

    `without` names the forces without a figure in the sum; `bodies` is what it holds of bodies that are no force.
    """

    item: str
    area: str
    period_end: str
    printed: float
    summed: float
    without: tuple[str, ...] = ()
    bodies: float = 0

    @property
    def agrees(self) -> bool:
        """True when the two are the same to the last figure that a workbook's arithmetic keeps."""
        return abs(self.printed - self.summed) < SAME


def members_of(area: str, forces: Forces) -> list[str]:
    """Return the ids of the forces of a region, a country, or England and Wales."""
    of_area = [one for one in forces if area == NATIONAL or area.lower() in (one.region.lower(), one.country.lower())]
    return [force.id for force in of_area]


def shown(number: float) -> str:
    """Return a count with commas, and with two decimals only where it has any."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


@dataclass(frozen=True)
class Account:
    """What was read of one file: enough to see that nothing was lost without a reason."""

    file: str
    sha256: str
    format: str
    release: str
    sheets_read: tuple[str, ...] = ()
    sheets_left: tuple[str, ...] = ()
    rows_read: int = 0
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    forces: int = 0
    fewer_forces: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    notes: tuple[str, ...] = ()
    printed_totals: tuple[PrintedTotal, ...] = ()
    partial: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the account as short lines of text for a terminal; what they quote of the file cannot work on it."""
        return map(escaped, self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.file}: {self.format}, release {self.release}, sha256 {self.sha256[:12]}"
        if self.sheets_read:
            left = f"; left: {', '.join(self.sheets_left)}" if self.sheets_left else ""
            yield f"  sheets read: {', '.join(self.sheets_read)}{left}"
        if self.rows_read:
            span = f"; {self.first} to {self.last}" if self.first else ""
            yield f"  {self.rows_read:,} rows read; forces: {self.forces}{span}"
            yield from (f"  of these, {fewer}" for fewer in self.fewer_forces)
        for reason, left_out in self.left_out.items():
            counting = "" if left_out.total is None else f", which count {left_out.total:,}"
            yield f"  left out: {left_out.rows:,} rows{counting}: {reason}"
        if self.printed_totals:
            wrong = [total for total in self.printed_totals if not total.agrees]
            yield f"  {len(self.printed_totals) - len(wrong)} of {len(self.printed_totals)} printed totals add up"
            for total in wrong:
                both = f"printed {shown(total.printed)}, sum of its forces {shown(total.summed)}"
                yield f"  {total.item}, {total.area}, to {total.period_end}: {both}"
        if self.partial:
            yield f"  {self.partial:,} counts are marked partial: they leave something out"
        for note in self.notes:
            yield f"  note: {note}"


def _fewer_forces(given: pd.DataFrame, forces: int) -> Iterator[str]:
    """Yield in words, for an item with counts of fewer forces in some period than the file has, the fewest."""
    for item, of_item in given.groupby("item", sort=True):
        by_period = of_item.groupby(["period_start", "period_end"])["force_id"].nunique()
        if by_period.min() < forces:
            start, end = by_period.index.tolist()[int(by_period.argmin())]
            others = int((by_period < forces).sum()) - 1
            more = f", and fewer than {forces} in {others} other period{'s' * (others > 1)}" if others else ""
            yield f"{by_period.min()} have a count of {item} in {start} to {end}{more}"


@dataclass(frozen=True, eq=False)
class Reading:
    """One file as tables: counts in the shape of `counts`, populations by force and mid-year; either may be empty.

    `cells` are of a file with a row an offence: by force_id, period_start, period_end, `group`, `type` and `code` how
    many `rows` it has; type and code may be blank.
    """

    counts: pd.DataFrame
    populations: pd.DataFrame
    account: Account
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Request:
    """A published file, and the release to read it under.

    `not_supplied` are the ids of forces that the publisher says gave no figures, and `vintages` the names for
    populations that a workbook gives by its rates and for those that it prints. A file that `is_part` may lack forces.
    `returned` are the items that a data return may hold.
    """

    book: Book
    release: str
    forces: Forces
    not_supplied: Collection[str] = ()
    vintages: tuple[str, str] = ("", "")
    is_part: bool = False
    returned: Collection[str] = ()

    def missing(self, named: Collection[str], place: str, what: str, when: str = "") -> list[str]:
        """Return the forces without a row of their own. Raises SourceError for one that is not in `not_supplied`."""
        missing = [force_id for force_id in self.forces.ids if force_id not in named]
        unexplained = [force_id for force_id in missing if force_id not in self.not_supplied]
        if unexplained and not self.is_part:
            remedy = "take the file as published, or say with --not-supplied that the force gave no figures"
            if len(unexplained) > NUMBER_OF_FORCES // 2:  # a region's copy: no publisher would say it of so many
                remedy = 'take the file as published, or say with --part-is-known "reason" why a part is right'
            named, more = unexplained[:NAMED], len(unexplained) - NAMED
            some = f"{', '.join(map(self.forces.name, named))} and {more} more forces" if more > 1 else ""
            raise SourceError(f"{place}: {what} for {some or self.forces.in_words(unexplained)}{when}; {remedy}")
        return missing

    def reading(
        self,
        format_name: str,
        counts: pd.DataFrame,
        populations: Sequence[tuple[str, int, int, str]] = (),
        *,
        sheets_read: Sequence[Sheet] = (),
        rows_read: int,
        left_out: Mapping[str, LeftOut] | None = None,
        notes: Sequence[str] = (),
        printed_totals: Sequence[PrintedTotal] = (),
        cells: pd.DataFrame | None = None,
    ) -> Reading:
        """Return what was read of the file: the counts, checked, the populations, and the account of both.

        `populations` are rows of (force_id, mid_year, population, vintage); the sheets that are not among `sheets_read`
        are those left, and the hidden ones. Raises SourceError for a file of which no row is used, and TableError for
        counts that are not in the one shape.
        """
        if counts.empty and not populations:
            raise SourceError(self._nothing_used(left_out or {}))
        given = counts.loc[counts["count"].notna()]
        forces = {*given["force_id"], *(force_id for force_id, *_ in populations)}
        account = Account(
            file=self.book.file,
            sha256=self.book.sha256,
            format=format_name,
            release=self.release,
            sheets_read=tuple(sheet.name for sheet in sheets_read if sheet.name),
            sheets_left=(
                *(sheet.name for sheet in self.book.sheets if sheet not in sheets_read),
                *(f"{name} (hidden)" for name in self.book.hidden),
            ),
            rows_read=rows_read,
            left_out=left_out or {},
            forces=len(forces),
            fewer_forces=tuple(_fewer_forces(given, len(forces))),
            first=min(counts["period_start"], default=""),
            last=max(counts["period_end"], default=""),
            notes=tuple(notes),
            printed_totals=tuple(printed_totals),
        )
        table = pd.DataFrame(list(populations), columns=list(POPULATIONS_COLUMNS))
        types = {"force_id": "str", "mid_year": "int64", "population": "int64", "vintage": "str"}
        checked = shape.check(counts, self.book.file, forces=self.forces)
        return Reading(checked, table.astype(types), account, pd.DataFrame() if cells is None else cells)

    def _nothing_used(self, left_out: Mapping[str, LeftOut]) -> str:
        reasons = [f"{left.rows:,} left out: {reason}" for reason, left in left_out.items()]
        why = "; ".join(reasons) or "there is none under its heading"
        return f"{self.book.file}: no row of the file is used ({why}); give the file that holds the counts"
