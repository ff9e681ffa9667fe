"""Counts by window: sums of four quarters, quarters as they are, or years as they are published."""

from datetime import date

import pandas as pd

from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.periods import Period
from peel_analysis.measures.declarations import Part

YEAR, QUARTER = 12, 3  # months


def counts_by_window(part: Part, edition: Edition, months: int) -> pd.DataFrame:
    """Return a part's counts in each window of 12 or 3 months: one row a window's last day, one column a force.

    A sum with a quarter missing is missing. Raises InputError for counts that do not make windows of that length.
    """
    rows = _rows(part, edition)
    counted = rows.assign(count=rows["count"].to_numpy(dtype=float, na_value=float("nan")))
    grouped = counted.groupby(["period_start", "period_end", "force_id"], sort=True)["count"]
    table = grouped.sum(min_count=1).unstack("force_id").reindex(columns=forces.ids())
    blank = counted[counted["count"].isna()]
    for start, end, force_id in zip(blank["period_start"], blank["period_end"], blank["force_id"], strict=True):
        table.loc[(start, end), force_id] = float("nan")  # a sum with a part missing is missing
    held = {Period.parse(start, end).months for start, end in table.index}
    table = table.reset_index("period_start", drop=True).sort_index()
    if held == {months}:
        return table
    if held != {QUARTER}:
        wanted = "all quarters nor all years" if months == YEAR else "all quarters"
        raise InputError(
            f"{', '.join(part.items)}: the periods are {'neither' if months == YEAR else 'not'} {wanted}; "
            "no line can be drawn."
        )
    return _without_gaps(table).rolling(YEAR // QUARTER).sum().dropna(how="all")


def statuses_by_window(part: Part, edition: Edition, counts: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return the status of each of these counts: "reported", or that of a row within the window that is not."""
    statuses = pd.DataFrame("reported", index=counts.index, columns=counts.columns)
    rows = _rows(part, edition)
    marked = rows.loc[rows["status"] != "reported", ["force_id", "period_start", "period_end", "status"]]
    for force_id, start, end, status in marked.itertuples(index=False, name=None):
        holding = [day for day in counts.index if first_day(day, months) <= start and end <= day]
        statuses.loc[holding, force_id] = status
    return statuses


def first_day(last_day: str, months: int) -> str:
    """Return the first day of the window of whole months that ends on a day; both as 2017-06-30."""
    return Period.months_to(date.fromisoformat(last_day), months).start.isoformat()


def _rows(part: Part, edition: Edition) -> pd.DataFrame:
    tables = [counts for item in part.items if (counts := edition.counts(item)) is not None]
    rows = pd.concat(tables)
    return rows[rows["dimension"].isin(part.dimensions)] if part.dimensions else rows


def _without_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Put a missing point where a quarter has no row, so that no window of four reaches across a gap."""
    first, last = date.fromisoformat(table.index[0]), date.fromisoformat(table.index[-1])
    ends = pd.date_range(first, last, freq="QE-MAR").strftime("%Y-%m-%d")
    return table.reindex(ends)
