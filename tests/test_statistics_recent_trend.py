"""The recent trend, the season and the patterns of a series."""

import numpy as np
import pytest

from peel_analysis.statistics.intervals import rate_interval, share_interval
from peel_analysis.statistics.limits import control_limits
from peel_analysis.statistics.trends import SIGNALS, recent_trend, signals, without_season

# The example of PHEindicatormethods, assign_trend_markers: values with their 95% limits
PHE = [30.6, 30.2, 28, 24.6, 24.67]
PHE_LOWER, PHE_UPPER = [28.98, 28.63, 26.44, 23.15, 23.16], [32.25, 31.9, 29.64, 26.19, 26.25]
# The examples of Fingertips' own trend marker tests: counts, denominators, and the marker that they must get
FINGERTIPS = [
    ([621, 599, 556, 535, 447], [3454, 3195, 3256, 3227, 3121], "decreasing"),
    ([2157, 2090, 2194, 2134.81, 2094], [3454, 3195, 3256, 3152, 3062], "increasing"),
    ([8116, 8145, 8222, 8506, 8728], [91530, 91773, 92088, 92238, 92665.89], "increasing"),
    ([5405, 5500, 5435, 5480, 5315], [18095, 18170, 18005, 17890, 17860], "no significant change"),
    ([22435, 22445, 21365, 20955, 19055], [65880, 67900, 68705, 69835, 70910], "decreasing"),
]
SEASON = np.array([0.9, 1.05, 1.15, 0.9])
YEARS = 10
QUARTERS = [1, 2, 3, 4] * YEARS


def by_hand(values: list[float], errors: list[float]) -> list[float]:
    """Return slope, its chi-square and the overdispersion from the normal equations, in plain Python."""
    points = [(1 / error**2, time, value) for time, (value, error) in enumerate(zip(values, errors, strict=True))]
    weight, time_sum, value_sum = (sum(point) for point in zip(*((w, w * t, w * v) for w, t, v in points), strict=True))
    squares, products = sum(w * t**2 for w, t, _ in points), sum(w * t * v for w, t, v in points)
    slope = (weight * products - time_sum * value_sum) / (weight * squares - time_sum**2)
    start = (value_sum - slope * time_sum) / weight
    residual = sum(w * (v - start - slope * t) ** 2 for w, t, v in points)
    return [slope, slope**2 * (weight * squares - time_sum**2) / weight, residual / 3]


def test_the_slope_and_the_chi_square_are_those_of_the_normal_equations() -> None:
    found = recent_trend(PHE, PHE_LOWER, PHE_UPPER)
    errors = [(high - low) / 3.919928 for low, high in zip(PHE_LOWER, PHE_UPPER, strict=True)]
    slope, chi_square, phi = by_hand(PHE, errors)
    assert 1 < phi < 2
    assert [found.slope, found.chi_square, found.phi] == pytest.approx([slope, chi_square / phi, phi], rel=1e-5)
    assert found.direction == "decreasing"


@pytest.mark.parametrize(("counts", "sizes", "marker"), FINGERTIPS)
def test_fingertips_own_examples_get_their_markers(counts: list[float], sizes: list[float], marker: str) -> None:
    interval = share_interval(counts, sizes, 100)
    assert recent_trend(interval.value, interval.lower, interval.upper).direction == marker


def test_what_varies_beyond_chance_is_allowed_for() -> None:
    """Tens of thousands of crimes that wobble: without the allowance any wobble would be a trend."""
    interval = rate_interval([60000, 63000, 58000, 64000, 62500], 900000, 1000)
    errors = ((interval.upper - interval.lower) / 3.919928).tolist()
    _, chi_square, phi = by_hand(interval.value.tolist(), errors)
    found = recent_trend(interval.value, interval.lower, interval.upper)
    assert chi_square > 9.55
    assert [found.phi, found.chi_square] == pytest.approx([phi, chi_square / phi], rel=1e-5)
    assert found.direction == "no significant change"


def test_points_that_vary_less_than_chance_are_not_said_to_be_surer_than_it() -> None:
    values = np.array([10.0, 11, 12, 13, 14])
    found = recent_trend(values, values - 1.959964, values + 1.959964)
    assert [found.phi, found.chi_square] == pytest.approx([1, 10])


def test_a_series_without_a_trend_passes_about_one_time_in_twenty_however_much_it_varies() -> None:
    random = np.random.default_rng(3)
    drawn = [1000 + 100 * random.standard_normal(5) for _ in range(2000)]
    found = [recent_trend(one, one - 1, one + 1) for one in drawn]
    assert np.mean([one.chi_square > 9.5495 for one in found]) == pytest.approx(0.054, abs=0.015)  # t of 3 degrees
    assert np.mean([one.direction != "no significant change" for one in found]) < 0.06


