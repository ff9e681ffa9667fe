"""Robust z and rank ranges."""

import numpy as np
import pytest
from scipy import stats

from peel_analysis.statistics.verdict import rank_range, robust_position

NAN = float("nan")


def test_robust_z_by_hand() -> None:
    found = robust_position([1, 2, 3, 4, 10])
    assert (found.median, found.mad, found.forces) == (3, 1, 5)
    assert found.z == pytest.approx(np.array([-2, -1, 0, 1, 7]) / 1.4826)


def test_robust_z_agrees_with_scipy() -> None:
    values = np.random.default_rng(1).lognormal(size=42)
    scale = stats.median_abs_deviation(values, scale="normal")
    assert robust_position(values).z == pytest.approx((values - np.median(values)) / scale, rel=1e-4)


def test_a_force_that_is_not_eligible_has_a_z_and_moves_nobody() -> None:
    found = robust_position([1, 2, 3, 4, 1000], [True, True, True, True, False])
    assert found.median == 2.5
    assert found.z[:4] == pytest.approx(robust_position([1, 2, 3, 4]).z)
    assert found.z[4] > 100


def test_missing_stays_missing() -> None:
    found = robust_position([1, NAN, 3])
    assert (found.median, found.forces) == (2, 2)
    assert np.isnan(found.z).tolist() == [False, True, False]


def test_no_spread_means_no_z() -> None:
    assert np.isnan(robust_position([5, 5, 5, 9]).z).all()
    assert np.isnan(robust_position([1, 2], [False, False]).z).all()


def test_ranks_are_what_the_intervals_leave_open() -> None:
    # the first stands clear, the next two overlap, the last stands clear below
    found = rank_range(lower=[90, 50, 55, 10], upper=[95, 60, 65, 20])
    assert found.first.tolist() == [1, 2, 2, 3]
    assert found.last.tolist() == [2, 3, 3, 4]
    assert found.words(1) == "between 2 and 3 of 4"


def test_a_rank_is_never_one_place() -> None:
    clear = rank_range(lower=[90, 50, 10], upper=[95, 60, 20])
    assert [clear.words(row) for row in range(3)] == [
        "between 1 and 2 of 3", "between 2 and 3 of 3", "between 2 and 3 of 3",
    ]  # fmt: skip
    assert rank_range([1.0], [2.0]).words(0) == "between 1 and 1 of 1", "there is no other place"


def test_ties_and_touching_intervals_leave_the_order_open() -> None:
    found = rank_range(lower=[5, 5, 7], upper=[7, 7, 9])
    assert found.first.tolist() == [1, 1, 1]
    assert found.last.tolist() == [3, 3, 3]


def test_a_margin_leaves_open_the_order_of_narrow_intervals() -> None:
    lower, upper = [99.9, 104.9, 149.9], [100.1, 105.1, 150.1]
    assert rank_range(lower, upper).words(0) == "between 2 and 3 of 3"
    found = rank_range(lower, upper, apart=0.1)
    assert (found.first.tolist(), found.last.tolist()) == ([2, 2, 1], [3, 3, 2])


def test_changes_are_apart_by_the_smallest_gap_and_may_be_falls() -> None:
    lower, upper = [-5.1, -4.4, 3.0, 3.2], [-4.9, -4.2, 3.1, 3.3]
    assert rank_range(lower, upper).last.tolist() == [4, 4, 3, 2]
    found = rank_range(lower, upper, apart=0.1, gap=1.0)
    assert found.first.tolist() == [3, 3, 1, 1]
    assert found.last.tolist() == [4, 4, 2, 2]


def test_a_force_without_limits_or_not_eligible_has_no_rank_and_counts_for_nobody() -> None:
    found = rank_range([90, NAN, 50, 10], [95, NAN, 60, 20], [False, True, True, True])
    assert found.forces == 2
    assert found.words(0) == found.words(1) == "no rank"
    assert (found.first[2], found.last[3]) == (1, 2)
