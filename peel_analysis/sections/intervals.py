"""The 95% intervals of counts that a section's table makes itself: sums of forces, points of a line, groups."""

import numpy as np

from peel_analysis import statistics
from peel_analysis.measures import Measure
from peel_analysis.statistics import Interval
from peel_analysis.statistics.intervals import Numbers
from peel_analysis.tables import SHOWN_LEVEL, Cell, interval_cell


def cell_of(measure: Measure, numerator: float, denominator: float, without: str = "[x]") -> Cell:
    """Return the interval of one pair of counts as a table says it, or the mark `without` where there is none."""
    found = intervals_of(measure, numerator, denominator)
    return interval_cell(measure, float(found.lower[0]), float(found.upper[0]), without)


def intervals_of(measure: Measure, numerator: Numbers, denominator: Numbers) -> Interval:
    """Return the intervals of counts in the measure's unit, by the method that `comparison.compare` has for its kind.

    Rates have Byar's limits, shares Wilson's, ratios of counts and changes log-ratio limits. The counts of a change are
    the difference and the earlier count. A missing count has missing limits.
    """
    if measure.kind in ("share", "cases"):
        return statistics.share_interval(numerator, denominator, measure.multiplier, SHOWN_LEVEL)
    if measure.kind == "ratio_of_counts":
        return statistics.ratio_interval(numerator, denominator, measure.multiplier, SHOWN_LEVEL)
    if measure.kind == "change":
        later = np.asarray(numerator, dtype=np.float64) + np.asarray(denominator, dtype=np.float64)
        return statistics.rate_change_interval(denominator, 1, later, 1, SHOWN_LEVEL)
    return statistics.rate_interval(numerator, denominator, measure.multiplier, SHOWN_LEVEL)
