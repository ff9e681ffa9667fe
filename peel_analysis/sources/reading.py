"""What a reader hands back: counts, populations, and an account of what it read and left out."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from peel_analysis.counts import COLUMNS
from peel_analysis.errors import InputError

SAME = 0.001  # full-time equivalents are sums of many binary fractions
POPULATION_COLUMNS = ("force_id", "mid_year", "population", "vintage")


class SourceError(InputError):
    """A published file that is not understood. The message names file, sheet, cell, what was found and the remedy."""


@dataclass(frozen=True)
class LeftOut:
    """Rows of one file that are in no table, for one reason; `total` is what they count, where they count anything."""

    rows: int
    total: int | None = None


@dataclass(frozen=True)
class PrintedTotal:
    """A total that the publisher prints beside the forces' figures, and the sum of those figures.

    `without` names the forces that the sum does not hold: those that the table gives no figure for. `bodies` is what
    the sum holds of bodies that are no force.
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
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    forces: int = 0
    first: str = ""
    last: str = ""
    notes: tuple[str, ...] = ()
    printed_totals: tuple[PrintedTotal, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the account as short lines of text for a terminal."""
        yield f"{self.file}: {self.format}, release {self.release}, sha256 {self.sha256[:12]}"
        if self.sheets_read:
            left = f"; left: {', '.join(self.sheets_left)}" if self.sheets_left else ""
            yield f"  sheets read: {', '.join(self.sheets_read)}{left}"
        if self.rows_read:
            span = f"; {self.first} to {self.last}" if self.first else ""
            yield f"  {self.rows_read:,} rows read; forces: {self.forces}{span}"
        for reason, left_out in self.left_out.items():
            counting = "" if left_out.total is None else f", which count {left_out.total:,}"
            yield f"  left out: {left_out.rows:,} rows{counting}: {reason}"
        if self.printed_totals:
            wrong = [total for total in self.printed_totals if not total.agrees]
            yield f"  {len(self.printed_totals) - len(wrong)} of {len(self.printed_totals)} printed totals add up"
            for total in wrong:
                yield (
                    f"  {total.item}, {total.area}, to {total.period_end}: printed {shown(total.printed)}, "
                    f"sum of its forces {shown(total.summed)}"
                )
        for note in self.notes:
            yield f"  note: {note}"


@dataclass(frozen=True, eq=False)
class Reading:
    """One file as tables: counts in the shape of `counts`, populations by force and mid-year; either may be empty."""

    counts: pd.DataFrame
    populations: pd.DataFrame
    account: Account


def no_counts() -> pd.DataFrame:
    """Return an empty table of counts."""
    return pd.DataFrame({column: pd.Series(dtype="Int64" if column == "count" else "str") for column in COLUMNS})


def populations_table(rows: list[tuple[str, int, int, str]]) -> pd.DataFrame:
    """Return (force_id, mid_year, population, vintage) rows as a table with whole numbers; it may be empty."""
    table = pd.DataFrame(rows, columns=list(POPULATION_COLUMNS))
    return table.astype({"force_id": "str", "mid_year": "int64", "population": "int64", "vintage": "str"})


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
