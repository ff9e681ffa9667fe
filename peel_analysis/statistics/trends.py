"""What the points of a series say: the recent trend of its last five, and patterns that chance seldom makes.

A recent trend is told without a judgment: "increasing", "decreasing", "no significant change". The patterns are those
of the NHS's Making Data Count, found in quarters from which the season has been taken out.

Sources: Office for Health Improvement and Disparities (2025), Fingertips Public Health Technical Guidance, Trend
markers, https://fingertips.phe.org.uk/static-reports/public-health-technical-guidance/Presentation/Trend_markers.html;
NHS-R community, NHSRplotthedots 0.2.2, for the patterns; Shiskin, Young and Musgrave (1967), The X-11 variant of the
Census Method II seasonal adjustment program, first step, for the season.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from peel_analysis.statistics.intervals import Array, Numbers, normal_quantile
from peel_analysis.statistics.limits import ControlLimits, Mask

Direction = Literal["increasing", "decreasing", "no significant change"]

POINTS = 5  # Fingertips: a recent trend is that of the last five
LEVEL = 0.998  # Fingertips: chi-square above 9.55 on one degree of freedom
QUARTERS = 4
FEWEST_QUARTERS = 20  # our choice: five years, so that each quarter's season rests on four ratios
FEWEST_RATIOS = 3  # our choice: so that one odd year does not make the season
SHIFT, RISES, NEAR = 7, 6, 2 / 3  # points on one side; rises or falls in a row; of the way from the mean to a limit
SIGNALS = ("outside", "trend", "two_in_three", "shift")  # in the order in which NHSRplotthedots names a point


@dataclass(frozen=True)
class RecentTrend:
    """The slope per point in the values' unit, its chi-square after dividing by `phi`, and what it is called.

    `phi` is how many times chance the points vary about their line, at least 1. `turns` says whether the slope turns
    round when one point is left out: then there is no trend, whatever the chi-square.
    """

    direction: Direction
    slope: float
    chi_square: float
    phi: float
    turns: bool


def recent_trend(values: Numbers, lower: Numbers, upper: Numbers) -> RecentTrend:
    """Return the trend of five values from the earliest to the latest, with their 95% limits.

    They must be equally far apart in time and share no counts. The slope is that of the line weighted by one over the
    squared standard error, a quarter of which the limits span nearly (3.92 standard errors); chi-square is (slope /
    its standard error) squared. A trend is called significant above 9.55 (99.8%), unless the slope turns round when
    any one point is left out: so far Fingertips.

    Fingertips takes the standard errors of counts as all there is. A force records tens of thousands of crimes, so that
    any wobble would be a trend. Chi-square is therefore divided by the overdispersion, `phi`: the points' weighted
    squared distance from the line over its three degrees of freedom, at least 1. Where years vary far beyond chance, a
    series without a trend passes about one time in twenty by chi-square alone (a test shows it), not twice in a
    thousand.

    Raises ValueError for another number of values, for one that is missing, and for limits that leave no room.
    """
    value, low, high = (np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (values, lower, upper))
    error = (high - low) / (2 * normal_quantile(0.95))
    if value.size != POINTS or not np.isfinite(value).all() or not (error > 0).all():
        raise ValueError(f"a recent trend needs {POINTS} values with limits; found {int((error > 0).sum())}")
    times, weights = np.arange(POINTS, dtype=np.float64), error**-2
    slope, spread = _slope(times, value, weights)
    distances = value - np.average(value, weights=weights) - slope * (times - np.average(times, weights=weights))
    phi = max(1.0, float((weights * distances**2).sum()) / (POINTS - 2))
    chi_square = slope**2 * spread / phi
    without_one = (np.arange(POINTS) != left_out for left_out in range(POINTS))
    turns = any(_slope(times[kept], value[kept], weights[kept])[0] * slope <= 0 for kept in without_one)
    is_trend = chi_square > normal_quantile(LEVEL) ** 2 and not turns
    moving: Direction = "increasing" if slope > 0 else "decreasing"
    return RecentTrend(moving if is_trend else "no significant change", slope, chi_square, phi, turns)


def _slope(times: Array, values: Array, weights: Array) -> tuple[float, float]:
    """Return a weighted line's slope, and one over its squared standard error."""
    apart = times - np.average(times, weights=weights)
    spread = float((weights * apart**2).sum())
    return float((weights * apart * values).sum()) / spread, spread


