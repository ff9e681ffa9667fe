"""Indirect standardisation: what a share would be if its rates within groups differed, and not its mix of groups."""

from dataclasses import dataclass

import numpy as np

from peel_analysis.statistics.intervals import Array, Interval, Numbers, poisson_limits


@dataclass(frozen=True)
class Standardised:
    """One row a force: its events, those that the reference rates give it, and its standardised rate."""

    observed: Array
    expected: Array
    rate: Interval


def indirectly_standardised(
    observed: Numbers, sizes: Numbers, reference: Numbers, reference_rate: float, level: float = 0.95
) -> Standardised:
    """Return observed / expected times the reference's own rate, with Byar's limits (exact below 10 events).

    `observed` has the events of each force, `sizes` a row a force with the size of each group (such as its crimes),
    and `reference` the events per unit of size of each group in the reference; expected is the sum over groups of the
    two multiplied. `reference_rate` is the reference's rate over all groups, in the unit wanted. A force that lacks a
    number, or of which nothing is expected, has no value; the reference standardised by itself is its own rate.

    Source: Breslow and Day (1987), Statistical methods in cancer research II; the arithmetic is that of phe_ISRate in
    PHEindicatormethods, whose expected events are taken as known, so that the limits are those of the events alone.
    """
    events = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    held = np.atleast_2d(np.asarray(sizes, dtype=np.float64))
    expected = held @ np.asarray(reference, dtype=np.float64)
    usable = np.where(expected > 0, expected, np.nan)
    of_events = (events, *poisson_limits(events, level))
    return Standardised(events, expected, Interval(*(reference_rate * one / usable for one in of_events)))
