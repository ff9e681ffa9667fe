"""The interval of a measure's counts, by the method that suits its kind."""

import numpy as np

from peel_analysis import statistics
from peel_analysis.measures import Measure
from peel_analysis.statistics import Interval
from peel_analysis.statistics.intervals import Numbers

SHOWN_LEVEL = 0.95  # of the intervals in tables
LEVELS = (SHOWN_LEVEL, 0.998)


def interval_of(measure: Measure, numerator: Numbers, denominator: Numbers, level: float = SHOWN_LEVEL) -> Interval:
    """Return the intervals of counts in the measure's unit; a missing count has missing limits.

    Rates have Byar's limits (exact below 10), shares Wilson's, ratios of counts and changes log-ratio limits. The
    counts of a change are the difference and the earlier count.
    """
    if measure.kind in ("share", "cases"):
        return statistics.share_interval(numerator, denominator, measure.multiplier, level)
    if measure.kind == "ratio_of_counts":
        return statistics.ratio_interval(numerator, denominator, measure.multiplier, level)
    if measure.kind == "change":
        earlier = np.asarray(denominator, dtype=np.float64)
        later = np.asarray(numerator, dtype=np.float64) + earlier
        one = np.ones_like(earlier)
        return statistics.rate_change_interval(earlier, one, later, one, level)
    return statistics.rate_interval(numerator, denominator, measure.multiplier, level)
