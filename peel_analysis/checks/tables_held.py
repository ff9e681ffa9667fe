"""The tables that a check looks at: those in the data folder, and those about to be added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.files import rows_of
from peel_analysis.data.folder import Data

PRINTED = "printed_totals.csv"
PRINTED_COLUMNS = ("item", "release", "area", "period_end", "printed", "without", "bodies")
Key = tuple[str, str]  # item and release


@dataclass(frozen=True, eq=False)
class TablesHeld:
    """The counts of a data folder by item and release; `added` stand in place of what is there."""

    data: Data
    added: Mapping[Key, pd.DataFrame] = field(default_factory=dict)
    added_printed: pd.DataFrame | None = None
    _checked: dict[Key, pd.DataFrame] = field(default_factory=dict)

    def tables(self) -> list[Key]:
        """Return the (item, release) pairs of all tables, in order."""
        return sorted({*self.data.tables, *self.added})

    def counts(self, key: Key) -> pd.DataFrame:
        """Return a table of counts. Raises TableError for one that is not in shape."""
        if key not in self.added:
            return self.data.counts(*key)
        if key not in self._checked:
            self._checked[key] = shape.check(self.added[key], f"{'/'.join(key)}.csv", forces=self.data.forces)
        return self._checked[key]

    def totals(self, key: Key) -> pd.DataFrame:
        """Return a table's counts by force_id and period over its dimensions; missing where one of them is."""
        rows = self.counts(key)
        return whole_counts(rows[rows["dimension"] == "all"] if "all" in rows["dimension"].unique() else rows)

    def printed(self) -> pd.DataFrame:
        """Return the printed totals as text, with PRINTED_COLUMNS; empty where none are kept."""
        return read_made(self.data, PRINTED, PRINTED_COLUMNS) if self.added_printed is None else self.added_printed

    def crime_beside(self, outcomes: Key) -> Key | None:
        """Return the latest release of recorded crime that holds every quarter of a table of outcomes, or None."""
        wanted = set(self.counts(outcomes)["period_start"].unique())
        fitting = [
            key
            for key in self.tables()
            if key[0] == "recorded_crime"
            and wanted <= {start for start, end in periods_of(self.counts(key)) if is_quarter(start, end)}
        ]
        return max(fitting, key=lambda key: release_order(key[1]), default=None)


def whole_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sum over dimensions by force (rows) and period (columns: first and last day)."""
    summed = rows.assign(count=rows["count"].astype(float)).groupby(["force_id", "period_start", "period_end"])["count"]
    return summed.sum(min_count=1).unstack(["period_start", "period_end"]).sort_index(axis="columns")


def release_order(release: str) -> tuple[bool, str]:
    """Return a key that puts dated releases ("2026-04") after those named otherwise, the latest last."""
    return release[:4].isdigit() and release[5:].isdigit(), release


def read_made(data: Data, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return a register that is made with the counts, as text; empty, with its columns, where there is none yet.

    Raises InputError for other columns, a row with a cell too many or too few, and a file that is not UTF-8.
    """
    if not data.has(name):
        return pd.DataFrame(columns=list(columns), dtype=str)
    where = f"data/{name}"
    rows = rows_of(data.path(name), where, lambda found: shape.check_columns(found, where, columns))
    return pd.DataFrame({column: rows.column(column) for column in rows.columns}, dtype=str)


def is_quarter(start: str, end: str) -> bool:
    """Return True for a period of three whole months."""
    months = (int(end[:4]) - int(start[:4])) * 12 + int(end[5:7]) - int(start[5:7]) + 1
    return months == 3 and start.endswith("-01")


def periods_of(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the different periods of a table, first and last day, in order."""
    different = rows[["period_start", "period_end"]].drop_duplicates()
    return sorted(zip(different["period_start"], different["period_end"], strict=True))
