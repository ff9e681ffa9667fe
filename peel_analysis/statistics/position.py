"""Where a force lies among the forces: robust z, and a rank that is always a range."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peel_analysis.statistics.intervals import Array, Numbers

MAD_TO_DEVIATION = 1.4826  # the standard deviation of a normal distribution in units of its MAD


@dataclass(frozen=True)
class Position:
    """The median and MAD of the eligible forces, in the measure's unit, and each force's z against them."""

    forces: int
    median: float
    mad: float
    z: Array


def robust_position(values: Numbers, eligible: npt.ArrayLike | None = None) -> Position:
    """Return (value - median) / (1.4826 * MAD) for each force; median and MAD are those of the eligible forces.

    MAD is the median absolute deviation from the median. Where it is zero (more than half of the forces share one
    value) or no force is eligible, z is missing. A force that is not eligible gets a z and influences none.
    Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers.
    """
    value, chosen = _chosen(values, eligible)
    if not chosen.any():
        return Position(0, np.nan, np.nan, np.full(value.shape, np.nan))
    median = float(np.median(value[chosen]))
    mad = float(np.median(np.abs(value[chosen] - median)))
    z = (value - median) / (MAD_TO_DEVIATION * mad) if mad > 0 else np.full(value.shape, np.nan)
    return Position(int(chosen.sum()), median, mad, z)


@dataclass(frozen=True)
class RankRange:
    """The first and last place each force may hold when sorted from the largest value down; missing if it has none.

    `forces` is how many are ranked.
    """

    forces: int
    first: Array
    last: Array

    def has_place(self, row: int) -> bool:
        """Return whether the force of a row is ranked."""
        return bool(np.isfinite(self.first[row]))

    def words(self, row: int) -> str:
        """Return "between 3 and 9 of 42", always as a range, or "no rank"."""
        if not self.has_place(row):
            return "no rank"
        return f"between {self.first[row]:.0f} and {self.last[row]:.0f} of {self.forces}"


def rank_range(
    lower: Numbers, upper: Numbers, eligible: npt.ArrayLike | None = None, apart: float = 0.0, gap: float = 0.0
) -> RankRange:
    """Return the places that the intervals leave open to each eligible force; place 1 has the largest value.

    First place: 1 + the forces whose whole interval lies above this one's. Last place: the number of ranked forces
    minus those whose whole interval lies below. Intervals that overlap or touch leave the order open. Forces without
    limits, and those not eligible, have no place and count for nobody.

    An order counts only where the upper limit is passed by the share `apart` of itself (0.1 for 10%) and by `gap` in
    the values' unit, as in the size rule: intervals of tens of thousands of events are narrow. A force apart from both
    neighbours is given its neighbour's place too: a rank is never told as one place.

    Sources: Goldstein and Spiegelhalter (1996), League tables and their limitations, JRSS A 159, for showing ranks
    with their uncertainty; Klein, Wright and Wieczorek (2020), A joint confidence region for an overall ranking of
    populations, JRSS C 69, for this rule. With separate 95% intervals the ranges are not jointly of level 95%.
    """
    low, chosen_low = _chosen(lower, eligible)
    high, chosen_high = _chosen(upper, eligible)
    ranked = chosen_low & chosen_high
    edge = high + np.maximum(apart * np.abs(high), gap)
    above = (low[np.newaxis, :] > edge[:, np.newaxis]) & ranked
    below = (edge[np.newaxis, :] < low[:, np.newaxis]) & ranked
    forces = int(ranked.sum())
    first = np.where(ranked, 1 + above.sum(axis=1), np.nan)
    last = np.where(ranked, forces - below.sum(axis=1), np.nan)
    alone = (first == last) & (forces > 1)
    at_the_end = alone & (last == forces)
    return RankRange(forces, first - at_the_end, last + (alone & ~at_the_end))


def _chosen(values: Numbers, eligible: npt.ArrayLike | None) -> tuple[Array, npt.NDArray[np.bool_]]:
    value = np.atleast_1d(np.asarray(values, dtype=np.float64))
    present = np.isfinite(value)
    return value, present if eligible is None else present & np.asarray(eligible, dtype=bool)
