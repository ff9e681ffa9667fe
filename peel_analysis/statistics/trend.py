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
    """The centre line and the natural process limits of a series, in its unit, and which points lie outside.

    `points` are those that the limits are made of, `shown` all that are held against them; neither has missing ones.
    """

    centre: float
    lower: float
    upper: float
    mean_moving_range: float
    points: int
    shown: int
    outside: npt.NDArray[np.bool_]

    @property
    def is_stable(self) -> bool:
        """Whether the series stays around its mean: no more than a third of its points lie outside.

        Where more do, the series has moved, by a trend, a season or a step, and a single point outside tells nothing.
        """
        return OFTEN * int(self.outside.sum()) <= self.shown


def control_limits(
    values: Numbers, baseline: int | None = None, floor: float | None = None, fewest: int = FEWEST_POINTS
) -> ControlLimits:
    """Return XmR limits, mean -+ 2.66 * mean moving range, from the first `baseline` points (all when not given).

    The points must not share counts: moving ranges take two consecutive points as independent. Sums of 12 months that
    follow each other by a quarter share three quarters, so their ranges are small and the limits so narrow that most
    points would lie outside; quarters, or years one after the other, are right. A missing point is left out and so are
    both moving ranges that touch it. A series with a break in recording is to be cut there first, one call a part,
    comparable or not: a step moves the mean and leaves the moving ranges as small as they were. Look at `is_stable`
    before speaking of a point outside.
    `floor` (0 for counts) stops the lower limit from going below it.

    Raises ValueError with fewer than `fewest` points, or with no two consecutive ones, in the baseline. Source:
    Wheeler (1993), Understanding Variation: The Key to Managing Chaos.
    """
    series = np.atleast_1d(np.asarray(values, dtype=np.float64))
    base = series[:baseline]
    points = int(np.isfinite(base).sum())
    ranges = np.abs(np.diff(base))
    if points < fewest or not np.isfinite(ranges).any():
        raise ValueError(f"control limits need at least {fewest} points, two of them consecutive; found {points}")
    centre = float(np.nanmean(base))
    mean_range = float(np.nanmean(ranges))
    lower, upper = centre - XMR_FACTOR * mean_range, centre + XMR_FACTOR * mean_range
    if floor is not None:
        lower = max(lower, floor)
    outside = (series < lower) | (series > upper)
    return ControlLimits(centre, lower, upper, mean_range, points, int(np.isfinite(series).sum()), outside)
