"""How the rows of a file differ from those that the data folder holds already."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from peel_analysis.checks.holdings import Holdings, Key, release_order
from peel_analysis.data import counts as shape

ROW = tuple(column for column in shape.COUNTS_KEY if column != "release")


@dataclass(frozen=True)
class Difference:
    """How many rows of a table are new, revised and unchanged."""

    table: str
    new: int
    revised: int
    unchanged: int

    @property
    def line(self) -> str:
        """The numbers as one line for a terminal."""
        return f"  {self.table}: {self.new:,} rows new, {self.revised:,} revised, {self.unchanged:,} unchanged"


def difference(table: str, before: pd.DataFrame | None, after: pd.DataFrame, key: Sequence[str]) -> Difference:
    """Return how the rows after stand to those before; a row with the same key and other content is revised."""
    if before is None or before.empty:
        return Difference(table, len(after), 0, 0)
    content = [str(column) for column in after.columns if column not in key]
    both = after.merge(before[[*key, *content]], on=list(key), how="inner", suffixes=("", "_before"))
    same = pd.Series(True, index=both.index)
    for column in content:
        one, other = both[column], both[f"{column}_before"]
        same &= ((one == other) | (one.isna() & other.isna())).fillna(False).astype(bool)
    unchanged = int(same.sum())
    return Difference(table, len(after) - len(both), len(both) - unchanged, unchanged)


def elsewhere(holdings: Holdings, key: Key, rows: pd.DataFrame) -> str:
    """Return, in words, how many counts differ from the latest other release with some of the same rows, or ""."""
    item, release = key
    others = [other for other in holdings.tables() if other[0] == item and other[1] != release]
    for other in sorted(others, key=lambda one: release_order(one[1]), reverse=True):
        both = rows.merge(holdings.counts(other), on=list(ROW), suffixes=("", "_other"))
        if both.empty:
            continue
        apart = both["count"].astype(float) - both["count_other"].astype(float)
        differ = int((apart.abs() > 0).sum())
        total = float(both["count_other"].astype(float).sum())
        return (
            f"  {item} {release} beside {other[1]}: {differ:,} of {len(both):,} counts that both hold differ; "
            f"their sum is {apart.sum():+,.0f} ({100 * apart.sum() / total if total else 0:+.2f}%)"
        )
    return ""
