"""A measure as a line: its value in every 12-month window that the counts allow, for a force and England and Wales."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from peel_analysis import forces
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.errors import InputError
from peel_analysis.forces import ENGLAND_AND_WALES
from peel_analysis.measures.declarations import Measure
from peel_analysis.measures.result import Result
from peel_analysis.periods import Period


@dataclass(frozen=True)
class Series:
    """Rolling 12-month values and the counts behind them: one row a window's last day, one column a force.

    England and Wales is the last column: the counts of `members` together.
    """

    measure: Measure
    values: pd.DataFrame
    numerator: pd.DataFrame
    denominator: pd.DataFrame
    members: tuple[str, ...]
    step_months: int

    @property
    def days(self) -> list[date]:
        """The last day of each window."""
        return [date.fromisoformat(str(end)) for end in self.values.index]

    @property
    def about(self) -> str:
        """How the points follow each other: "each quarter" or "each financial year"."""
        return "each quarter" if self.step_months == 3 else "each financial year"


def rolling(result: Result) -> Series:
    """Return the measure in each 12-month window up to the result's own, from the earliest that the counts allow.

    Rates per head divide by the edition's population throughout, so that the line moves with the counts alone. England
    and Wales is sum over sum of the same forces at every point: those in both of the result's own values. A force
    without a value in the edition has no line. Raises InputError for a measure without counts, with one window only, or
    without counts of England and Wales at every point.
    """
    measure, edition = result.measure, result.edition
    items = [item for item in measure.items if item != POPULATION]
    if measure.kind not in ("rate", "share") or any(edition.counts(item) is None for item in items):
        raise InputError(f"{measure.title}: no counts over time are public, so there is no line to draw.")
    numerator = _twelve_months(measure.numerator.items, measure.numerator.dimensions, edition)
    denominator = _denominator(measure, edition, numerator)
    ends = [end for end in numerator.index.intersection(denominator.index) if end <= result.window.end.isoformat()]
    if len(ends) < 2:
        raise InputError(f"{measure.title}: the counts hold one 12-month window only, so there is no line to draw.")
    numerator, denominator = numerator.loc[ends], denominator.loc[ends]
    always = set(result.members) & set(result.comparator_members or result.members)
    members = [force_id for force_id in result.members if force_id in always and numerator[force_id].notna().all()]
    if not members:
        raise InputError(
            f"{measure.title}: no counts of England and Wales are held over time, so there is no line to draw."
        )
    numerator, denominator = (_with_national(counts, members) for counts in (numerator, denominator))
    values = measure.multiplier * numerator / denominator
    values = values.where(result.rows["value"].notna().reindex(values.columns, fill_value=True), axis="columns")
    step = 3 if len(ends) > 1 and ends[1][5:7] != ends[0][5:7] else 12
    return Series(measure, values, numerator, denominator, tuple(members), step)


def _with_national(counts: pd.DataFrame, members: list[str]) -> pd.DataFrame:
    return counts.assign(**{ENGLAND_AND_WALES: counts[members].sum(axis="columns")})


def _denominator(measure: Measure, edition: Edition, numerator: pd.DataFrame) -> pd.DataFrame:
    if measure.denominator.items == (POPULATION,):
        populations = edition.populations[POPULATION]
        return pd.DataFrame([populations] * len(numerator), index=numerator.index)[list(numerator.columns)]
    return _twelve_months(measure.denominator.items, measure.denominator.dimensions, edition)


def _twelve_months(items: tuple[str, ...], dimensions: tuple[str, ...], edition: Edition) -> pd.DataFrame:
    """Return the counts of each 12-month window by force: sums of four quarters, or years as they are published."""
    tables = [counts for item in items if (counts := edition.counts(item)) is not None]
    rows = pd.concat(tables)
    if dimensions:
        rows = rows[rows["dimension"].isin(dimensions)]
    counted = rows.assign(count=rows["count"].to_numpy(dtype=float, na_value=float("nan")))
    grouped = counted.groupby(["period_start", "period_end", "force_id"], sort=True)["count"]
    table = grouped.sum(min_count=1).unstack("force_id").reindex(columns=forces.ids())
    blank = counted[counted["count"].isna()]
    for start, end, force_id in zip(blank["period_start"], blank["period_end"], blank["force_id"], strict=True):
        table.loc[(start, end), force_id] = float("nan")  # a sum with a part missing is missing
    months = {_period(start, end).months for start, end in table.index}
    table = table.reset_index("period_start", drop=True).sort_index()
    if months == {12}:
        return table
    if months != {3}:
        raise InputError(
            f"{', '.join(items)}: the periods are neither all quarters nor all years; no line can be drawn."
        )
    return _without_gaps(table).rolling(4).sum().dropna(how="all")


def _without_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Put a missing point where a quarter has no row, so that no window of four reaches across a gap."""
    first, last = date.fromisoformat(table.index[0]), date.fromisoformat(table.index[-1])
    ends = pd.date_range(first, last, freq="QE-MAR").strftime("%Y-%m-%d")
    return table.reindex(ends)


def _period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))
