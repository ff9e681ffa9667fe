"""What a force's line over time says by rule: its recent trend, and the signals among its quarters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import nan

import numpy as np
import pandas as pd

from peel_analysis.comparison.comparable import check_over_time, point_of
from peel_analysis.comparison.verdicts import interval_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.reads import remembered
from peel_analysis.measures import Result, Series
from peel_analysis.measures.series import YEAR, breaks_of
from peel_analysis.statistics import trends
from peel_analysis.statistics.limits import ControlLimits, Mask, control_limits
from peel_analysis.statistics.trends import FEWEST_QUARTERS, POINTS, RecentTrend


@dataclass(frozen=True)
class Recent:
    """The last days of the windows that a recent trend rests on, earliest first, and the trend; None for too few."""

    days: tuple[date, ...]
    trend: RecentTrend | None


@dataclass(frozen=True, eq=False)
class Signals:
    """A part of a force's line of quarters with its season taken out, its limits, and the points of each pattern."""

    quarters: pd.Series
    limits: ControlLimits
    of: Mapping[str, Mask]

    @property
    def marked(self) -> Mask:
        """Which quarters belong to any pattern."""
        inside: Mask = np.zeros(len(self.quarters), dtype=np.bool_)
        for one in self.of.values():
            inside |= one
        return inside

    def names(self, place: int) -> list[str]:
        """Return the patterns that a quarter belongs to, in the order in which NHSRplotthedots names a point."""
        return [name for name, inside in self.of.items() if inside[place]]


@remembered(maxsize=64)
def recent(series: Series, name: str) -> Recent:
    """Return the recent trend of a force, or of England and Wales: of its last five values that share no counts.

    They are whole years that end on the day and month of the last one, since the last marked break, comparable or not;
    a missing year ends them. The method is that of `statistics.trends.recent_trend`. Raises ValueError for quarters:
    Fingertips tests none, for their season.
    """
    if series.months != 12:
        raise ValueError("a recent trend is that of years; draw the line of 12 months")
    each = series.months // series.step_months
    part = series.between_breaks(name)[-1]
    years = part.iloc[::-1].iloc[::each].iloc[:POINTS]
    unbroken = int(years.notna().cummin().sum()) if _is_up_to_date(series, part) else 0
    held = years.iloc[:unbroken].iloc[::-1]
    days = tuple(date.fromisoformat(str(end)) for end in held.index)
    if len(days) < POINTS:
        return Recent(days, None)
    top, below = (table.loc[held.index, name].to_numpy(dtype=float) for table in (series.numerator, series.denominator))
    interval = interval_of(series.measure, top, below)
    if not (interval.upper > interval.lower).all():
        return Recent(days, None)
    return Recent(days, trends.recent_trend(interval.value, interval.lower, interval.upper))


def _is_up_to_date(series: Series, part: pd.Series) -> bool:
    """Return whether a part reaches to the last point of the line, and has it."""
    return bool(len(part)) and part.index[-1] == series.values.index[-1] and bool(pd.notna(part.iloc[-1]))


def across_editions(results: Sequence[Result], force_ids: Iterable[str]) -> Series:
    """Return a measure's values in some editions as a line, a point an edition, earliest first.

    Raises NotComparableError where two values of a force of these, or of England and Wales, must not be compared, and
    InputError for two editions of one window, and where no edition has a value of England and Wales.
    """
    last, names = results[-1], (*force_ids, ENGLAND_AND_WALES)
    for first, second in combinations(results, 2):
        points = [point_of(one.measure, one.edition) for one in (first, second)]
        if points[0].end == points[1].end:
            raise InputError(f"{points[0].name} and {points[1].name} have the same window; name one of them")
        for name in names:
            if not (first.of(name).is_missing or second.of(name).is_missing):
                check_over_time(last.measure, name, points[0], points[1], last.edition.data.blocks)
    if all(one.national.is_missing for one in results):
        raise InputError(f"{last.measure.title}: no edition has a value of England and Wales, so there is no line")
    ends = [one.window.end.isoformat() for one in results]
    values, numerator, denominator, statuses = (
        pd.DataFrame([one.rows[column].to_numpy() for one in results], index=ends, columns=last.rows.index)
        for column in ("value", "numerator", "denominator", "status")
    )
    return Series(
        measure=last.measure,
        edition=last.edition,
        values=values,
        numerator=numerator,
        denominator=denominator,
        statuses=statuses.drop(columns=ENGLAND_AND_WALES),
        members=last.members,
        months=YEAR,
        step_months=YEAR,
        all_breaks=breaks_of(last.measure, last.edition),
    )


@remembered(maxsize=64)
def season_free(series: Series) -> Series:
    """Return quarters with the season taken out of each part between marked breaks, by `trends.without_season`.

    A part of fewer than five years, or within which the season cannot be told, is missing. Raises ValueError for a line
    of 12 months, in which no season is left.
    """
    if series.overlaps or series.months == 12:
        raise ValueError("the season is that of quarters; draw the line of quarters")
    values = series.values.copy()
    for name in values.columns:
        values[name] = nan
        for part in series.between_breaks(str(name)):
            whole = part.loc[part.first_valid_index() : part.last_valid_index()] if part.notna().any() else part[:0]
            try:
                months = [int(str(end)[5:7]) for end in whole.index]
                values.loc[whole.index, name] = trends.without_season(whole.to_numpy(), months)
            except ValueError:  # too short: it has no limits either
                continue
    return replace(series, values=values)


@remembered(maxsize=64)
def signals_of(free: Series, force_id: str) -> Sequence[Signals]:
    """Return each part of a force's season-free quarters (`season_free`) that is long enough, with limits and signals.

    The limits are those of `control_limits`, set anew after each marked break; there may be no part.
    """
    found = []
    for part in free.between_breaks(force_id):
        if part.count() >= FEWEST_QUARTERS:
            limits = control_limits(part.to_numpy())
            found.append(Signals(part, limits, trends.signals(part.to_numpy(), limits)))
    return found


def quarters_since_break(series: Series, force_id: str) -> int:
    """Return how many quarters a force has counts for since the last marked break, whether or not a season is out."""
    return int(series.numerator.loc[series.between_breaks(force_id)[-1].index, force_id].count())
