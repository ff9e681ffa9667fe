"""A share standardised for the mix of groups that its whole is made of, such as a force's crimes by offence group."""

from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan

import pandas as pd

from peel_analysis.data.counts import GROUP_AND_TYPE
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import GapError, Period, tiles
from peel_analysis.measures.result import Result
from peel_analysis.statistics.standardisation import indirectly_standardised


@dataclass(frozen=True)
class StandardisedShare:
    """A share standardised, in the measure's unit, its 95% interval, and the counts observed and expected."""

    value: float = nan
    lower: float = nan
    upper: float = nan
    observed: float = nan
    expected: float = nan

    @property
    def is_missing(self) -> bool:
        """True when there is no standardised value."""
        return isnan(self.value)


NONE = StandardisedShare()


@lru_cache(maxsize=128)
def standardised(result: Result) -> dict[str, StandardisedShare]:
    """Return the standardised share of each force that has a value, and of England and Wales, by force id.

    Expected are the counts that a force would have at the rates of England and Wales in each group; the rates are sum
    over sum of the members of its own value, in each group of those that have a count of it. It is empty for a measure
    that names no item by group, for a value of England and Wales that is missing, and for an edition without counts by
    the same groups over the whole window. A force that lacks a count has no value.
    """
    measure, share = result.measure, result.national.value
    counts = by_group(result.edition, measure.standardised_over, result.window)
    wholes = [by_group(result.edition, item, result.window) for item in measure.denominator.items]
    if isnan(share) or counts is None or any(whole is None for whole in wholes):
        return {}
    observed = _of_types(counts, measure.numerator.dimensions)
    sizes = pd.concat([whole for whole in wholes if whole is not None]).groupby(level=0).sum()
    if set(sizes.columns) != set(observed.columns):
        return {}
    sizes, members = sizes[observed.columns], list(result.members)
    top = observed.loc[members].sum()
    below = sizes.where(observed.notna()).loc[members].sum()  # a blank count is none, and the group's size goes with it
    reference = top / below
    observed.loc[ENGLAND_AND_WALES], sizes.loc[ENGLAND_AND_WALES] = top, below
    names = [name for name in result.rows.index if name in observed.index and not result.of(str(name)).is_missing]
    found = indirectly_standardised(
        observed.loc[names].sum(axis="columns", skipna=False), sizes.loc[names], reference, share
    )
    columns = (found.rate.value, found.rate.lower, found.rate.upper, found.observed, found.expected)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {str(name): StandardisedShare(*row) for name, row in zip(names, rows, strict=True)}


def by_group(edition: Edition, item: str, window: Period) -> pd.DataFrame | None:
    """Return an item's counts in a window, a row a force and a column a dimension; None where they do not cover it.

    A dimension of which a force has no row is 0, as in the published table; a blank count is NaN.
    """
    counts = edition.counts(item) if item else None
    if counts is None:
        return None
    first, last = window.start.isoformat(), window.end.isoformat()
    rows = counts[(counts["period_start"] >= first) & (counts["period_end"] <= last)]
    periods = rows[["period_start", "period_end"]].drop_duplicates().itertuples(index=False)
    try:
        tiles(window, (Period.parse(str(start), str(end)) for start, end in periods))
    except GapError:
        return None
    numbers = rows.assign(count=rows["count"].astype(float))
    cells = numbers.groupby(["force_id", "dimension"])["count"]
    return cells.sum().mask(cells.count() < cells.size()).unstack(fill_value=0)


def _of_types(counts: pd.DataFrame, types: tuple[str, ...]) -> pd.DataFrame:
    """Return the counts of some outcome types by group alone; every group of the table has its column."""
    names = [str(name).partition(GROUP_AND_TYPE) for name in counts.columns]
    groups = pd.Index([group for group, _, _ in names], name="group")
    chosen = [one in types for _, _, one in names]
    mine = counts.loc[:, chosen].T
    summed = mine.groupby(groups[chosen]).sum().mask(mine.isna().groupby(groups[chosen]).any()).T
    return summed.reindex(columns=sorted(set(groups)), fill_value=0.0)