def without_season(values: Numbers, quarters: Sequence[int]) -> Array:
    """Return quarterly values with the season taken out, in their own unit: each divided by its quarter's index.

    `quarters` says which quarter of the year each value is of (any four numbers); values must follow each other without
    a gap, a missing one as NaN. A quarter's index is the median over the years of its value's ratio to the mean of the
    12 months around it (half of the quarter two before, the three about it, half of the quarter two after), all four
    scaled to a mean of 1. So neither a trend nor one odd year becomes a season, and a year's total barely moves. A
    season that itself changes over the years is not taken out.

    Raises ValueError with fewer than 20 values, or where a quarter has fewer than three ratios or an index of 0.
    """
    series, names = np.atleast_1d(np.asarray(values, dtype=np.float64)), np.asarray(quarters)
    held = int(np.isfinite(series).sum())
    if held < FEWEST_QUARTERS:
        raise ValueError(f"the season needs at least {FEWEST_QUARTERS} quarters; found {held}")
    around = np.full(series.shape, np.nan)
    around[2:-2] = np.convolve(series, [0.125, 0.25, 0.25, 0.25, 0.125], mode="valid")
    ratios = np.divide(series, around, out=np.full(series.shape, np.nan), where=around > 0)
    index = {}
    for name in np.unique(names):
        found = ratios[(names == name) & np.isfinite(ratios)]
        if found.size < FEWEST_RATIOS or not np.median(found) > 0:
            raise ValueError(f"too few of one quarter's values have a year around them: {found.size}")
        index[name] = float(np.median(found))
    mean = sum(index.values()) / len(index)
    return np.asarray(series / np.array([index[name] / mean for name in names]))


def signals(values: Numbers, limits: ControlLimits) -> dict[str, Mask]:
    """Return which points belong to each pattern of `SIGNALS`; a point can belong to several.

    `outside` the limits; `shift`: in a run of seven or more on one side of the mean; `trend`: in a run of six or more
    rises, or falls, in a row (seven points); `two_in_three`: beyond two thirds of the way to a limit and not outside,
    with another such point among three that follow each other, all three on the same side of the mean. A missing point
    ends every run. Source: NHSRplotthedots 0.2.2, whose patterns these are.
    """
    series = np.atleast_1d(np.asarray(values, dtype=np.float64))
    side = np.nan_to_num(np.sign(series - limits.centre))
    near = (np.abs(series - limits.centre) > NEAR * (limits.upper - limits.centre)) & ~limits.outside
    moves = np.nan_to_num(np.sign(np.diff(series)))
    found = {
        "outside": limits.outside,
        "trend": _in_runs(moves, RISES, also_after=1),
        "two_in_three": _two_in_three(side, near),
        "shift": _in_runs(side, SHIFT),
    }
    return {name: found[name] for name in SIGNALS}


def _in_runs(signs: npt.NDArray[np.float64], length: int, also_after: int = 0) -> Mask:
    """Return which places lie in a run of so many equal signs that are not 0, and so many places after it."""
    inside = np.zeros(signs.size + also_after, dtype=np.bool_)
    for start in range(signs.size - length + 1):
        run = signs[start : start + length]
        if run[0] != 0 and (run == run[0]).all():
            inside[start : start + length + also_after] = True
    return inside


def _two_in_three(side: npt.NDArray[np.float64], near: Mask) -> Mask:
    inside = np.zeros(side.size, dtype=np.bool_)
    for start in range(side.size - 2):
        three = slice(start, start + 3)
        if abs(side[three].sum()) == 3 and near[three].sum() >= 2:
            inside[three] |= near[three]
    return inside
