"""Funnel limits: overdispersion, forces that are only shown, and refusals."""

import numpy as np
import pytest

from peel_analysis.statistics.intervals import Array
from peel_analysis.statistics.limits import (
    Kind,
    NotEnoughForcesError,
    additive_tau2,
    funnel_for,
    winsorised_phi,
)

# The 13 BCG vaccine trials (Colditz and others 1994): vaccinated cases and others, controls' cases and others
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
        (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
        (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip


def forces(spread: float, number: int = 42, rate: float = 0.06, seed: int = 3) -> tuple[Array, Array]:
    """Return invented counts and populations whose true rates differ by `spread` (standard deviation / rate)."""
    source = np.random.default_rng(seed)
    populations = np.round(source.uniform(500_000, 2_500_000, number))
    rates = rate * (1 + spread * source.standard_normal(number))
    return source.poisson(populations * rates).astype(float), populations


def test_tau_squared_is_the_published_one_of_the_bcg_trials() -> None:
    cases, others, control_cases, control_others = BCG.T
    ratios = np.log(cases / (cases + others)) - np.log(control_cases / (control_cases + control_others))
    variances = 1 / cases - 1 / (cases + others) + 1 / control_cases - 1 / (control_cases + control_others)
    centre = np.average(ratios, weights=1 / variances)
    phi = winsorised_phi((ratios - centre) / np.sqrt(variances), share=0)
    assert phi * 13 == pytest.approx(152.2330, abs=1e-4)  # Q as metafor prints it
    assert additive_tau2(phi, variances) == pytest.approx(0.3088, abs=5e-5)


def test_winsorising_pulls_the_ends_in_to_their_quantiles() -> None:
    z = np.array([-100.0, *np.linspace(-1, 1, 9), 100.0])
    assert winsorised_phi(z, 0.1) == pytest.approx(np.mean(np.array([-1, *np.linspace(-1, 1, 9), 1]) ** 2))
    assert winsorised_phi(z, 0) > 1000


def test_without_true_differences_nothing_is_added() -> None:
    result = funnel_for(*forces(spread=0), "rate", 1000)
    assert result.tau2 == 0
    assert result.z == pytest.approx(funnel_for(*forces(spread=0), "rate", 1000, overdispersion="none").z)
    assert (np.abs(result.z) > 3.09).sum() <= 1


def test_with_true_differences_the_limits_widen_to_hold_most_forces() -> None:
    counts, populations = forces(spread=0.2)
    naive = funnel_for(counts, populations, "rate", 1000, overdispersion="none")
    additive = funnel_for(counts, populations, "rate", 1000)
    multiplicative = funnel_for(counts, populations, "rate", 1000, overdispersion="multiplicative")
    assert (np.abs(naive.z) > 3.09).mean() > 0.8  # each naive limit is about 1% of the rate
    for adjusted in (additive, multiplicative):
        assert (np.abs(adjusted.z) > 3.09).mean() < 0.1
        assert adjusted.phi > 100
    assert 0.05 < np.sqrt(additive.tau2) / np.sqrt(0.06) < 0.15  # half of 0.2 on the square root scale


@pytest.mark.parametrize("kind", ["rate", "share", "ratio"])
@pytest.mark.parametrize("overdispersion", ["additive", "multiplicative", "none"])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_z_and_limits_tell_the_same_story(kind: Kind, overdispersion: str, level: float) -> None:
    counts, sizes = forces(spread=0.2, rate=0.3)
    result = funnel_for(counts, sizes, kind, 100, overdispersion=overdispersion)  # type: ignore[arg-type]
    lower, upper = result.limits(result.denominator, level)
    outside = (result.value < lower) | (result.value > upper)
    assert outside.tolist() == (np.abs(result.z) > {0.95: 1.959964, 0.998: 3.090232}[level]).tolist()
    assert result.target == pytest.approx(100 * np.median(counts / sizes))


def test_unadjusted_limits_are_those_of_poisson_and_binomial_counts() -> None:
    counts, sizes = np.full(20, 90.0), np.full(20, 1000.0)
    rate = funnel_for(counts, sizes, "rate", 1000, overdispersion="none")
    share = funnel_for(counts, sizes, "share", 1000, overdispersion="none")
    ratio = funnel_for(counts, sizes, "ratio", 1000, overdispersion="none")
    widths = [float(np.subtract(*funnel.limits([1000])[::-1])[0]) / 2 for funnel in (rate, share, ratio)]
    assert widths[0] == pytest.approx(1.96 * np.sqrt(90), rel=0.001)
    assert widths[1] == pytest.approx(1.96 * np.sqrt(90 * 0.91), rel=0.005)
    assert widths[2] == pytest.approx(1.96 * np.sqrt(90 * 1.09), rel=0.001)


def test_limits_stay_within_what_is_possible() -> None:
    counts, sizes = forces(spread=0.05, rate=0.8)
    lower, upper = funnel_for(counts, sizes, "share", 100).limits([1, 2], 0.998)
    assert (lower >= 0).all()
    assert (upper <= 100).all()
    assert funnel_for(counts, sizes, "rate").limits([1])[0] >= 0


def with_city_and_capital() -> tuple[Array, Array]:
    """Return 42 forces: 40 ordinary ones, one of 9,000 residents with a rate 15 times theirs, one a fifth of all."""
    counts, populations = forces(spread=0.15, number=40)
    capital = populations.sum() / 4
    return np.append(counts, [9_000 * 0.9, capital * 0.09]), np.append(populations, [9_000, capital])


def test_a_force_that_is_only_shown_does_not_touch_the_others() -> None:
    counts, populations = with_city_and_capital()
    shown = np.arange(42) != 40
    marked = funnel_for(counts, populations, "rate", 1000, eligible=shown)
    absent = funnel_for(counts[shown], populations[shown], "rate", 1000)
    assert (marked.target, marked.phi, marked.tau2) == pytest.approx((absent.target, absent.phi, absent.tau2))
    assert marked.z[shown] == pytest.approx(absent.z)
    assert marked.z[40] > 10
    assert marked.value[40] == pytest.approx(900)
    assert marked.forces == 41


def test_one_wild_force_barely_moves_the_limits_of_the_others() -> None:
    counts, populations = with_city_and_capital()
    everybody = funnel_for(counts, populations, "rate", 1000)
    without = funnel_for(counts, populations, "rate", 1000, eligible=np.arange(42) != 40)
    assert everybody.tau2 == pytest.approx(without.tau2, rel=0.25)
    assert everybody.target == pytest.approx(without.target, rel=0.005)
    plain = funnel_for(counts, populations, "rate", 1000, winsorised=0)
    assert plain.tau2 > 1.5 * everybody.tau2


def test_the_largest_force_moves_the_limits_no_more_than_another() -> None:
    """A capital of a fifth of all people whose rate is twice that of the others, or the same as theirs."""
    counts, populations = forces(spread=0.15, number=41)
    capital = populations.sum() / 4
    ordinary, apart = (
        funnel_for(np.append(counts, capital * rate), np.append(populations, capital), "rate", 1000)
        for rate in (np.median(counts / populations), 2 * 0.06)
    )
    assert apart.target == pytest.approx(ordinary.target, rel=0.02)
    assert apart.tau2 == pytest.approx(ordinary.tau2, rel=0.2)
    assert apart.z[:-1] == pytest.approx(ordinary.z[:-1], abs=0.35)


def test_a_force_without_a_number_is_left_out_and_stays_missing() -> None:
    counts, populations = forces(spread=0.1)
    counts[7] = np.nan
    result = funnel_for(counts, populations, "rate")
    assert result.forces == 41
    assert np.isnan(result.z[7])
    assert np.isfinite(np.delete(result.z, 7)).all()


def test_the_limits_say_what_they_rest_on() -> None:
    result = funnel_for(*forces(spread=0.2), "share")
    assert (result.forces, result.scale, result.overdispersion, result.winsorised) == (
        42, "arcsine of the square root", "additive", 0.1,
    )  # fmt: skip
    assert funnel_for(*forces(spread=0.2), "rate").scale == "square root"


def test_a_measure_of_too_few_forces_is_refused() -> None:
    counts, populations = forces(spread=0.1, number=21)
    eligible = np.arange(21) > 1
    with pytest.raises(NotEnoughForcesError, match="at least 20 forces with a comparable value; found 19"):
        funnel_for(counts, populations, "rate", eligible=eligible)
    assert funnel_for(counts, populations, "rate", eligible=eligible, fewest=19).forces == 19


def test_a_share_above_its_total_is_refused() -> None:
    counts, sizes = forces(spread=0.1)
    counts[3] = sizes[3] + 1
    with pytest.raises(ValueError, match="row 3: a count above its total is a ratio, not a share"):
        funnel_for(counts, sizes, "share")


def test_a_target_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="target above zero; found 0"):
        funnel_for(np.zeros(30), np.full(30, 10.0), "rate")
