"""Intervals against published worked examples and against scipy."""

import numpy as np
import pytest
from scipy import stats

from peel_analysis.statistics.intervals import (
    Interval,
    normal_quantile,
    poisson_limits,
    rate_change_interval,
    rate_interval,
    ratio_interval,
    share_interval,
)

LEVELS = (0.8, 0.95, 0.998)
NAN = float("nan")


def only(interval: Interval) -> tuple[float, float, float]:
    return float(interval.value[0]), float(interval.lower[0]), float(interval.upper[0])


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [(0, 0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (9, 4.1154, 17.0848)],
)
def test_small_counts_have_garwoods_exact_limits(count: int, lower: float, upper: float) -> None:
    assert only(rate_interval(count, 1)) == pytest.approx((count, lower, upper), abs=5e-5)


def test_byar_gives_the_limit_published_with_ohids_package() -> None:
    # PHStatsMethods (Office for Health Improvement and Disparities), its own test of 100 events
    assert poisson_limits(100)[0][0] == pytest.approx(81.36210549052788, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_exact_limits_are_the_chi_squared_quantiles(level: float) -> None:
    counts = np.arange(10)
    lower, upper = poisson_limits(counts, level)
    tail = (1 - level) / 2
    assert upper == pytest.approx(stats.chi2.ppf(1 - tail, 2 * counts + 2) / 2, rel=1e-9)
    assert lower[1:] == pytest.approx(stats.chi2.ppf(tail, 2 * counts[1:]) / 2, rel=1e-9)
    assert lower[0] == 0


@pytest.mark.parametrize(("level", "error"), [(0.95, 0.002), (0.998, 0.016)])
def test_byar_is_near_the_exact_limits_from_ten_up(level: float, error: float) -> None:
    counts = np.array([10, 12, 20, 50, 150, 1000, 60000])
    lower, upper = poisson_limits(counts, level)
    tail = (1 - level) / 2
    assert lower == pytest.approx(stats.chi2.ppf(tail, 2 * counts) / 2, rel=error)
    assert upper == pytest.approx(stats.chi2.ppf(1 - tail, 2 * counts + 2) / 2, rel=error)


def test_a_rate_is_per_multiplier_and_its_limits_too() -> None:
    assert only(rate_interval(5, 2000, 1000)) == pytest.approx((2.5, 1.6235 / 2, 11.6683 / 2), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "total", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_have_newcombes_published_wilson_limits(count: int, total: int, lower: float, upper: float) -> None:
    value, low, high = only(share_interval(count, total, multiplier=1))
    assert value == count / total
    assert (low, high) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize("level", LEVELS)
def test_wilson_agrees_with_scipy_over_a_grid(level: float) -> None:
    for total in (1, 7, 300, 45_000):
        for count in {0, 1, total // 3, total}:
            expected = stats.binomtest(count, total).proportion_ci(level, method="wilson")
            _, lower, upper = only(share_interval(count, total, 1, level))
            assert (lower, upper) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("level", LEVELS)
def test_log_ratio_limits_agree_with_scipys_lognormal(level: float) -> None:
    a, b = np.array([10, 60, 400]), np.array([20, 15, 500])
    expected = stats.lognorm.interval(level, s=np.sqrt(1 / a + 1 / b), scale=100 * a / b)
    found = ratio_interval(a, b, level=level)
    assert found.lower == pytest.approx(expected[0])
    assert found.upper == pytest.approx(expected[1])
    assert (found.value > 100).tolist() == [False, True, False]  # passes 100 where Wilson would fail


def test_change_of_a_rate_is_in_per_cent_and_uses_both_populations() -> None:
    change, lower, upper = only(rate_change_interval(100, 1000, 120, 1100))
    factor = np.exp(stats.norm.ppf(0.975) * np.sqrt(1 / 100 + 1 / 120))
    ratio = 120 / 1100 / (100 / 1000)
    assert (change, lower, upper) == pytest.approx(
        (100 * ratio - 100, 100 * ratio / factor - 100, 100 * ratio * factor - 100)
    )


def test_normal_quantiles_are_scipys() -> None:
    assert [normal_quantile(level) for level in LEVELS] == pytest.approx([stats.norm.ppf(0.5 + x / 2) for x in LEVELS])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_outside_nought_to_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level lies between 0 and 1"):
        rate_interval(5, 10, level=level)


@pytest.mark.parametrize(
    ("interval", "value"),
    [
        (rate_interval(NAN, 10), NAN),
        (rate_interval(3, NAN), NAN),
        (rate_interval(3, 0), NAN),
        (rate_interval(-1, 10, 10), -1),
        (rate_interval(2.5, 10, 10), 2.5),
        (share_interval(NAN, 3), NAN),
        (share_interval(3, 0), NAN),
        (share_interval(-3, 6), -50),
        (share_interval(5, 4), 125),
        (ratio_interval(NAN, 3), NAN),
        (ratio_interval(3, 0), NAN),
        (ratio_interval(0, 3), 0),
        (ratio_interval(-3, 6), -50),
        (rate_change_interval(0, 1, 3, 1), NAN),
        (rate_change_interval(3, 1, 0, 1), -100),
        (rate_change_interval(3, 0, 4, 1), NAN),
        (rate_change_interval(4, 1, -3, 1), -175),
        (rate_change_interval(3, 1, NAN, 1), NAN),
    ],
)
def test_what_has_no_limits_keeps_the_value_it_has(interval: Interval, value: float) -> None:
    assert only(interval) == pytest.approx((value, NAN, NAN), nan_ok=True)


def test_one_bad_row_leaves_the_others_alone() -> None:
    found = rate_interval([NAN, 5, 200], [10, 10, 10])
    assert np.isnan(found.lower).tolist() == [True, False, False]
    assert found.lower[2] < found.value[2] < found.upper[2]