def test_one_point_alone_makes_no_trend() -> None:
    values = np.array([10.0, 10.1, 10.0, 9.9, 30.0])
    found = recent_trend(values, values - 20, values + 20)
    assert found.turns
    assert found.direction == "no significant change"


def test_other_than_five_values_with_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 5 values with limits; found 4"):
        recent_trend(PHE[1:], PHE_LOWER[1:], PHE_UPPER[1:])
    with pytest.raises(ValueError, match="needs 5 values with limits"):
        recent_trend([float("nan"), *PHE[1:]], PHE_LOWER, PHE_UPPER)


def seasonal(shift: float = 0.0, seed: int = 11) -> np.ndarray:
    """Return ten invented years of quarters with a season and chance, moved by a share of itself after six years."""
    noise = 1 + 0.02 * np.random.default_rng(seed).standard_normal(4 * YEARS)
    moved = 1 + shift * (np.arange(4 * YEARS) >= 24)
    return np.asarray(1000 * np.tile(SEASON, YEARS) * noise * moved)


def found_in(values: np.ndarray) -> dict[str, list[int]]:
    return {name: np.flatnonzero(inside).tolist() for name, inside in signals(values, control_limits(values)).items()}


def test_a_season_without_chance_is_taken_out_whole_and_a_trend_stays() -> None:
    flat = without_season(1000 * np.tile(SEASON, YEARS), QUARTERS)
    assert flat == pytest.approx(np.full(4 * YEARS, 1000))
    growing = 1000 * 1.01 ** np.arange(4 * YEARS)
    left = without_season(growing * np.tile(SEASON, YEARS), QUARTERS)
    assert left / growing == pytest.approx(np.ones(4 * YEARS), abs=0.001)


def test_one_odd_year_does_not_become_a_season() -> None:
    values = 1000 * np.tile(SEASON, YEARS)
    values[21] *= 0.5
    left = without_season(values, QUARTERS)
    assert np.delete(left, 21) == pytest.approx(np.full(4 * YEARS - 1, 1000))
    assert left[21] == pytest.approx(500)


def test_a_seasonal_series_without_a_signal_shows_none() -> None:
    assert found_in(without_season(seasonal(seed=2), QUARTERS)) == {name: [] for name in SIGNALS}


def test_chance_alone_makes_a_pattern_in_about_four_of_ten_lines_of_ten_years() -> None:
    """What the note in a report says; one point outside, or seven on a side, is what it makes most often."""
    some = [any(found_in(without_season(seasonal(seed=seed), QUARTERS)).values()) for seed in range(300)]
    assert np.mean(some) == pytest.approx(0.38, abs=0.06)


def test_a_shift_that_the_season_hides_is_found_without_it() -> None:
    values = seasonal(shift=0.08)
    assert found_in(values)["shift"] == []  # the season crosses the mean each year
    shift = found_in(without_season(values, QUARTERS))["shift"]
    assert set(range(24, 40)) <= set(shift)


def test_the_season_needs_five_years_and_three_ratios_of_each_quarter() -> None:
    with pytest.raises(ValueError, match="at least 20 quarters; found 19"):
        without_season(seasonal()[:19], QUARTERS[:19])
    with pytest.raises(ValueError, match="too few of one quarter's values"):
        without_season(np.zeros(40), QUARTERS)


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ([9, 11] * 8 + [11] * 6, "shift", range(15, 22)),  # with the last 11 of the pairs they are seven
        ([9, 11] * 8 + [9] + [11] * 6, "shift", []),
        ([10, 12, 8, 12, 8, 9, 10, 11, 12, 13, 14, 8, 12, 8, 12], "trend", range(4, 11)),
        ([10, 12, 8, 12, 8, 9, 10, 11, 12, 13, 8, 12, 8, 12], "trend", []),
        ([10, 11] * 6 + [14] + [10, 11] * 6, "outside", [12]),
    ],
)
def test_each_pattern_is_found_and_one_point_short_of_it_is_not(
    values: list[float], name: str, expected: list[int]
) -> None:
    assert found_in(np.array(values, dtype=float))[name] == list(expected)


def test_two_of_three_near_a_limit_are_found_on_one_side_only() -> None:
    values = np.array([0.0, 1] * 10)
    limits = control_limits(values + 10)  # mean 10.5, limits 2.66 away, two thirds of it 1.77
    near, far = 10.5 + 2, 10.5 - 2
    for ends, expected in (([near, 10.6, near], [20, 22]), ([near, 10.4, near], []), ([near, 10.6, far], [])):
        series = np.array([*(values + 10), *ends])
        outside = np.zeros(series.size, dtype=bool)
        held = type(limits)(limits.centre, limits.lower, limits.upper, series.size, outside)
        assert np.flatnonzero(signals(series, held)["two_in_three"]).tolist() == expected


def test_a_missing_point_ends_a_run() -> None:
    values = np.array([9.0, 11] * 8 + [11, 11, 11, float("nan"), 11, 11, 11])
    assert found_in(values)["shift"] == []
