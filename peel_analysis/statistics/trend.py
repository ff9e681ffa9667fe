"""Change over time: control limits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peel_analysis.statistics.intervals import Numbers

XMR_FACTOR = 2.66  # 3 / 1.128: three standard deviations, from the mean range of two consecutive points
FEWEST_POINTS = 12  # our choice: three years of quarters
OFTEN = 3  # our choice: with one point in three outside, it is the mean that does not fit; chance puts 1 in 100 outside


@dataclass(frozen=True)
class ControlLimits:
    """The centre line and natural process limits of a series, in its unit, and which of the points shown lie outside.

    `shown` counts no missing point.
    """

    centre: float
    lower: float
    upper: float
    shown: int
    outside: npt.NDArray[np.bool_]

    @property
    def is_stable(self) -> bool:
        """Whether the series stays around its mean: no more than a third of its points lie outside.

        Where more do, the series has moved, by a trend, a season or a step, and a single point outside tells nothing.
        """
        return OFTEN * int(self.outside.sum()) <= self.shown


def control_limits(values: Numbers, floor: float | None = None, fewest: int = FEWEST_POINTS) -> ControlLimits:
    """Return XmR limits, mean -+ 2.66 * mean moving range.

    The points must not share counts: moving ranges take two consecutive points as independent. With sums of 12 months
    that follow each other by a quarter, most points would lie outside; quarters, or years in turn, are right. A missing
    point is left out and so are both moving ranges that touch it. A series with a break in recording is to be cut there
    first, one call a part, comparable or not. Look at `is_stable` before speaking of a point outside.
    `floor` (0 for counts) stops the lower limit from going below it.

    Raises ValueError with fewer than `fewest` points, or with no two consecutive ones. Source: Wheeler (1993),
    Understanding Variation: The Key to Managing Chaos.
    """
    series = np.atleast_1d(np.asarray(values, dtype=np.float64))
    points = int(np.isfinite(series).sum())
    ranges = np.abs(np.diff(series))
    if points < fewest or not np.isfinite(ranges).any():
        raise ValueError(f"control limits need at least {fewest} points, two of them consecutive; found {points}")
    centre, reach = float(np.nanmean(series)), XMR_FACTOR * float(np.nanmean(ranges))
    lower, upper = centre - reach, centre + reach
    if floor is not None:
        lower = max(lower, floor)
    return ControlLimits(centre, lower, upper, points, (series < lower) | (series > upper))
