"""Control limits."""

import numpy as np
import pytest

from peel_analysis.statistics.limits import ControlLimits, control_limits

NAN = float("nan")
# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rates of ten batches
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_limits_are_those_of_the_nist_example() -> None:
    found = control_limits(FLOW, fewest=10)
    assert (found.centre, (found.upper - found.centre) / 2.66) == pytest.approx((50.81, 1.8778), abs=5e-5)
    assert (found.lower, found.upper) == pytest.approx((45.8159, 55.8041), abs=0.001)  # NIST: 3 / 1.128; here 2.66
    assert not found.outside.any()


def test_a_point_outside_the_limits_is_found() -> None:
    found = control_limits([10, 11] * 6 + [30] + [10, 11] * 6)
    assert found.outside.tolist() == [False] * 12 + [True] + [False] * 12


def test_a_missing_point_takes_both_its_moving_ranges_with_it() -> None:
    found = control_limits([10, 12, NAN, 100, 101], fewest=4)
    assert found.upper - found.centre == pytest.approx(2.66 * 1.5)  # 2 and 1; not the 88 across the gap
    assert (found.shown, found.centre) == (4, 55.75)
    assert not found.outside[2]


def test_the_lower_limit_is_not_below_nought() -> None:
    assert control_limits([0, 9] * 6).lower == 0


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 12 points, two of them consecutive; found 10"):
        control_limits(FLOW)
    with pytest.raises(ValueError, match="two of them consecutive; found 2"):
        control_limits([1, NAN, 2], fewest=2)


def test_a_series_is_stable_until_more_than_a_third_of_its_points_lie_outside() -> None:
    for outside, is_stable in ((6, True), (7, False)):
        found = ControlLimits(centre=10, lower=5, upper=15, shown=18, outside=np.arange(18) < outside)
        assert found.is_stable is is_stable, outside
    assert not control_limits(range(20)).is_stable, "a steady rise lies around no mean"
